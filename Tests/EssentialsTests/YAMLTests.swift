import Foundation
import Testing

@testable import Essentials

/// YAML nodes carry their line, and every refusal says it.
@Suite struct YAMLTests {
    static let text = """
        name: test   # line 1
        geometry:
          thickness: {value: 40, unit: nm}
          area: 2870 nm2
        flags: [true, no]
        count: 3
        list:
          - a
          - b
        """

    @Test func valuesAndLines() throws {
        let root = try YAML(parsing: Self.text, source: "t.yaml")
        #expect(try root.required("name").string() == "test")
        let geometry = try root.required("geometry")
        let thickness = try geometry.required("thickness")
        #expect(thickness.line == 3 && thickness.path == "geometry.thickness")
        #expect(try thickness.quantity(.length) == 40e-9)
        #expect(try geometry.required("area").quantity(.area) == 2.87e-15)
        #expect(try root.required("flags").list().map { try $0.bool() } == [true, false])
        #expect(try root.required("count").integer() == 3)
        #expect(try root.required("list").list()[1].line == 9)
        #expect(try root.mapping().map(\.key) == ["name", "geometry", "flags", "count", "list"])
    }

    @Test func unknownAndMissingKeysAreNamed() throws {
        let root = try YAML(parsing: "a: 1\nthicknes: 2\n", source: "t.yaml")
        let unknown = #expect(throws: InputError.self) { try root.mapping(known: ["a", "thickness"]) }
        #expect(unknown?.description == "t.yaml:2: thicknes: is not a known key; expected perhaps thickness")
        let missing = #expect(throws: InputError.self) { try root.required("area", example: "area: 2870 nm2") }
        #expect(missing?.description == "t.yaml:1: area: is missing; expected area: 2870 nm2")
    }

    @Test(arguments: [
        ("a: 1\nb: 2\na: 3\n", 1, "more than once"), ("a: [1, 2\nb: 3\n", 2, ""), ("a: 1\n\tb: 2\n", 2, ""),
        ("? [x, y]\n: 1\n", 1, "key"), ("a: *nobody\n", 1, "alias"),
    ])
    func brokenFilesNameTheLine(text: String, line: Int, words: String) {
        let error = #expect(throws: InputError.self) { try YAML(parsing: text, source: "t.yaml") }
        #expect(error?.line == line)
        #expect(words.isEmpty || error?.problem.contains(words) == true)
    }

    @Test func emptyMissingBinaryAndExplodingFilesAreRefused() throws {
        #expect(throws: InputError.self) { try YAML(parsing: "", source: "t.yaml") }
        #expect(throws: InputError.self) { try YAML.load(path: "/nowhere/at/all.yaml") }
        let path = NSTemporaryDirectory() + "tausonite-\(UUID().uuidString).yaml"
        try Data([0xff, 0xfe, 0x00, 0x80]).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: InputError.self) { try YAML.load(path: path) }
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            bomb += "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ") + "]\n"
        }
        let error = #expect(throws: InputError.self) { try YAML(parsing: bomb, source: "t.yaml") }
        #expect(error?.problem.contains("million") == true)
    }

    @Test func wrongKindsAreNamed() throws {
        let root = try YAML(parsing: Self.text, source: "t.yaml")
        #expect(throws: InputError.self) { try root.required("name").double() }
        #expect(throws: InputError.self) { try root.required("geometry").string() }
        #expect(throws: InputError.self) { try root.required("list").mapping() }
        let wrong = #expect(throws: InputError.self) { try root.required("geometry").required("thickness").quantity(.time) }
        #expect(wrong?.description.hasPrefix("t.yaml:3: geometry.thickness = 40 nm") == true)
    }

    @Test func numbersOutOfPlaceAreRefused() throws {
        let root = try YAML(
            parsing: "share: 0.5\nnone: 0\nspan: {value: 2, unit: ms}\nrows: [[1, 2], [3, 4e-1]]\nbad: [[1, 2], [3]]\n",
            source: "t.yaml")
        #expect(try root.number("share", in: 0...1) == 0.5 && root.positive("share") == 0.5)
        #expect(try root.positiveQuantity("span", .time) == 2e-3)
        #expect(try root.table("rows", columns: 2) == [[1, 2], [3, 0.4]])
        func told(_ body: () throws(InputError) -> Void) -> String? {
            do throws(InputError) { try body() } catch { return error.description }
            return nil
        }
        #expect(
            told { () throws(InputError) in _ = try root.number("share", in: 1...2) }
                == "t.yaml:1: share = 0.5: is out of range; expected 1.0 ... 2.0")
        #expect(
            told { () throws(InputError) in _ = try root.positive("none") }?.contains("t.yaml:2: none = 0.0: is not positive")
                == true)
        #expect(
            told { () throws(InputError) in _ = try root.positiveQuantity("span", .voltage) }?.hasPrefix("t.yaml:3: span")
                == true)
        #expect(
            told { () throws(InputError) in _ = try root.table("bad", columns: 2) }?.contains("bad[1]: has 1 numbers") == true)
        #expect(told { () throws(InputError) in _ = try root.positive("absent") }?.contains("is missing") == true)
    }
}
