/// One piece of V(t), from `from` to `to` volts within `duration` seconds: straight unless `sine` or `current` says otherwise.
public struct Segment: Equatable, Sendable {
    /// What the piece is.
    public enum Kind: String, Equatable, Sendable, Codable {
        /// Rise or fall of a pulse (then `pulse` is set), or the joint between two steps of different voltage.
        case edge
        /// Constant voltage: a hold, a rest, or the gap between two pulses.
        case hold
        /// Flat top of a pulse.
        case top
        /// Linear ramp of a sweep, or a sine.
        case sweep
        /// The current `current` is imposed: only the device knows the voltages, `from` and `to` are that of the step before.
        case imposed
        /// Frozen-ion read: `duration` is 0, `from` and `to` are the voltage of the read, and V(t) goes on afterwards
        /// from where it was.
        case read
        /// A new ambient temperature, `temperature` (nil: the device's own): `duration` is 0, V(t) goes on from where it was.
        case ambient
        /// The state is kept under `name`; `duration` is 0.
        case save
        /// The end of a pass of a repeat, at which its conditions are looked at; `duration` is 0.
        case check

        /// Whether the segment lasts no time at all.
        public var isInstant: Bool { self == .read || self == .ambient || self == .save || self == .check }
    }

    /// Start, s, counted from the start of the protocol.
    public var start: Double
    /// s; 0 for what is instant, else positive.
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
    /// V(t) where it is a sine.
    public var sine: Sine?
    /// Imposed current, A; on an edge: that to the voltage at which the device carries it.
    public var current: Double?
    /// Largest electron current that the source lets through, A.
    public var compliance: Double?
    /// What ends the segment, and with it how much of the protocol.
    public var until: [Until] = []
    /// Voltage of the conductance in samples and conditions, V; nil: the run's.
    public var readVoltage: Double?
    /// Name of a saved state.
    public var name: String?

    /// A condition, and the depth of nesting of the step that it ends.
    public struct Until: Equatable, Sendable {
        /// What has to hold.
        public var condition: StopCondition
        /// 1 for a step of the list itself, one more for each repeat around it.
        public var depth: Int
    }

    /// A straight piece; times in s, voltages in V, temperature in K.
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
    /// dV/dt of a straight piece, V/s; 0 where no time passes.
    public var rate: Double { duration > 0 ? (to - from) / duration : 0 }
    /// Voltage at a time inside the segment, V; clamped to the segment's ends.
    public func voltage(at time: Double) -> Double { voltage(after: time - start) }

    /// Voltage so long (s) after the start, V; clamped to the segment's ends, and exact there.
    public func voltage(after elapsed: Double) -> Double {
        guard duration > 0 else { return to }
        if let sine { return sine.value(at: min(max(elapsed, 0), duration)) }
        let share = elapsed / duration
        return share <= 0 ? from : share >= 1 ? to : from + (to - from) * share
    }

    /// Whether the piece is a straight line of the voltage that nothing cuts short: what devices in lanes can follow.
    public var isPlain: Bool {
        sine == nil && current == nil && compliance == nil && until.isEmpty && readVoltage == nil && kind != .save
            && kind != .check
            && (kind != .ambient || temperature != nil)
    }
}
