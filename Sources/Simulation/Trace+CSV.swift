import Essentials
import Foundation

extension Trace {
    /// Columns of the CSV form, units in the names.
    public static let columns = [
        "time_s", "voltage_V", "current_A", "total_current_A", "conductance_nS", "temperature_K",
        "lattice_vacancies_per_m2", "plane_vacancies_per_m2", "interfacial_oxygen_per_m2", "stored_oxygen_per_m2", "pulse",
    ]

    /// The samples as CSV text, one line each, after a header with units.
    public var csv: String {
        var text = Trace.columns.joined(separator: ",") + "\n"
        for s in samples {
            let values = [
                s.time, s.voltage, s.current, s.totalCurrent, s.conductance * 1e9, s.temperature, s.latticeVacancies,
                s.planeVacancies, s.interfacialOxygen, s.storedOxygen,
            ]
            text += values.map { String(format: "%.9g", $0) }.joined(separator: ",") + ",\(s.pulse)\n"
        }
        return text
    }

    /// Reads the samples of a CSV file that `csv` made.
    ///
    /// Throws `InputError` naming the file and the line for a missing column, a value that is no number or a time that runs backwards.
    public init(csv text: String, source: String) throws {
        self.init()
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().makeIterator()
        guard let header = lines.next(), header.element.split(separator: ",").map(String.init) == Trace.columns else {
            throw InputError(
                "header", problem: "is not that of a trace", expected: Trace.columns.joined(separator: ","),
                source: source, line: 1)
        }
        while let (index, line) = lines.next() {
            if line.isEmpty { continue }
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            let numbers = fields.compactMap { Double($0) }
            guard fields.count == Trace.columns.count, numbers.count == fields.count, numbers.allSatisfy(\.isFinite),
                let pulse = Int(exactly: numbers[10])
            else {
                throw InputError(
                    "row", value: String(line.prefix(60)), problem: "is not \(Trace.columns.count) finite numbers",
                    expected: "one number per column", source: source, line: index + 1)
            }
            if let last = samples.last, numbers[0] < last.time {
                throw InputError(
                    "time_s", value: "\(numbers[0])", problem: "runs backwards", expected: "at least \(last.time)",
                    source: source, line: index + 1)
            }
            samples.append(
                Sample(
                    time: numbers[0], voltage: numbers[1], current: numbers[2], totalCurrent: numbers[3],
                    conductance: numbers[4] / 1e9, temperature: numbers[5], latticeVacancies: numbers[6],
                    planeVacancies: numbers[7], interfacialOxygen: numbers[8], storedOxygen: numbers[9], pulse: pulse))
        }
    }
}
