import Essentials

/// A named list of steps with what its reads mean: what a person asks a device to undergo.
public struct Experiment: Equatable, Sendable {
    /// What the experiment is called.
    public var name: String
    /// What is done, in order.
    public var steps: [Step]
    /// Voltage of reads that do not name one, V.
    public var readVoltage: Double
    /// Whether the device is first brought to its base state (`baseStateSteps`), whose time is not counted.
    public var startsFromBaseState: Bool

    /// 10^3 s at 0 V, then 300 s at 0.6 V: the state in which every figure of the paper begins.
    public static let baseStateSteps: [Step] = [
        .hold(voltage: 0, duration: 1e3), .hold(voltage: baseStateVoltage, duration: 300),
    ]
    /// Voltage at which the base state ends, V.
    public static let baseStateVoltage = 0.6

    /// Takes the steps as they are, after checking them.
    ///
    /// Throws `InputError` for a value out of range (see `Step.check`); the range is named.
    public init(
        name: String = "protocol", steps: [Step], readVoltage: Double = 0.6, startsFromBaseState: Bool = true
    ) throws(InputError) {
        self.name = name
        self.steps = steps
        self.readVoltage = readVoltage
        self.startsFromBaseState = startsFromBaseState
        try check()
    }

    /// Voltage before the first step, V: the base state's last, or 0 for a fresh device.
    public var initialVoltage: Double { startsFromBaseState ? Experiment.baseStateVoltage : 0 }

    /// V(t), lazily.
    public var waveform: Waveform {
        Waveform(steps: steps, initialVoltage: initialVoltage, readVoltage: readVoltage)
    }

    /// Total time of the steps with all edges, s. Cost: O(steps as written), whatever the counts.
    public var duration: Double { extent.duration }
    /// Number of pulses.
    public var pulseCount: Int { extent.pulses }
    /// Number of frozen-ion reads.
    public var readCount: Int { extent.reads }

    /// Number of segments that `waveform` gives.
    public var segmentCount: Int { extent.segments }

    /// Whether a condition may end a step early, so that `duration` is at most.
    public var mayEndEarly: Bool { extent.isUpperBound }
    /// What a reader of the protocol should know, such as how a table was resampled.
    public var remarks: [String] { Self.remarks(of: steps) }

    private static func remarks(of steps: [Step]) -> [String] {
        steps.flatMap { step in
            (step.action.remark.map { [$0] } ?? []) + (step.action.repeated.map { remarks(of: $0.steps) } ?? [])
        }
    }

    private var extent: Extent { Extent(of: steps, startingAt: initialVoltage) }
}
