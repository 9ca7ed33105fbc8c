import Foundation
import Testing

/// A fixture table of numbers by column.
struct FixtureTable {
    let columns: [String]
    let rows: [[Double]]

    init(_ path: String) throws {
        let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
        let text = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
        let lines = text.split(whereSeparator: \.isNewline)
        columns = lines[0].split(separator: ",").map(String.init)
        rows = lines.dropFirst().map { $0.split(separator: ",").map { Double($0) ?? .nan } }
    }

    func column(_ name: String) throws -> [Double] {
        let index = try #require(columns.firstIndex(of: name), "no column \(name)")
        return rows.map { $0[index] }
    }
}
