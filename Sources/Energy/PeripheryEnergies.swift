import Essentials

/// What one event of a peripheral circuit or of a digital opponent costs, read from `Validation/periphery.yaml`.
package struct PeripheryEnergies: Equatable, Sendable {
    /// Every number that the file holds, as "section.key".
    package enum Key: String, CaseIterable, Sendable {
        /// Conversion of one sum or of one synapse's current, J; one bit of an input, J; bits of an input.
        case adc = "converters.adc"
        case dacBit = "converters.dac_bit"
        case inputBits = "converters.input_bits"
        /// Inputs that one conversion sums; distance between synapses, m; capacitance of a line, F/m; voltage of an update, V.
        case rows = "arrays.rows"
        case pitch = "arrays.pitch"
        case lineCapacitance = "arrays.line_capacitance"
        case pulseVoltage = "arrays.pulse_voltage"
        /// Multiplication and addition beside the crossbar, J; bits of one Gamma.
        case multiply = "logic.multiply"
        case add = "logic.add"
        case gammaBits = "logic.gamma_bits"
        /// The digital cell: multiplication, addition, access to 64 bits of SRAM, J.
        case multiply45 = "digital_45nm.multiply"
        case add45 = "digital_45nm.add"
        case sram45 = "digital_45nm.sram_access"
        case multiply7 = "digital_7nm.multiply"
        case add7 = "digital_7nm.add"
        case sram7 = "digital_7nm.sram_access"
        /// Power of one bit that is kept, W; one bit through HBM, J; bytes through it per synapse and step.
        case sramLeakage = "memory.sram_leakage"
        case hbmBit = "memory.hbm_bit"
        case hbmBytes = "memory.hbm_bytes"
        /// One operation of a card, J; bytes that it moves per synapse and step.
        case a100 = "cards.a100_operation"
        case h100 = "cards.h100_operation"
        case cardBytes = "cards.bytes"

        /// What the number is measured in.
        package var dimension: PhysicalDimension {
            switch self {
            case .adc, .dacBit, .multiply, .add, .multiply45, .add45, .sram45, .multiply7, .add7, .sram7, .hbmBit, .a100, .h100:
                .energy
            case .inputBits, .rows, .gammaBits, .hbmBytes, .cardBytes: .none
            case .pitch: .length
            case .lineCapacitance: .linearCapacitance
            case .pulseVoltage: .voltage
            case .sramLeakage: .power
            }
        }

        /// The file's section, and the key in it.
        var place: (section: String, name: String) {
            let parts = rawValue.split(separator: ".").map(String.init)
            return (parts[0], parts[1])
        }
    }

    /// The entries in the order of `Key.allCases`.
    package let entries: [PublishedEntry]
    private var values: [Key: Estimate]

    /// The range of a number, SI.
    package subscript(key: Key) -> Estimate { values[key]! }

    /// Numbers that memristors' periphery and opponents have in common: the same SRAM keeps Gamma here and everything there.
    static let common: [Key] = [.sramLeakage, .sram45]

    /// The same energies with these common numbers held at one end of their ranges, for each combination of ends.
    ///
    /// A ratio of two sums that grow with one number is monotonic in it, so that its extremes lie among these.
    var corners: [PeripheryEnergies] {
        Self.common.reduce([self]) { corners, key in
            corners.flatMap { corner in
                [self[key].low, self[key].high].map { end in
                    var held = corner
                    held.values[key] = Estimate(exactly: end)
                    return held
                }
            }
        }
    }

    /// Reads the file; throws `InputError` naming file, line and key where it is not whole (see `PublishedEntry`).
    package static func load(path: String) throws(InputError) -> PeripheryEnergies {
        try PeripheryEnergies(YAML.load(path: path))
    }

    /// The same from the file's text.
    package static func parse(_ text: String, source: String) throws(InputError) -> PeripheryEnergies {
        try PeripheryEnergies(YAML(parsing: text, source: source))
    }

    private init(_ root: YAML) throws(InputError) {
        var sections: [String] = []
        for key in Key.allCases where !sections.contains(key.place.section) { sections.append(key.place.section) }
        _ = try root.mapping(known: sections)
        for section in sections {
            let known = Key.allCases.map(\.place).filter { $0.section == section }.map(\.name)
            _ = try root.required(section).mapping(known: known)
        }
        var entries: [PublishedEntry] = []
        var values: [Key: Estimate] = [:]
        for key in Key.allCases {
            let node = try root.required(key.place.section).required(key.place.name)
            let entry = try PublishedEntry(node, key: key.rawValue, dimension: key.dimension)
            if key == .rows, entry.estimate.low < 1 {
                throw node.error("is less than one row", value: "\(entry.estimate.low)", expected: "1 or more")
            }
            entries.append(entry)
            values[key] = entry.estimate
        }
        self.entries = entries
        self.values = values
    }
}
