import Foundation
import TestSupport
import Testing

/// The house: a target imports only targets on lower floors (Docs/architecture.md).
@Suite struct ImportRuleTests {
    /// Floor of every target, read from the table in Docs/architecture.md, so that document and code cannot part.
    static func floors() throws -> [String: Int] {
        let text = try Repository.text("Docs/architecture.md")
        var floors: [String: Int] = [:]
        for line in text.split(separator: "\n") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard line.hasPrefix("|"), cells.count >= 2, let floor = Int(cells[0]) else { continue }
            floors[cells[1].trimmingCharacters(in: CharacterSet(charactersIn: "`"))] = floor
        }
        return floors
    }

    /// Target -> names that its Swift files import.
    static func imports(in folder: String = "Sources") throws -> [String: Set<String>] {
        let sources = Repository.root.appendingPathComponent(folder)
        var result: [String: Set<String>] = [:]
        for target in try FileManager.default.contentsOfDirectory(atPath: sources.path) {
            let folder = sources.appendingPathComponent(target)
            let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
            var names: Set<String> = []
            for file in files where file.hasSuffix(".swift") {
                let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
                for line in text.split(separator: "\n") {
                    var words = line.split(separator: " ").map(String.init)
                    while let first = words.first,
                        first.hasPrefix("@") || ["public", "package", "internal", "private"].contains(first)
                    {
                        words.removeFirst()
                    }
                    guard words.count >= 2, words[0] == "import" else { continue }
                    // "import struct Module.Type" names a module as well.
                    let kinds = ["struct", "class", "enum", "func", "protocol", "let", "var", "typealias"]
                    let name = kinds.contains(words[1]) && words.count >= 3 ? words[2] : words[1]
                    names.insert(String(name.split(separator: ".")[0]))
                }
            }
            result[target] = names
        }
        return result
    }

    @Test func everyTargetHasItsFloor() throws {
        let floors = try Self.floors()
        let imports = try Self.imports()
        #expect(Set(imports.keys) == Set(floors.keys))
    }

    @Test func importsGoDownOnly() throws {
        let floors = try Self.floors()
        for (target, names) in try Self.imports() {
            for name in names {
                guard let below = floors[name], let floor = floors[target] else { continue }
                #expect(below < floor, "\(target) (floor \(floor)) imports \(name) (floor \(below))")
            }
        }
    }

    /// The package's own target graph says the same: every `dependencies` entry of a room lies on a lower floor.
    @Test func thePackageGraphGoesDownOnly() throws {
        let floors = try Self.floors()
        let manifest = try Repository.text("Package.swift")
        // room("Name", ["A", "B", ...]) and the executable's dependencies; white space does not matter.
        let flat = manifest.split(whereSeparator: \.isWhitespace).joined()
        var seen = 0
        for piece in flat.components(separatedBy: "room(\"").dropFirst() {
            let name = String(piece.prefix { $0 != "\"" })
            guard let floor = floors[name], let open = piece.firstIndex(of: "["),
                let close = piece.firstIndex(of: "]"), open < close
            else { continue }
            seen += 1
            for entry in piece[piece.index(after: open)..<close].split(separator: ",") {
                guard let below = floors[entry.trimmingCharacters(in: CharacterSet(charactersIn: "\""))] else { continue }
                #expect(below < floor, "\(name) depends on \(entry)")
            }
        }
        #expect(seen >= 10)
    }

    /// No room names a dependency that neither it nor its tests import.
    @Test func noDependencyIsIdle() throws {
        let manifest = try Repository.text("Package.swift")
        let flat = manifest.split(whereSeparator: \.isWhitespace).joined()
        var imports = try Self.imports()
        // Yams brings libyaml, which the reader of YAML takes its events from.
        for (name, names) in imports where names.contains("CYaml") { imports[name]?.insert("Yams") }
        for (name, names) in try Self.imports(in: "Tests") {
            imports[String(name.dropLast("Tests".count)), default: []].formUnion(names)
        }
        for piece in flat.components(separatedBy: "room(\"").dropFirst() {
            let name = String(piece.prefix { $0 != "\"" })
            // The list that follows the name; a room on the ground floor has none.
            let rest = piece.dropFirst(name.count + 1)
            guard rest.hasPrefix(",["), let close = rest.firstIndex(of: "]") else { continue }
            for entry in rest[..<close].dropFirst(2).split(separator: ",") {
                let quoted = entry.hasPrefix("\"")
                let dependency = quoted ? entry.trimmingCharacters(in: CharacterSet(charactersIn: "\"")) : entry.capitalized
                #expect(imports[name]?.contains(dependency) == true, "\(name) does not import \(dependency)")
            }
        }
    }
}
