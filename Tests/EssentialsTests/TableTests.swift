import Essentials
import Foundation
import Testing

@Suite struct TableTests {
    private let text = "# measured by hand\n\u{FEFF}time_s, name ,value_nS\r\n0,a,1.5\r\n\r\n1e-3,\"b, \"\"c\"\"\",\n"

    @Test func fieldsAreFoundByColumn() throws {
        let table = try Table(csv: text, source: "t.csv", columns: ["value_nS", "time_s"])
        #expect(table.columns == ["time_s", "name", "value_nS"])
        #expect(table.rows.map(\.line) == [3, 5])
        #expect(try table.rows[0].number("value_nS") == 1.5 && table.rows[1].number("time_s") == 1e-3)
        #expect(try table.rows[1].text("name") == "b, \"c\"")
        #expect(try table.rows[1].numberIfGiven("value_nS") == nil && table.rows[1].numberIfGiven("sigma_nS") == nil)
        #expect(try table.rows[0].integer("time_s") == 0)
    }

    @Test(arguments: [
        ("", "no rows"), ("time_s,x\n1,2\n", "value_nS"),
        ("time_s,value_nS\n1\n", "t.csv:2: row = 1: has 1 fields; expected 2"),
        ("time_s,value_nS\n1,\n", "t.csv:2: value_nS: is empty"),
        ("time_s,value_nS\n1,2\n3,nan\n", "t.csv:3: value_nS = nan: is not a finite number"),
        ("time_s,value_nS\n1,2.5\n", "t.csv:2: value_nS = 2.5: is not a whole number"),
    ])
    func badTablesSayWhere(text: String, part: String) {
        let error = #expect(throws: InputError.self) {
            for row in try Table(csv: text, source: "t.csv", columns: ["time_s", "value_nS"]).rows {
                _ = try (row.number("time_s"), row.integer("value_nS"))
            }
        }
        #expect(error?.description.contains(part) == true, "\(String(describing: error))")
    }

    @Test func aColumnThatIsMissingIsNamedWithTheOthers() throws {
        let row = try #require(try Table(csv: "a,b\n1,2\n", source: "t.csv").rows.first)
        let error = #expect(throws: InputError.self) { try row.number("c") }
        #expect(error?.description == "t.csv:2: c: is not among the columns; expected a,b")
    }

    @Test func whatIsWrittenIsReadBack() throws {
        let rows: [(Double, Int, String, Double?)] = [
            (0.1234567891234, -3, "plain", 1e-30), (2, 4, "a,\"b\"#", nil), (.infinity, 0, "", 7),
        ]
        let table = Table(rows, columns: [("x_m", { $0.0 }), ("n", { $0.1 }), ("name", { $0.2 }), ("y_m", { $0.3 })])
        #expect(table.csv == "x_m,n,name,y_m\n0.123456789,-3,plain,1e-30\n2,4,\"a,\"\"b\"\"#\",\n,0,,7\n")
        #expect(try Table(csv: table.csv, source: "t.csv") == table)
        let path = NSTemporaryDirectory() + "tausonite-table-\(UUID().uuidString).csv"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try table.save(path: path)
        #expect(try Table.load(path: path, columns: ["n"]) == table)
        #expect(throws: InputError.self) { try Table.load(path: path + "-not-there") }
    }

    @Test func aRowThatIsBeingWrittenIsLeftOut() throws {
        let table = try Table(csv: "a,b\n1,2\n3,4", source: "t.csv", dropsCutRow: true)
        #expect(table.rows.map(\.fields) == [["1", "2"]])
        #expect(try Table(csv: "a,b\n1,2\n3,4", source: "t.csv").rows.count == 2)
        #expect(throws: InputError.self) { try Table(csv: "a,b\n", source: "t.csv").requireRows() }
    }
}
