import Foundation

extension Table {
    /// The table as comma-separated values (RFC 4180 with bare newlines), the column names first.
    public var csv: String {
        var text = Self.line(columns)
        for row in rows { text += Self.line(row.fields) }
        return text
    }

    /// One line of such a file, its newline included.
    public static func line(_ fields: [String]) -> String {
        var text = ""
        for (k, field) in fields.enumerated() {
            if k > 0 { text += "," }
            text += quoted(field)
        }
        return text + "\n"
    }

    /// Writes the table to `path`, whole or not at all; throws `InputError` when that cannot be done.
    public func save(path: String) throws(InputError) { try AtomicFile.write(csv, to: path) }

    /// Reads comma-separated values with a header; see `init(csv:source:columns:dropsCutRow:)`.
    public static func load(
        path: String, columns required: [String] = [], dropsCutRow: Bool = false
    ) throws(InputError) -> Table {
        try Table(csv: try AtomicFile.text(path, kind: "a CSV file"), source: path, columns: required, dropsCutRow: dropsCutRow)
    }

    /// Reads comma-separated values with a header.
    ///
    /// Spaces around fields, empty lines and lines that begin with # are skipped; columns beside the required ones are kept. A
    /// field may stand in double quotes, within one line. `dropsCutRow` leaves out a last row without an end of line: a log
    /// that is being written may have one. Throws `InputError` naming file and line for a required column that is missing, a row
    /// of another length than the header, or a file without a row. Cost: one pass.
    public init(
        csv text: String, source: String, columns required: [String] = [], dropsCutRow: Bool = false
    ) throws(InputError) {
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        if dropsCutRow, !lines.isEmpty { lines.removeLast() }
        var header: Header?
        var rows: [Row] = []
        for (index, line) in lines.enumerated() {
            let line = line.drop { $0 == "\u{FEFF}" || $0 == " " || $0 == "\t" }
            if line.isEmpty || line.first == "#" { continue }
            let fields = Self.fields(line)
            guard let known = header else {
                for column in required where !fields.contains(column) {
                    throw InputError(
                        column, problem: "is not among the columns",
                        expected: "a header with \(required.joined(separator: ","))",
                        source: source, line: index + 1)
                }
                header = Header(fields, source: source)
                continue
            }
            guard fields.count == known.columns.count else {
                throw InputError(
                    "row", value: String(line.prefix(60)), problem: "has \(fields.count) fields",
                    expected: "\(known.columns.count), as the header", source: source, line: index + 1)
            }
            rows.append(Row(fields: fields, line: index + 1, header: known))
        }
        guard let header else { throw InputError(source, problem: "has no rows", expected: "a header and rows of fields") }
        self.init(header: header, rows: rows)
    }

    /// Throws `InputError` when there is no row under the header.
    public func requireRows() throws(InputError) {
        guard rows.isEmpty else { return }
        throw InputError(header.source ?? "table", problem: "has no rows", expected: "a header and at least one row")
    }

    /// The fields of one line; a doubled quote inside a quoted field is a quote.
    private static func fields(_ line: Substring) -> [String] {
        guard line.contains("\"") else {
            return line.split(separator: ",", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
        }
        var fields: [String] = []
        var field = ""
        var isQuoted = false
        var wasQuoted = false
        func finish() {
            fields.append(wasQuoted ? field : field.trimmingCharacters(in: .whitespaces))
            field = ""
            wasQuoted = false
        }
        var rest = line[...]
        while let character = rest.popFirst() {
            switch character {
            case "\"" where isQuoted && rest.first == "\"": field.append(rest.removeFirst())
            case "\"" where isQuoted: isQuoted = false
            case "\"" where field.allSatisfy(\.isWhitespace) && !wasQuoted:
                (isQuoted, wasQuoted, field) = (true, true, "")
            case "," where !isQuoted: finish()
            case _ where wasQuoted && !isQuoted && character.isWhitespace: break
            default: field.append(character)
            }
        }
        finish()
        return fields
    }

    private static func quoted(_ field: String) -> String {
        // Most fields are numbers: printable ASCII without a sign that means something.
        if field.utf8.allSatisfy({ $0 > 35 && $0 < 127 && $0 != 44 }) { return field }
        guard field.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline || $0 == "#" }) else { return field }
        let flat = field.map { $0.isNewline ? " " : $0 }
        return "\"" + String(flat).replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }
}
