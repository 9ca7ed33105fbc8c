import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import tausonite

/// The documents' own command lines are accepted by the program, so that a reader can copy them.
@Suite struct DocumentationTests {
    /// Words of a shell line: spaces part them, quotes hold them together, "#" after a space begins a comment.
    static func words(_ line: String) -> [String] {
        var words: [String] = []
        var word = ""
        var quote: Character?
        var isOpen = false
        for character in line {
            if let open = quote {
                if character == open { quote = nil } else { word.append(character) }
            } else if character == "\"" || character == "'" {
                quote = character
                isOpen = true
            } else if character == " " {
                if isOpen || !word.isEmpty { words.append(word) }
                word = ""
                isOpen = false
            } else if character == "#", word.isEmpty, !isOpen {
                return words
            } else {
                word.append(character)
            }
        }
        return isOpen || !word.isEmpty ? words + [word] : words
    }

    static func commands(in file: String) throws -> [String] {
        let text = try Repository.text(file)
        return text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.compactMap { line in
            let plain = line.hasPrefix("$ ") ? String(line.dropFirst(2)) : line
            return plain.hasPrefix("tausonite ") ? plain : nil
        }
    }

    @Test(arguments: [
        "README.md", "Docs/tour.md", "Docs/files.md", "Docs/protocols.md", "Docs/export.md", "Docs/own-data.md",
        "Docs/looking.md",
    ])
    func commandLinesParse(file: String) throws {
        let commands = try Self.commands(in: file)
        #expect(commands.count >= 2)
        for command in commands {
            #expect(throws: Never.self, "\(command)") { try Tausonite.parseAsRoot(Array(Self.words(command).dropFirst())) }
        }
    }

    /// Every example of every command's own help parses as well.
    @Test func examplesOfTheHelpParse() throws {
        var seen = 0
        var commands: [any ParsableCommand.Type] = [Tausonite.self]
        while let command = commands.popLast() {
            commands += command.configuration.subcommands
            for line in command.configuration.discussion.split(separator: "\n") {
                let plain = line.trimmingCharacters(in: .whitespaces)
                guard plain.hasPrefix("tausonite ") else { continue }
                seen += 1
                #expect(throws: Never.self, "\(plain)") { try Tausonite.parseAsRoot(Array(Self.words(plain).dropFirst())) }
            }
        }
        #expect(seen >= 10)
    }

    /// Every page of the project: those at the root, and those of Docs.
    static func pages() throws -> [String] {
        let pages = try ["", "Docs"].flatMap { folder in
            try FileManager.default.contentsOfDirectory(atPath: Repository.path(folder)).filter { $0.hasSuffix(".md") }
                .map { folder.isEmpty ? $0 : "\(folder)/\($0)" }
        }
        return pages.sorted()
    }

    /// Linked files are there, seen from the folder of the page.
    @Test(arguments: try DocumentationTests.pages())
    func linksLeadSomewhere(page: String) throws {
        let folder = URL(fileURLWithPath: Repository.path(page)).deletingLastPathComponent()
        for piece in try Repository.text(page).components(separatedBy: "](").dropFirst() {
            let target = String(piece.prefix { $0 != ")" && $0 != "#" })
            guard !target.hasPrefix("http"), !target.isEmpty else { continue }
            #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent(target).path), "\(target)")
        }
    }

    /// README.md names every page of Docs, so that each is found from the first one.
    @Test func theReadMeNamesEveryPage() throws {
        let readMe = try Repository.text("README.md")
        for page in try Self.pages() where page.hasPrefix("Docs/") {
            #expect(readMe.contains("](\(page))"), "\(page)")
        }
        #expect(readMe.split(separator: "\n", omittingEmptySubsequences: false).count <= 120)
    }

    /// Rooms of the library products.
    private static let products = [
        "Essentials", "LinearAlgebra", "FiniteVolume", "NeuralNetwork", "DeviceModel", "Protocols", "Simulation",
        "CompactModel", "Tausonite",
    ]

    /// Files of a folder, and of those within it, that end so.
    private static func files(in folder: String, ending: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: Repository.path(folder))?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(ending) }.sorted().map { "\(folder)/\($0)" }
    }

    /// Each room of a product has a page with code, and every line of code of its pages stands in its tests, where it runs; so does that
    /// of README.md.
    @Test(arguments: DocumentationTests.products)
    func codeOfThePagesRuns(room: String) throws {
        var pages = Self.files(in: "Sources/\(room)/\(room).docc", ending: ".md")
        if room == "Tausonite" { pages.append("README.md") }
        let tests = try Self.files(in: "Tests/\(room)Tests", ending: ".swift").map(Repository.text).joined()
        let blocks = try pages.flatMap {
            try Repository.text($0).components(separatedBy: "```swift\n").dropFirst()
                .map { $0.components(separatedBy: "\n```")[0] }
        }
        #expect(!blocks.isEmpty)
        for line in blocks.joined(separator: "\n").split(separator: "\n") where !line.hasPrefix("import ") {
            let isThere = tests.contains("\n        \(line)\n")
            #expect(isThere, "\(line)")
        }
    }

    /// Every public symbol of the products has a comment of its own. What a protocol asks for has it there.
    @Test(arguments: DocumentationTests.products)
    func publicSymbolsHaveAComment(room: String) throws {
        let asked = [
            "var description", "func next()", "mutating func next()", "func makeIterator()", "func encode(to",
            "var field: String {", "var unknowns: Int {", "func prepare(time", "func correct(_", "func condition(predictor",
            "func isAdmissible(_", "func settle(_", "func errorNorm(_",
        ]
        for file in Self.files(in: "Sources/\(room)", ending: ".swift") {
            let text = try Repository.text(file)
            let lines = text.components(separatedBy: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            for (number, line) in lines.enumerated() {
                let words = line.split(separator: " ").drop { $0.hasPrefix("@") }
                guard words.first == "public", words.dropFirst().first != "import" else { continue }
                let declaration = words.dropFirst().joined(separator: " ")
                if asked.contains(where: declaration.hasPrefix) { continue }
                let above = lines[..<number].last { !$0.hasPrefix("@") }
                #expect(above?.hasPrefix("///") == true, "\(file):\(number + 1): \(line)")
            }
        }
    }
}
