import CompactModel
import Essentials
import Foundation

/// A protocol as a netlist of VACASK, which runs the compiled Verilog-A module, and what it answers.
enum VacaskBench {
    /// The bench: loads the compiled module, applies the voltage, writes `<table>.raw` as text.
    static func netlist(_ bench: BenchWave, loading file: String, table: String = "bench") -> String {
        let wave = bench.corners.map { "\(String(format: "%.15g", $0.time)), \(number($0.voltage))" }
            .joined(separator: ",\n  ")
        return """
            bench of an export of tausonite: \(bench.name)
            ground 0
            load "\(file)"
            model vsource vsource
            model synapse \(VerilogAModule.name)
            vd (d 0) vsource type="pwl" wave=[
              \(wave)
            ]
            x1 (d 0 g) synapse
            control
              options tran_method="gear2" reltol=1e-5 vntol=1e-9 rawfile="ascii"
              analysis \(table) tran step=1e-9 stop=\(number(bench.duration)) maxstep=0.25
            endc

            """
    }

    /// Compiles the module once and runs the benches one after the other in a folder of their own.
    static func rows(_ benches: [BenchWave], module: String) throws(InputError) -> [[BenchRow]] {
        let simulator = try Simulator.vacask()
        var files = ["synapse.va": module]
        var steps = [["openvaf-r", "synapse.va", "-o", "synapse.osdi"]]
        for (k, bench) in benches.enumerated() {
            files["bench\(k).sim"] = netlist(bench, loading: "synapse.osdi", table: "bench\(k)")
            steps.append(["vacask", "bench\(k).sim"])
        }
        let outputs = try simulator.run(files: files, steps: steps, results: benches.indices.map { "bench\($0).raw" })
        var found: [[BenchRow]] = []
        for (bench, output) in zip(benches, outputs) { found.append(try Simulator.whole(rows(output), bench)) }
        return found
    }

    /// Rows of a raw file in text form: each point is its index and the variables, one after the other.
    private static func rows(_ raw: String) -> [BenchRow] {
        let lines = raw.split(separator: "\n")
        guard let names = lines.firstIndex(where: { $0.hasPrefix("Variables") }),
            let values = lines.firstIndex(where: { $0.hasPrefix("Values") })
        else { return [] }
        let variables = lines[(names + 1)..<values].compactMap { $0.split(whereSeparator: \.isWhitespace).dropFirst().first }
        let numbers = lines[(values + 1)...].flatMap { $0.split(whereSeparator: \.isWhitespace) }.compactMap { Double($0) }
        guard let g = variables.firstIndex(of: "g"), let d = variables.firstIndex(of: "d"),
            let i = variables.firstIndex(where: { $0.hasPrefix("vd:flow") })
        else { return [] }
        let width = variables.count + 1
        return stride(from: 0, to: numbers.count - width + 1, by: width).map { k in
            BenchRow(
                time: numbers[k + 1], conductance: numbers[k + 1 + g] * 1e-9, voltage: numbers[k + 1 + d],
                current: -numbers[k + 1 + i])
        }
    }
}
