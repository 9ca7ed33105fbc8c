import Essentials
import Foundation

/// Some columns of a CSV file of numbers; an empty field is no number.
struct NumberTable {
    struct Row {
        var values: [Double?]
        let line: Int
        let columns: [String]
        let source: String

        /// The value of a column that must be there.
        func number(_ column: Int) throws -> Double {
            guard let value = values[column] else {
                throw InputError(columns[column], problem: "is empty", expected: "a number", source: source, line: line)
            }
            return value
        }
    }

    var rows: [Row] = []

    /// - dropsCutRow: a last row without an end of line is left out; a log that is being written may have one.
    ///
    /// Throws `InputError` with file and line for a column that is missing or a field that is no number.
    static func load(path: String, columns: [String], dropsCutRow: Bool = false) throws -> NumberTable {
        var lines = String(decoding: try AtomicFile.read(path), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
        if dropsCutRow { lines.removeLast() }
        let header = (lines.first ?? "").split(separator: ",").map(String.init)
        let places = try columns.map { column in
            guard let place = header.firstIndex(of: column) else {
                throw InputError(
                    column, problem: "is no column of this file", expected: columns.joined(separator: ","), source: path,
                    line: 1)
            }
            return place
        }
        var table = NumberTable()
        for (index, text) in lines.enumerated().dropFirst() where !text.isEmpty {
            let fields = text.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count == header.count else {
                throw InputError(
                    "row", problem: "has \(fields.count) fields", expected: "\(header.count), as the header", source: path,
                    line: index + 1)
            }
            let values = try places.map { place -> Double? in
                if fields[place].isEmpty { return nil }
                guard let value = Double(fields[place]), value.isFinite, abs(value) < 1e15 else {
                    throw InputError(
                        header[place], value: String(fields[place]), problem: "is not a number", expected: "a number",
                        source: path, line: index + 1)
                }
                return value
            }
            table.rows.append(Row(values: values, line: index + 1, columns: columns, source: path))
        }
        return table
    }
}
