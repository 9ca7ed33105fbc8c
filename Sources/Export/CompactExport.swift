import CompactModel
import Essentials

/// A reduced device in a circuit simulator's language.
package struct CompactExport: Sendable {
    /// What is written: W, F and Lambda, or the lumps.
    package enum Model: Sendable {
        /// W, F and Lambda.
        case linear(SynapseModel)
        /// Lumps of vacancies.
        case state(LumpedDevice)
    }

    /// A circuit simulator's language.
    package enum Language: Sendable {
        /// A subcircuit of ngspice.
        case spice
        /// A Verilog-A module.
        case verilogA
    }

    /// What is written.
    package var model: Model
    /// SET trains before the start.
    package var level: Int
    /// Ambient temperature, K; nil: the first that the model holds.
    package var ambient: Double?
    /// What the header says of where it comes from.
    package var origin: ExportOrigin

    /// Ambient temperature that is in the equations, K, where the model says it.
    package var temperature: Double? {
        switch model {
        case .linear(let synapse): synapse.ambient
        case .state(let device): ambient ?? device.ambients.first?.temperature
        }
    }

    /// A model from a level on.
    package init(_ model: Model, level: Int, origin: ExportOrigin) {
        self.model = model
        self.level = level
        self.origin = origin
    }

    /// The file's text; throws `InputError` where the model has no such level.
    package func text(_ language: Language) throws(InputError) -> String {
        switch language {
        case .spice: SpiceSubcircuit.text(try equations(.spice), origin: origin)
        case .verilogA: VerilogAModule.text(try equations(.verilogA), origin: origin)
        }
    }

    private func equations(_ dialect: Dialect) throws(InputError) -> Equations {
        switch model {
        case .linear(let synapse): try LinearEquations.equations(synapse, trains: level, dialect: dialect)
        case .state(let device): try StateEquations.equations(device, trains: level, ambient: ambient, dialect: dialect)
        }
    }

    /// The netlist of a protocol that takes in an exported file: the subcircuit itself, or the compiled module.
    package static func netlist(_ bench: BenchProtocol, with file: String, _ language: Language) -> String {
        switch language {
        case .spice: SpiceBench.netlist(bench.wave, including: file)
        case .verilogA: VacaskBench.netlist(bench.wave, loading: file)
        }
    }

    /// The model's own course of a protocol.
    package func course(_ bench: BenchProtocol) throws(InputError) -> [BenchProtocol.Moment] { try bench.course(start()) }

    /// The model at its level.
    func start() throws(InputError) -> ModelRun {
        switch model {
        case .linear(let synapse):
            ModelRun(LinearSynapse(synapse), weight: try LinearEquations.weight(synapse, trains: level))
        case .state(let device):
            ModelRun(LumpedRun(device, from: try device.level(trains: level).state, ambient: ambient))
        }
    }

    /// One protocol's result.
    package struct Row: Equatable, Sendable {
        /// The protocol.
        package var name: String
        /// The largest F of the model, S.
        package var largest: Double
        /// Root mean square of the difference of F over that of F.
        package var error: Double
    }

    /// Runs the export in its simulator on every protocol and compares it with the model.
    package func check(
        _ language: Language, protocols: [BenchProtocol], progress: ProgressHandler? = nil
    ) throws(InputError) -> [Row] {
        let courses = try run(language, protocols.map(\.wave), progress: progress)
        var rows: [Row] = []
        for (bench, course) in zip(protocols, courses) {
            let own = try self.course(bench)
            let found = Simulator.sample(course, at: own.map(\.time))
            let start = own.first?.conductance ?? 0
            rows.append(
                Row(
                    name: bench.stream.name, largest: own.map { $0.conductance - start }.max() ?? 0,
                    error: BenchProtocol.error(found, of: own)))
        }
        return rows
    }

    /// What the simulator says under each voltage.
    func run(
        _ language: Language, _ benches: [BenchWave], progress: ProgressHandler? = nil
    ) throws(InputError) -> [[BenchRow]] {
        let text = try text(language)
        guard language == .spice else {
            progress?(Progress("running the export", fraction: 0, detail: "\(benches.count) runs"))
            return try VacaskBench.rows(benches, module: text)
        }
        var found: [[BenchRow]] = []
        for (k, bench) in benches.enumerated() {
            progress?(Progress("running the export", fraction: Double(k) / Double(benches.count), detail: bench.name))
            found.append(try SpiceBench.rows(bench, subcircuit: text))
        }
        return found
    }
}
