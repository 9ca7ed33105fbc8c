/// One step of an experiment, in SI units.
///
/// `V(t)` of a protocol is continuous and piecewise linear; its corners are where a solver restarts.
public enum Step: Equatable, Sendable {
    /// Rectangular pulse with linear edges inside `width`'s surroundings: rise, flat top of `width`, fall back to `base`.
    case pulse(amplitude: Double, width: Double, base: Double, edge: Double)
    /// `count` pulses separated by `gap` at `base`.
    case train(count: Int, amplitude: Double, width: Double, gap: Double, base: Double, edge: Double)
    /// Constant voltage for a time.
    case hold(voltage: Double, duration: Double)
    /// Linear ramp between two voltages at a rate in V/s.
    case sweep(from: Double, to: Double, rate: Double)
    /// Frozen-ion read: takes no time and leaves the state bit for bit as it was.
    case read(voltage: Double)
    /// The steps inside, `count` times.
    case `repeat`(count: Int, steps: [Step])
}
