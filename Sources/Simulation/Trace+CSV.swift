import Essentials

extension Trace {
    /// Columns of the CSV form: unit in the name, value of a sample in that unit.
    private static var fields: [(name: String, field: (Sample) -> any TableField)] {
        [
            ("time_s", { $0.time }), ("voltage_V", { $0.voltage }), ("current_A", { $0.current }),
            ("total_current_A", { $0.totalCurrent }), ("conductance_nS", { $0.conductance * 1e9 }),
            ("temperature_K", { $0.temperature }), ("lattice_vacancies_per_m2", { $0.latticeVacancies }),
            ("plane_vacancies_per_m2", { $0.planeVacancies }), ("interfacial_oxygen_per_m2", { $0.interfacialOxygen }),
            ("stored_oxygen_per_m2", { $0.storedOxygen }), ("pulse", { $0.pulse }),
        ]
    }

    /// Columns that a file has where any of its samples has such a value.
    private static var furtherFields: [(name: String, value: (Sample) -> Double?)] {
        [("source_voltage_V", { $0.sourceVoltage }), ("read_voltage_V", { $0.readVoltage })]
    }

    /// Names of the columns of the CSV form, units in them.
    public static let columns = fields.map(\.name)

    /// The samples as a table, one row each; without the conductance where the run left reads out.
    public var table: Table {
        let further = Self.furtherFields.filter { field in samples.contains { field.value($0) != nil } }
        let fields = Self.fields.filter { readsSamples || $0.name != "conductance_nS" }
        return Table(samples, columns: fields + further.map { field in (field.name, { field.value($0) }) })
    }

    /// The same columns as numbers, all digits kept; what a sample does not have is not a number.
    package var numbers: [(name: String, values: [Double])] {
        let further = Self.furtherFields.filter { field in samples.contains { field.value($0) != nil } }
        let fields = Self.fields.filter { readsSamples || $0.name != "conductance_nS" }
        func number(_ field: any TableField) -> Double { field as? Double ?? (field as? Int).map(Double.init) ?? .nan }
        return fields.map { field in (field.name, samples.map { number(field.field($0)) }) }
            + further.map { field in (field.name, samples.map { field.value($0) ?? .nan }) }
    }

    /// The samples as CSV text, one line each, after a header with units.
    public var csv: String { table.csv }

    /// Reads the samples of a CSV file that `csv` made.
    ///
    /// Throws `InputError` naming the file and the line for a missing column, a value that is no number or a time that runs backwards.
    public init(csv text: String, source: String) throws(InputError) {
        self.init()
        for row in try Table(csv: text, source: source, columns: Trace.columns).rows {
            let sample = Sample(
                time: try row.number("time_s"), voltage: try row.number("voltage_V"), current: try row.number("current_A"),
                totalCurrent: try row.number("total_current_A"), conductance: try row.number("conductance_nS") / 1e9,
                temperature: try row.number("temperature_K"), latticeVacancies: try row.number("lattice_vacancies_per_m2"),
                planeVacancies: try row.number("plane_vacancies_per_m2"),
                interfacialOxygen: try row.number("interfacial_oxygen_per_m2"),
                storedOxygen: try row.number("stored_oxygen_per_m2"), pulse: try row.integer("pulse"),
                sourceVoltage: try row.numberIfGiven("source_voltage_V"), readVoltage: try row.numberIfGiven("read_voltage_V"))
            if let last = samples.last, sample.time < last.time {
                throw row.error("time_s", "runs backwards", "at least \(last.time)", value: "\(sample.time)")
            }
            samples.append(sample)
        }
    }
}
