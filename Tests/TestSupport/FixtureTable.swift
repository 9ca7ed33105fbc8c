import Foundation
import Testing

/// A fixture of numbers by column; a cell that is none is nan, and the first cell of a row is also its name.
package struct FixtureTable {
    package let columns: [String]
    package let rows: [[Double]]
    private let names: [String]

    /// - bundle: that of the tests, `.module`.
    package init(_ path: String, in bundle: Bundle) throws {
        let folder = try #require(bundle.url(forResource: "Fixtures", withExtension: nil))
        let text = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
        let header = lines[0].replacingOccurrences(of: "\"branch(0 up,1 down,2 back)\"", with: "branch")
        columns = header.split(separator: ",").map(String.init)
        let cells = lines.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        rows = cells.map { $0.map { Double($0) ?? .nan } }
        names = cells.map { $0[0] }
    }

    package func column(_ name: String) throws -> [Double] {
        let index = try #require(columns.firstIndex(of: name), "no column \(name)")
        return rows.map { $0[index] }
    }

    /// The value in the row `name`.
    package func value(_ name: String, _ column: String) throws -> Double {
        let index = try #require(columns.firstIndex(of: column), "no column \(column)")
        return rows[try #require(names.firstIndex(of: name), "no row \(name)")][index]
    }
}
