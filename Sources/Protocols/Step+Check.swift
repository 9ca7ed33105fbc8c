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

    /// Frequency of a sine or a triangle, Hz.
    public static let frequencyRange = 1e-9...1e12
    /// Imposed currents, A.
    public static let currentRange = -1.0...1.0

    /// Throws `InputError` naming the quantity, its value and its range when a value is out of range or not finite.
    public func check(depth: Int = 0) throws(InputError) {
        guard depth < 10 else {
            throw InputError("repeat", problem: "is nested more than 10 deep", expected: "fewer levels")
        }
        try action.check(depth: depth)
        if action.isInstant, terms != StepTerms() {
            throw InputError(
                "terms", problem: "are given to a step that takes no time", expected: "none for \"\(action.sentence)\"")
        }
        try terms.check()
    }

    static func checkVoltage(_ value: Double?, _ name: String) throws(InputError) {
        if let value { try inRange(value, voltageRange, .voltage, name) }
    }

    static func checkTime(_ value: Double, _ name: String) throws(InputError) { try inRange(value, timeRange, .time, name) }

    static func volts(_ value: Double) -> String { PhysicalUnit("V", .voltage).text(of: value) }
    static func from(_ base: Double?) -> String { base.map { " from \(volts($0))" } ?? "" }

    /// A time in the unit that gives the handiest number: "500 us", "100 ms", "375 s".
    static func timeText(_ seconds: Double) -> String { timeUnit(seconds).text(of: seconds) }

    static func timeUnit(_ seconds: Double) -> PhysicalUnit {
        let size = abs(seconds)
        let (symbol, exponent) =
            size >= 1 || size == 0 ? ("s", 0) : size >= 1e-3 ? ("ms", -3) : size >= 1e-6 ? ("us", -6) : ("ns", -9)
        return PhysicalUnit(symbol, .time, exponent: exponent)
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
