import Essentials

/// How the devices behind a network's synapses differ from one another, and from pulse to pulse; all zero: not at all.
///
/// Where the cell asks for F' = Lambda F + dF, dF on its grid, synapse i does
///
///     F' = Lambda^(1 / b_i) F + a_i dF + sigma x        x normal, anew for every dF that is not 0
///
/// and F stays at `stuckValue` where it is stuck. a_i and b_i (the step's and the decay time's factor) are lognormal with mean
/// 1 and the given relative standard deviation, so neither changes its sign; they are independent of one another and of the
/// synapse's place. Gamma has no spread: it is a number of the circuit that asks for the update, not of the device that makes
/// it.
public struct CellVariability: Equatable, Sendable {
    /// Relative standard deviation of the step from device to device.
    public var stepSpread = 0.0
    /// Relative standard deviation of the decay time tau from device to device; Lambda = exp(-t / tau).
    public var decaySpread = 0.0
    /// Share of the synapses whose F is stuck; pulses to them change nothing.
    public var stuckFraction = 0.0
    /// F of a stuck synapse, in units of weight: 0 is a device that does not switch.
    public var stuckValue = 0.0
    /// Standard deviation of what a dF other than 0 adds, from pulse to pulse, in units of weight.
    public var stepNoise = 0.0
    /// Standard deviation of one read of one synapse's G, in units of weight; F itself is not changed by a read.
    public var readNoise = 0.0

    /// No variability at all.
    public static let none = CellVariability()

    /// All zero.
    public init() {}

    /// Whether anything is to be drawn.
    public var isNone: Bool { stepSpread == 0 && decaySpread == 0 && stuckFraction == 0 && stepNoise == 0 && readNoise == 0 }

    /// Throws `InputError` naming what is out of range.
    public func validate() throws(InputError) {
        func demand(_ value: Double, _ range: ClosedRange<Double>, _ name: String, _ unit: String) throws(InputError) {
            guard value.isFinite, range.contains(value) else {
                throw InputError(
                    name, value: "\(value)", problem: "is out of range",
                    expected: "\(range.lowerBound) ... \(range.upperBound)\(unit)")
            }
        }
        try demand(stepSpread, 0...2, "stepSpread", " (relative standard deviation)")
        try demand(decaySpread, 0...2, "decaySpread", " (relative standard deviation)")
        try demand(stuckFraction, 0...1, "stuckFraction", " (a share)")
        try demand(stuckValue, -1000...1000, "stuckValue", " units of weight")
        try demand(stepNoise, 0...1000, "stepNoise", " units of weight")
        try demand(readNoise, 0...1000, "readNoise", " units of weight")
    }
}
