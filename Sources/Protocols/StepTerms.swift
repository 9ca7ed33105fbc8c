import Essentials

/// What holds while a step lasts: conditions that end it, a limit of the current, an ambient temperature, the voltage of its reads.
public struct StepTerms: Equatable, Sendable {
    /// The step ends at the moment at which the first of these holds, at the latest after its own time; a repeat ends after the pass
    /// at whose end one of them holds.
    public var until: [StopCondition] = []
    /// Compliance: a source in series keeps the electron current within this, A.
    public var compliance: Double?
    /// Ambient temperature during the step, K; afterwards it is what it was.
    public var temperature: Double?
    /// Voltage of the conductance that samples and conditions show, V.
    public var readVoltage: Double?

    /// No terms, or these; A, K and V.
    public init(
        until: [StopCondition] = [], compliance: Double? = nil, temperature: Double? = nil, readVoltage: Double? = nil
    ) {
        self.until = until
        self.compliance = compliance
        self.temperature = temperature
        self.readVoltage = readVoltage
    }

    /// Compliance currents, A.
    public static let complianceRange = 1e-15...1.0

    /// " until I > 1 uA or G > 40 nS compliance 2 uA at 350 K reading at 0.3 V".
    var text: String {
        (until.isEmpty ? "" : " until " + until.map(\.text).joined(separator: " or "))
            + (compliance.map { " compliance \(PhysicalUnit("A", .current).text(of: $0))" } ?? "")
            + (temperature.map { " at \(PhysicalUnit("K", .temperature).text(of: $0))" } ?? "")
            + (readVoltage.map { " reading at \(PhysicalUnit("V", .voltage).text(of: $0))" } ?? "")
    }

    func check() throws(InputError) {
        for condition in until { try condition.check() }
        if let compliance { try Step.inRange(compliance, Self.complianceRange, .current, "compliance") }
        if let temperature { try Step.inRange(temperature, Step.temperatureRange, .temperature, "ambient temperature") }
        if let readVoltage { try Step.checkRead(readVoltage) }
    }

    /// Reads the terms at the end of a sentence.
    init(_ sentence: inout Sentence) throws(InputError) {
        self.init()
        while let word = sentence.term {
            sentence.skip()
            func once(_ isGiven: Bool) throws(InputError) {
                if isGiven { throw sentence.failure("says \"\(word)\" twice", expected: "each once") }
            }
            switch word {
            case "until":
                try once(!until.isEmpty)
                repeat { until.append(try StopCondition(&sentence)) } while sentence.takes("or")
            case "compliance":
                try once(compliance != nil)
                compliance = try sentence.measure(.current, "the compliance current")
            case "at":
                try once(temperature != nil)
                temperature = try sentence.measure(.temperature, "the ambient temperature")
            default:
                try once(readVoltage != nil)
                try sentence.word("at")
                readVoltage = try sentence.measure(.voltage, "the read voltage")
            }
        }
    }
}

/// A moment that ends a step: `I > 1 uA`, `G < 20 nS`.
public struct StopCondition: Equatable, Sendable, Codable {
    /// What is compared.
    public enum Measure: String, Sendable, Codable, CaseIterable {
        /// Electron current, A, and its size.
        case current = "I", size = "|I|"
        /// Frozen-ion conductance at the read voltage, S.
        case conductance = "G"
        /// Voltage on the device, V.
        case voltage = "V"
        /// Temperature of the hot spot, K.
        case temperature = "T"

        var unit: PhysicalUnit {
            switch self {
            case .current, .size: PhysicalUnit("A", .current)
            case .conductance: PhysicalUnit("S", .conductance)
            case .voltage: PhysicalUnit("V", .voltage)
            case .temperature: PhysicalUnit("K", .temperature)
            }
        }

        var range: ClosedRange<Double> {
            switch self {
            case .current: -1...1
            case .size: 0...1
            case .conductance: -1e3...1e3
            case .voltage: Step.voltageRange
            case .temperature: 1...5000
            }
        }
    }

    /// What is compared.
    public var measure: Measure
    /// Whether the step ends above the threshold, or below it.
    public var isAbove: Bool
    /// A, S, V or K.
    public var threshold: Double

    /// The condition `measure` > or < `threshold` (SI units).
    public init(_ measure: Measure, isAbove: Bool, threshold: Double) {
        self.measure = measure
        self.isAbove = isAbove
        self.threshold = threshold
    }

    /// By how much the value is beyond the threshold; at least 0 where the condition holds.
    public func excess(_ value: Double) -> Double { isAbove ? value - threshold : threshold - value }

    /// "I > 1e-6 A".
    public var text: String { "\(measure.rawValue) \(isAbove ? ">" : "<") \(measure.unit.text(of: threshold))" }

    func check() throws(InputError) {
        try Step.inRange(threshold, measure.range, measure.unit.dimension, "threshold of \(measure.rawValue)")
    }

    init(_ sentence: inout Sentence) throws(InputError) {
        let names = Measure.allCases.map(\.rawValue).joined(separator: ", ")
        guard let word = sentence.peeked, let measure = Measure(rawValue: word) else {
            throw sentence.unexpected("what ends the step: one of \(names), such as \"until I > 1 uA\"")
        }
        sentence.skip()
        let isAbove: Bool
        if sentence.takes(">") || sentence.takes("above") {
            isAbove = true
        } else if sentence.takes("<") || sentence.takes("below") {
            isAbove = false
        } else {
            throw sentence.unexpected("\">\" or \"<\", such as \"until \(word) > ...\"")
        }
        self.init(
            measure, isAbove: isAbove, threshold: try sentence.measure(measure.unit.dimension, "the threshold of \(word)"))
    }
}
