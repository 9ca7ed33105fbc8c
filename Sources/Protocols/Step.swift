/// One step of an experiment, in SI units.
///
/// `V(t)` of a protocol is continuous and piecewise linear; its corners are where a solver restarts. Between steps of
/// different voltage stands a linear edge of `Step.jumpEdge`; see `Waveform`.
public indirect enum Step: Equatable, Sendable {
    /// Rectangular pulse: linear rise within `edge`, flat top of `width`, linear fall within `edge` back to `base`.
    ///
    /// `base` nil means the voltage of the step before (0 V, or the base state's, at the start). Volts and seconds.
    case pulse(amplitude: Double, width: Double, base: Double? = nil, edge: Double = Step.jumpEdge)
    /// `count` pulses with `gap` seconds at `base` between the end of one fall and the start of the next rise; no gap
    /// after the last.
    case train(
        count: Int, amplitude: Double, width: Double, gap: Double, base: Double? = nil, edge: Double = Step.trainEdge)
    /// Constant voltage for a time.
    case hold(voltage: Double, duration: Double)
    /// Linear ramp to a voltage at `rate` > 0 in V/s; `from` nil means the voltage of the step before.
    case sweep(from: Double?, to: Double, rate: Double)
    /// Frozen-ion read: takes no time and leaves the state bit for bit as it was; nil means the experiment's read voltage.
    case read(voltage: Double? = nil)
    /// Ambient temperature, K, from here on; takes no time, and V(t) goes on as it was.
    case ambient(temperature: Double)
    /// The steps inside, `count` times.
    case `repeat`(count: Int, steps: [Step])

    /// Edge of single pulses and of jumps between steps, s.
    public static let jumpEdge = 0.1e-6
    /// Edge of the pulses of a train, s.
    public static let trainEdge = 1e-6

    /// Zero volts for a time, s.
    public static func rest(duration: Double) -> Step { .hold(voltage: 0, duration: duration) }
}
