/// One linear piece of V(t), from `from` to `to` volts within `duration` seconds.
public struct Segment: Equatable, Sendable {
    /// What the piece is.
    public enum Kind: String, Equatable, Sendable, Codable {
        /// Rise or fall of a pulse (then `pulse` is set), or the joint between two steps of different voltage.
        case edge
        /// Constant voltage: a hold, a rest, or the gap between two pulses.
        case hold
        /// Flat top of a pulse.
        case top
        /// Linear ramp of a sweep.
        case sweep
        /// Frozen-ion read: `duration` is 0, `from` and `to` are the voltage of the read, and V(t) goes on afterwards
        /// from where it was.
        case read
        /// A new ambient temperature, `temperature`: `duration` is 0, V(t) goes on from where it was.
        case ambient

        /// Whether the segment lasts no time at all.
        public var isInstant: Bool { self == .read || self == .ambient }
    }

    /// Start, s, counted from the start of the protocol.
    public var start: Double
    /// s; 0 for a read or an ambient temperature, else positive.
    public var duration: Double
    /// V.
    public var from: Double
    /// Voltage at its end, V.
    public var to: Double
    /// What the piece is.
    public var kind: Kind
    /// Running index, from 0, of the pulse that this segment belongs to: rise, top and fall of a pulse carry it, and
    /// the energy of a pulse is the integral of V I over these three.
    public var pulse: Int?
    /// Index of the top-level step that made this segment.
    public var step: Int
    /// New ambient temperature, K, of a segment of that kind.
    public var temperature: Double?

    /// A piece; times in s, voltages in V, temperature in K.
    public init(
        start: Double, duration: Double, from: Double, to: Double, kind: Kind, pulse: Int? = nil, step: Int,
        temperature: Double? = nil
    ) {
        self.start = start
        self.duration = duration
        self.from = from
        self.to = to
        self.kind = kind
        self.pulse = pulse
        self.step = step
        self.temperature = temperature
    }

    /// End, s.
    public var end: Double { start + duration }
    /// dV/dt, V/s; 0 where no time passes.
    public var rate: Double { duration > 0 ? (to - from) / duration : 0 }
    /// Voltage at a time inside the segment, V; clamped to the segment's ends.
    public func voltage(at time: Double) -> Double {
        guard duration > 0 else { return to }
        let share = (time - start) / duration
        return share <= 0 ? from : share >= 1 ? to : from + (to - from) * share
    }
}
