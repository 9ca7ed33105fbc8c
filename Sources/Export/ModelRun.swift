import CompactModel

/// Either model on its way through holds and pulses.
struct ModelRun {
    private var lumped: LumpedRun?
    private var chain: LinearSynapse?
    private var weight = 0.0
    private var spent = 0.0

    init(_ run: LumpedRun) { lumped = run }

    /// W, F and Lambda over a conductance (S).
    init(_ synapse: LinearSynapse, weight: Double) {
        chain = synapse
        self.weight = weight
    }

    /// G of a read, S.
    var conductance: Double { lumped?.conductance ?? weight + (chain?.weight ?? 0) }
    /// Energy taken so far, J; that of the linear model is that of its pulses alone.
    var energy: Double { lumped?.energy ?? spent }
    /// Whether the state model can still be trusted.
    var isLost: Bool { lumped?.isLost ?? false }

    mutating func hold(_ voltage: Double, for duration: Double) {
        lumped?.hold(voltage, for: duration)
        chain?.hold(voltage, for: duration)
    }

    mutating func pulse(_ amplitude: Double, for width: Double) {
        lumped?.pulse(amplitude, for: width)
        spent += chain?.pulse(amplitude, for: width) ?? 0
    }

    /// The current that flows now, A, where the model has one: energy over a tenth of a microsecond.
    func current(at voltage: Double, inPulse: Bool) -> Double? {
        guard var run = lumped, voltage != 0 else { return nil }
        let (moment, before) = (1e-7, run.energy)
        if inPulse { run.pulse(voltage, for: moment) } else { run.hold(voltage, for: moment) }
        return (run.energy - before) / moment / voltage
    }
}
