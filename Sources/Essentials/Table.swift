import Foundation

/// Rows of fields under named columns: the one form of every CSV file that the project reads or writes.
///
/// Columns are named with their unit ("time_s", "conductance_nS"). A field is text; `Row.number` and its like turn it into a
/// value and say file, line and column where it is none.
public struct Table: Sendable, Equatable {
    /// Names of the columns, in order.
    public var columns: [String] { header.columns }
    /// The lines below the header.
    public private(set) var rows: [Row] = []
    let header: Header

    /// One row for each element; a column is its name and how its field follows from the element.
    ///
    ///     Table(samples, columns: [("time_s", { $0.time }), ("pulse", { $0.pulse })]).csv
    ///
    /// Doubles get nine significant digits; nil and numbers that are not finite become empty fields.
    public init<Element>(
        _ elements: some Sequence<Element>, columns: [(name: String, field: (Element) -> any TableField)]
    ) {
        header = Header(columns.map(\.name), source: nil)
        for element in elements {
            rows.append(Row(fields: columns.map { $0.field(element).field }, line: rows.count + 2, header: header))
        }
    }

    init(header: Header, rows: [Row]) {
        self.header = header
        self.rows = rows
    }

    /// Same columns and fields; where a table was read from does not count.
    public static func == (a: Table, b: Table) -> Bool {
        a.columns == b.columns && a.rows.map(\.fields) == b.rows.map(\.fields)
    }

    /// Where each column stands; shared by the rows.
    final class Header: Sendable {
        let columns: [String]
        let source: String?
        private let places: [String: Int]

        init(_ columns: [String], source: String?) {
            self.columns = columns
            self.source = source
            places = Dictionary(columns.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        }

        func place(_ column: String) -> Int? { places[column] }
    }

    /// One line of a table.
    public struct Row: Sendable {
        /// The texts of the line, one a column.
        public let fields: [String]
        /// In the file, from 1.
        public let line: Int
        let header: Header

        /// The field under `column`; throws `InputError` when there is no such column.
        public func text(_ column: String) throws(InputError) -> String {
            guard let place = header.place(column) else {
                throw error(column, "is not among the columns", header.columns.joined(separator: ","))
            }
            return fields[place]
        }

        /// The finite number under `column`; throws `InputError` naming file, line and column when there is none.
        public func number(_ column: String) throws(InputError) -> Double {
            let field = try text(column)
            guard !field.isEmpty else { throw error(column, "is empty", "a number") }
            guard let value = Double(field), value.isFinite else {
                throw error(column, "is not a finite number", "a number", value: field)
            }
            return value
        }

        /// The number under `column`, which must lie in a range.
        public func number(_ column: String, in range: ClosedRange<Double>) throws(InputError) -> Double {
            let value = try number(column)
            guard range.contains(value) else {
                throw error(column, "is out of range", "\(range.lowerBound) ... \(range.upperBound)", value: try text(column))
            }
            return value
        }

        /// The number under `column`, nil where the column or its field is left out; throws `InputError` where it is no number.
        public func numberIfGiven(_ column: String) throws(InputError) -> Double? {
            guard let place = header.place(column), !fields[place].isEmpty else { return nil }
            return try number(column)
        }

        /// The whole number under `column`; throws `InputError` where there is none, or where it does not lie in the range (that of
        /// the whole numbers which a double can tell apart, where none is given).
        public func integer(
            _ column: String, in range: ClosedRange<Int> = -9_007_199_254_740_992...9_007_199_254_740_992
        ) throws(InputError) -> Int {
            guard let value = Int(exactly: try number(column)), range.contains(value) else {
                throw error(
                    column, "is not a whole number in range", "\(range.lowerBound) ... \(range.upperBound)",
                    value: try text(column))
            }
            return value
        }

        /// The seed of random numbers under `column`, any of 64 bits; throws `InputError` where there is none.
        public func seed(_ column: String) throws(InputError) -> UInt64 {
            guard let value = UInt64(try text(column)) else {
                throw error(column, "is not a seed", "a whole number, 0 ... \(UInt64.max)", value: try text(column))
            }
            return value
        }

        /// An error at this row's place in the file.
        public func error(_ column: String, _ problem: String, _ expected: String, value: String? = nil) -> InputError {
            InputError(column, value: value, problem: problem, expected: expected, source: header.source, line: line)
        }
    }
}

/// A value that can stand in a field of a `Table`.
public protocol TableField {
    /// The text of the field; empty where there is no value.
    var field: String { get }
}

extension String: TableField {
    public var field: String { self }
}

extension Int: TableField {
    public var field: String { String(self) }
}

extension Double: TableField {
    /// Nine significant digits; empty when it is not finite.
    public var field: String { isFinite ? NineDigits.text(self) : "" }
}

extension Optional: TableField where Wrapped: TableField {
    public var field: String { map(\.field) ?? "" }
}
