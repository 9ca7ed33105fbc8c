import Essentials

extension Experiment {
    /// Most pulses, reads and repeated passes of one experiment.
    static let largestCount = 1_000_000_000_000

    func check() throws(InputError) {
        try Step.checkRead(readVoltage)
        guard !steps.isEmpty else {
            throw InputError(
                name, problem: "has no steps", expected: "at least one, such as \"Hold 0.6 V for 10 s\"",
                source: "protocol")
        }
        for step in steps { try step.check() }
        let pulses = pulseCount
        let reads = readCount
        guard pulses <= Self.largestCount, reads <= Self.largestCount, duration.isFinite else {
            throw InputError(
                name, problem: "has more than \(Self.largestCount) pulses or reads", expected: "fewer repeats",
                source: "protocol")
        }
    }
}

extension Step {
    /// Voltages that make sense on a layer of some tens of nanometres: 20 V over 40 nm is 5 MV/cm, beyond breakdown.
    public static let voltageRange = -20.0...20.0
    /// A duration between a nanosecond (the thermal and dielectric times lie below) and 30 years.
    public static let timeRange = 1e-9...1e9
    /// An edge between 1 ps and 1 s.
    public static let edgeRange = 1e-12...1.0
    /// Sweep rate, V/s.
    public static let rateRange = 1e-9...1e12
    /// Ambient temperatures that the rates of SrTiO3 devices are meant for, K.
    public static let temperatureRange = 200.0...600.0
    /// Number of pulses of a train or passes of a repeat.
    public static let countRange = 1...1_000_000_000

    /// Throws `InputError` naming the quantity, its value and its range when a value is out of range or not finite.
    public func check(depth: Int = 0) throws(InputError) {
        func voltage(_ value: Double?, _ name: String) throws(InputError) {
            if let value { try Step.inRange(value, Step.voltageRange, .voltage, name) }
        }
        switch self {
        case .pulse(let amplitude, let width, let base, let edge):
            try voltage(amplitude, "amplitude")
            try Step.inRange(width, Step.timeRange, .time, "width")
            try voltage(base, "base")
            try Step.inRange(edge, Step.edgeRange, .time, "edge")
        case .train(let count, let amplitude, let width, let gap, let base, let edge):
            try Step.countInRange(count, "number of pulses")
            try voltage(amplitude, "amplitude")
            try Step.inRange(width, Step.timeRange, .time, "width")
            try Step.inRange(gap, 0...Step.timeRange.upperBound, .time, "gap")
            try voltage(base, "base")
            try Step.inRange(edge, Step.edgeRange, .time, "edge")
        case .hold(let level, let duration):
            try voltage(level, "voltage")
            try Step.inRange(duration, Step.timeRange, .time, "duration")
        case .sweep(let from, let to, let rate):
            try voltage(from, "start of the sweep")
            try voltage(to, "end of the sweep")
            try Step.inRange(rate, Step.rateRange, .sweepRate, "sweep rate")
            if from == to {
                throw InputError(
                    "sweep", value: "\(to) V to \(to) V", problem: "goes nowhere",
                    expected: "two different voltages, or a hold: \"Hold 0.6 V for 10 s\"")
            }
        case .read(let level):
            if let level { try Step.checkRead(level) }
        case .ambient(let temperature):
            try Step.inRange(temperature, Step.temperatureRange, .temperature, "ambient temperature")
        case .repeat(let count, let steps):
            try Step.countInRange(count, "number of repeats")
            guard !steps.isEmpty else {
                throw InputError(
                    "repeat", problem: "has no steps inside",
                    expected: "at least one, such as \"Repeat 30 times: Pulse 3 V for 100 us\"")
            }
            guard depth < 10 else {
                throw InputError("repeat", problem: "is nested more than 10 deep", expected: "fewer levels")
            }
            for step in steps { try step.check(depth: depth + 1) }
        }
    }

    /// A read divides by its voltage: at least a millivolt either way.
    static func checkRead(_ level: Double) throws(InputError) {
        try inRange(level, voltageRange, .voltage, "read voltage")
        guard abs(level) >= 1e-3 else {
            throw InputError(
                "read voltage", value: PhysicalUnit("V", .voltage).text(of: level),
                problem: "is too close to zero for a conductance", expected: "at least 1 mV either way, such as 0.6 V")
        }
    }

    static func inRange(
        _ value: Double, _ range: ClosedRange<Double>, _ dimension: PhysicalDimension, _ name: String
    ) throws(InputError) {
        guard value.isFinite, range.contains(value) else {
            let unit = PhysicalUnit("-", dimension).baseUnit
            throw InputError(
                name, value: unit.text(of: value), problem: "is out of range",
                expected: "\(unit.text(of: range.lowerBound)) ... \(unit.text(of: range.upperBound))")
        }
    }

    static func countInRange(_ value: Int, _ name: String) throws(InputError) {
        guard countRange.contains(value) else {
            throw InputError(
                name, value: "\(value)", problem: "is out of range",
                expected: "a whole number from \(countRange.lowerBound) to \(countRange.upperBound)")
        }
    }
}
