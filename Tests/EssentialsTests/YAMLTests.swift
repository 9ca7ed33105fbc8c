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
        ("a: 1\nb: 2\na: 3\n", 3, "more than once"), ("a: [1, 2\nb: 3\n", 2, ""), ("a: 1\n\tb: 2\n", 2, ""),
        ("? [x, y]\n: 1\n", 1, "key"), ("a: *nobody\n", 1, "alias"),
    ])
    func brokenFilesNameTheLine(text: String, line: Int, words: String) {
        let error = #expect(throws: InputError.self) { try YAML(parsing: text, source: "t.yaml") }
        #expect(error?.line == line)
        #expect(words.isEmpty || error?.problem.contains(words) == true)
    }

    @Test func emptyMissingAndBinaryFilesAreRefused() throws {
        #expect(throws: InputError.self) { try YAML(parsing: "", source: "t.yaml") }
        #expect(throws: InputError.self) { try YAML.load(path: "/nowhere/at/all.yaml") }
        let path = NSTemporaryDirectory() + "tausonite-\(UUID().uuidString).yaml"
        try Data([0xff, 0xfe, 0x00, 0x80]).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: InputError.self) { try YAML.load(path: path) }
    }

    /// What a few lines can make endless or deep is refused where it stands, before anything is made of it.
    @Test(arguments: [
        ("a0: &a0 [x, x]\na1: [*a0, *a0]\n", 1, "anchor"), ("b: 1\n? *j\n: 1\n", 2, "alias"), ("a: {<<: [*b]}\n", 1, "alias"),
        ("a: &a [*a]\n", 1, "anchor"), ("a: !!binary aGk=\n", 1, "tag"), ("!x\na: 1\n", 1, "tag"),
        ("a: 1\n---\nb: 2\n", 2, "another document"),
    ])
    func bombsAreRefused(text: String, line: Int, words: String) {
        let error = #expect(throws: InputError.self) { try YAML(parsing: text, source: "t.yaml") }
        #expect(error?.problem.contains(words) == true && error?.line == line, "\(error?.description ?? "")")
    }

    /// The same of long texts: depth, keys, nodes.
    @Test(arguments: [
        ("[", 100_000, "", ""), ("[", 200, "x" + String(repeating: "]", count: 200), "more than 64 deep"),
        ("- ", 50_000, "x", "more than 64 deep"),
        ("a", 300, ": 1\n", "key of more than 200"), ("- a\n", 1_000_001, "", "more than a million"),
    ])
    func longBombsAreRefused(piece: String, count: Int, end: String, words: String) {
        let error = #expect(throws: InputError.self) {
            try YAML(parsing: String(repeating: piece, count: count) + end, source: "t.yaml")
        }
        #expect(words.isEmpty || error?.problem.contains(words) == true, "\(error?.description ?? "")")
    }

    /// Signs of YAML inside a text are a text.
    @Test func starsAndAmpersandsInsideTextsAreText() throws {
        let root = try YAML(parsing: "a: Pulse 3 V * 100\nb: R&D\nc: \"*x\"\nd: |\n  * one\n  & two\n", source: "t.yaml")
        #expect(try root.mapping().map { try $0.value.string() } == ["Pulse 3 V * 100", "R&D", "*x", "* one\n& two\n"])
    }

    /// Whatever is in a name, it reads back as it was: a run could else never be resumed.
    @Test(arguments: [
        "a: b", "a # b", "[x]", "%a", "\"", "'", "\\", "a\nseed: 5", "\t", " a ", "", "null", "- x", "*x", "&x", "!x",
        "\u{2028}", "\u{feff}a",
        "\u{7f}\u{85}\u{1b}[2J", "漢字 µ 🙂", "\u{fffe}", "{a: 1}", "? a", "---", "\u{10ffff}",
    ])
    func quotedTextsReadBack(text: String) throws {
        let root = try YAML(
            parsing: "name: \(YAML.quoted(text))\nlist: [\(YAML.quoted(text)), {k: \(YAML.quoted(text))}]\n", source: "t.yaml")
        #expect(try root.required("name").string() == text)
        #expect(try root.required("list").list()[1].required("k").string() == text)
        #expect(try YAML(key: "name", text: text, source: "--set").required("name").string() == text)
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
        #expect(
            told { () throws(InputError) in _ = try root.positiveQuantity("span", .time, in: 1...2) }?.contains(
                "expected 1 s ... 2 s")
                == true)
        #expect(
            told { () throws(InputError) in _ = try root.table("rows", in: ["a": 0...1, "b": 0...1]) }
                == "t.yaml:4: rows[0][1] = 2: is out of range: b; expected 0.0 ... 1.0")
        let large = try YAML(parsing: "n: 1e30\nm: 1e6\nseed: 18446744073709551615\n", source: "t.yaml")
        #expect(try large.required("m").whole(in: 0...1_000_000) == 1_000_000 && large.seed("seed") == .max)
        #expect(throws: InputError.self) { try large.required("n").whole(in: 0...10) }
    }
}
