import CompactModel
import DeviceModel
import Essentials
import Foundation
import Protocols
import Simulation
import Synchronization

/// Runs random devices under random protocols and holds every outcome to what a solver owes its user.
///
/// A run must end in a finished trace or in a stop that names time, voltage, residual or reason and the unknown; every
/// number in it is finite; the vacancy-oxygen inventory is kept to 1e-9 of its scale; at no step a density of vacancies or of a sheet is
/// negative beyond round-off; a budget of steps bounds the work. A numerical error names the parameter to look at (`Suspect`). The same seed gives the same outcomes on any number of cores.
package struct Fuzz: Sendable {
    /// Attempted steps of one run.
    package static let stepBudget = 20_000
    /// Allowed relative drift of the inventory.
    package static let driftLimit = 1e-9
    /// Least density that a step may have, in thermal sheets (`AssembledDevice.leastDensity`).
    package static let densityLimit = -2e-11

    package var runs: Int
    package var seed: UInt64

    package init(runs: Int, seed: UInt64) {
        self.runs = runs
        self.seed = seed
    }

    /// How one run ended.
    package enum Ending: String, Codable, Sendable, CaseIterable {
        case finished, electroforming, stepBudget, newton, stepTooSmall, notFinite, singular, outOfRange, other
    }

    package struct Outcome: Codable, Sendable, Equatable {
        package var index: Int
        package var ending: Ending
        package var reason: String
        package var drift: Double
        /// The least density of all steps, in thermal sheets.
        package var least_density: Double
        package var steps: Int
        /// Of a numerical error: the parameter to look at.
        package var suspect: String?
        /// What the run owes and did not give; empty when all is well.
        package var faults: [String]
    }

    package struct Summary: Codable, Sendable, Equatable {
        package var runs: Int
        package var seed: UInt64
        package var endings: [String: Int]
        package var largest_drift: Double
        package var least_density: Double
        package var steps: Int
        package var faults: [Outcome]
        /// One example of each ending that is an error.
        package var examples: [Outcome]
    }

    /// One trial. Cost: at most `stepBudget` steps, 0.5 s of one core; on average some milliseconds.
    package func trial(_ index: Int) -> Outcome {
        let trial = RandomTrial(seed: seed &* 1_000_003 &+ UInt64(index))
        var options = SolverOptions()
        options.stepBudget = Self.stepBudget
        let simulator = DeviceSimulator(trial.parameters, options: options, readVoltage: trial.experiment.readVoltage)
        var faults: [String] = []
        var least = simulator.device.leastDensity(simulator.state)
        // Asked at every step.
        simulator.isCancelled = {
            let now = simulator.device.leastDensity(simulator.state)
            if !(now >= least) { least = now }
            return false
        }
        defer { simulator.isCancelled = nil }
        func outcome(_ trace: Trace) -> Outcome { self.outcome(index, trace, trial.parameters, least: least, faults) }
        if trial.experiment.startsFromBaseState {
            let base = simulator.run(
                Waveform(steps: Experiment.baseStateSteps, readVoltage: trial.experiment.readVoltage), recording: .none)
            if base.stopped != nil { return outcome(base) }
        }
        let trace = simulator.run(trial.experiment.waveform)
        let state = simulator.state
        if !state.unknowns.allSatisfy(\.isFinite) { faults.append("the state is not finite") }
        return outcome(trace)
    }

    /// The device and the protocol of one trial, in the units of the files: to run it again by other means.
    package func description(_ index: Int) -> String {
        let trial = RandomTrial(seed: seed &* 1_000_003 &+ UInt64(index))
        let unused = RandomTrial.unused(trial.parameters.hop)
        let parameters = ParameterSpecification.all.filter { !unused.contains($0.key) }
            .map { "\($0.key)=\($0.unit.text(of: trial.parameters[keyPath: $0.path]))" }
        return "left.reactions.hop.law: \(trial.parameters.hop.rawValue)\n" + parameters.joined(separator: "\n") + "\n"
            + trial.experiment.yaml
    }

    private func outcome(
        _ index: Int, _ trace: Trace, _ parameters: DeviceParameters, least: Double, _ found: [String]
    ) -> Outcome {
        var faults = found
        for s in trace.samples {
            let values = [
                s.time, s.voltage, s.current, s.totalCurrent, s.conductance, s.temperature, s.latticeVacancies,
                s.planeVacancies,
                s.interfacialOxygen, s.storedOxygen,
            ]
            if !values.allSatisfy(\.isFinite) {
                faults.append("a sample at \(s.time) s is not finite: \(values)")
                break
            }
        }
        if !trace.pulses.allSatisfy({
            $0.energy.isFinite && $0.seriesEnergy.isFinite && $0.peakTemperature.isFinite && $0.endCurrent.isFinite
        }) {
            faults.append("a pulse is not finite")
        }
        if !trace.reads.allSatisfy({ $0.conductance.isFinite }) { faults.append("a read is not finite") }
        if zip(trace.samples, trace.samples.dropFirst()).contains(where: { $0.time > $1.time }) {
            faults.append("time runs backwards")
        }
        let drift = trace.statistics.inventoryDrift
        if !(drift <= Self.driftLimit) { faults.append("inventory drift \(drift)") }
        if !(least >= Self.densityLimit) { faults.append("a density of \(least) thermal sheets") }
        var ending = Ending.finished
        if let stop = trace.stopped {
            ending = Fuzz.ending(stop)
            if ending == .other || ending == .singular { faults.append("the stop names neither residual nor unknown") }
            if ![stop.time, stop.voltage, stop.temperature, stop.current].allSatisfy(\.isFinite) {
                faults.append("the stop is not finite")
            }
            if !stop.reason.contains(" V") || !stop.reason.contains("t = ") {
                faults.append("the stop does not name time and voltage")
            }
        }
        return Outcome(
            index: index, ending: ending, reason: trace.stopped?.reason ?? "", drift: drift.isFinite ? drift : -1,
            least_density: least.isFinite ? least : -1, steps: trace.statistics.steps,
            suspect: trace.stopped.flatMap { Suspect($0.cause, parameters)?.text }, faults: faults)
    }

    private static func ending(_ stop: Trace.Stop) -> Ending {
        switch stop.cause {
        case .electroforming: return .electroforming
        case .stepBudget: return .stepBudget
        case .newton: return .newton
        case .stepTooSmall: return .stepTooSmall
        case .notFinite: return .notFinite
        case .singularMatrix: return .singular
        case .outOfRange: return .outOfRange
        case .interrupted: return .other
        }
    }

    /// All trials, spread over the cores. Progress names the faults so far.
    package func run(progress: ProgressHandler? = nil) throws -> Summary {
        let tally = Mutex((done: 0, faults: 0))
        let count = runs
        let outcomes = concurrentMap(runs) { index in
            let outcome = trial(index)
            let (done, faults) = tally.withLock { tally in
                tally.done += 1
                if !outcome.faults.isEmpty { tally.faults += 1 }
                return tally
            }
            if done % 20 == 0 || done == count {
                progress?(
                    Progress(
                        "random devices", fraction: Double(done) / Double(count),
                        detail: "\(done) of \(count), \(faults) faults"))
            }
            return outcome
        }
        return summary(outcomes)
    }

    /// What the outcomes of all runs, in order, say together.
    package func summary(_ outcomes: [Outcome]) -> Summary {
        var endings: [String: Int] = [:]
        for outcome in outcomes { endings[outcome.ending.rawValue, default: 0] += 1 }
        return Summary(
            runs: runs, seed: seed, endings: endings, largest_drift: outcomes.map(\.drift).max() ?? 0,
            least_density: outcomes.map(\.least_density).min() ?? 0,
            steps: outcomes.reduce(0) { $0 + $1.steps }, faults: outcomes.filter { !$0.faults.isEmpty },
            examples: Ending.allCases.compactMap { ending in ending == .finished ? nil : outcomes.first { $0.ending == ending }
            })
    }
}
