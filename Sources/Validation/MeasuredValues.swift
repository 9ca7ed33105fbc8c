import CompactModel
import Energy
import Essentials
import GameAccount

/// Our value for each row of the plan, in SI units; `nil` when the chain did not produce it.
///
/// One closure per row id: the whole map from the paper's statements to the chain's results is this table.
enum MeasuredValues {
    typealias Source = @Sendable (ChainResults) -> Double?

    static let sources: [String: Source] = [
        "fig2a.cycles": { $0.completedLoops.map(Double.init) },
        "fig2a.conductance_low": { $0.loops.last?.conductance(at: 2, on: .up) },
        "fig2a.conductance_high": { $0.loops.last?.conductance(at: 2, on: .up) },
        "fig2a.direction": { $0.loops.last?.direction },
        "fig2a.repeat_2V": { lastOverFirst($0, at: 2, on: .up) },
        "fig2a.repeat_read": { lastOverFirst($0, at: 0.6, on: .up) },
        "fig2a.repeat_minus2V": { lastOverFirst($0, at: -2, on: .down) },
        "fig2c.retention_1000s": { $0.retained(after: 1e3) },
        "fig2c.retention_10000s": { $0.retained(after: 1e4) },
        "forming.above": { $0.formingVoltage },
        "forming.about": { $0.formingVoltage },
        "fig2e.delta_f_2V": { $0.shortTermSteps.first },
        "fig2e.delta_f_2.5V": { $0.shortTermSteps.dropFirst().first },
        "fig2e.delta_f_3V": { $0.shortTermSteps.dropFirst(2).first },
        "fig2d.base_drift": { ratio($0.baseAfterHold, $0.baseConductance) },
        "fig2d.base_after_pulses": { ratio($0.settledAfterPulses, $0.settledAfterHold) },
        "fig2d.leak": { $0.leakRatio },
        "fig2f.levels": { risingLevels($0).map(Double.init) },
        "fig2f.base": { $0.baseConductance ?? $0.synapse?.weightMap.minimumConductance },
        "fig2f.first": { $0.synapse?.levels.first?.read1s },
        "fig2f.last": { $0.synapse?.levels.last?.read1s },
        "fig3b.smallest": { $0.cell(2, 20e-6)?.deltaConductance },
        "fig3b.largest": { $0.cell(3.5, 500e-6)?.deltaConductance },
        "fig3b.deviation": { $0.largestRepeatDeviation },
        "fig3c.exponent": { $0.synapse?.energy.exponent },
        "fig3c.prefactor_nS": { $0.synapse?.energy.prefactorPerNanosiemens },
        "fig3c.prefactor_unit": { $0.synapse?.energy.prefactorPerUnit },
        "fig3e.lambda_min": { $0.decayPoint(-0.6)?.lambda },
        "fig3e.lambda_max": { $0.decayPoint(0.6)?.lambda },
        "fig3d.tau_min": { $0.decayPoint(-0.6)?.tau },
        "fig3d.tau_max": { $0.decayPoint(0.6)?.tau },
        "fig3d.tau_min_low": { $0.decayPoint(-0.6)?.tau },
        "fig3d.tau_min_high": { $0.decayPoint(-0.6)?.tau },
        "fig3d.tau_max_low": { $0.decayPoint(0.6)?.tau },
        "fig3d.tau_max_high": { $0.decayPoint(0.6)?.tau },
        "fig3e.sigmoid": { $0.synapse?.decay.sigmoid.residual },
        "network.synapses": { $0.game.map { Double($0.units * $0.inputs) } },
        "network.delta_f_step": { $0.synapse?.update.step },
        "network.delta_f_max": { $0.synapse?.update.maximum },
        "game.score": { $0.game.map { Double($0.score) } },
        "game.steps": { $0.game.map { Double($0.steps) } },
        "game.duration": { $0.account?.reading(.paper).gameDuration },
        "game.duration_implied": { $0.account?.reading(.paper).gameDuration },
        "energy.bias_power_floor": { results in
            results.synapse.map { $0.weightMap.minimumConductance * $0.readVoltage * $0.readVoltage }
        },
        "table1.delta_f": { $0.account?.reading(.paper).deltaF },
        "table1.decay": { $0.account?.reading(.paper).decay },
        "table1.total": { $0.account?.reading(.paper).total },
        "table2.delta_f": { $0.account.map { $0.reading(.paper).deltaF / operations($0) } },
        "table2.decay": { $0.account.map { $0.reading(.paper).decay / operations($0) } },
        "table2.total": { $0.account.map { $0.reading(.paper).total / operations($0) } },
    ]

    private static func operations(_ account: EnergyAccount) -> Double {
        Double(account.synapses) * Double(account.steps)
    }

    private static func ratio(_ a: Double?, _ b: Double?) -> Double? {
        guard let a, let b, b != 0 else { return nil }
        return a / b
    }

    private static func lastOverFirst(_ results: ChainResults, at voltage: Double, on branch: LoopBranch) -> Double? {
        guard results.loops.count > 1 else { return nil }
        return ratio(
            results.loops.last?.conductance(at: voltage, on: branch),
            results.loops.first?.conductance(at: voltage, on: branch))
    }

    /// How many levels lie above the one before (the first counts).
    private static func risingLevels(_ results: ChainResults) -> Int? {
        guard let levels = results.synapse?.levels.map(\.read1s), !levels.isEmpty else { return nil }
        return 1 + zip(levels, levels.dropFirst()).count { $0 < $1 }
    }
}

extension ChainResults {
    /// The cell of the dF map at an amplitude (V) and a width (s).
    func cell(_ amplitude: Double, _ width: Double) -> SynapseModel.PulsePoint? {
        synapse?.update.points.first { abs($0.amplitude - amplitude) < 1e-6 && abs($0.width / width - 1) < 1e-6 }
    }

    /// The decay at a bias (V).
    func decayPoint(_ bias: Double) -> SynapseModel.DecayPoint? {
        synapse?.decay.points.first { abs($0.bias - bias) < 1e-6 }
    }

    /// W after a time (s) at 0 V over W at the start.
    func retained(after time: Double) -> Double? {
        guard let start = retention.first?.conductance, start > 0 else { return nil }
        return retention(at: time).map { $0 / start }
    }

    /// The read at a time (s), linear between the reads around it; `nil` outside what was run.
    func retention(at time: Double) -> Double? {
        for (a, b) in zip(retention, retention.dropFirst()) where a.time <= time && time <= b.time * (1 + 1e-9) {
            guard b.time > a.time else { return a.conductance }
            let share = min((time - a.time) / (b.time - a.time), 1)
            return a.conductance + share * (b.conductance - a.conductance)
        }
        return retention.first { abs($0.time - time) <= 1e-9 * max(time, 1) }?.conductance
    }
}
