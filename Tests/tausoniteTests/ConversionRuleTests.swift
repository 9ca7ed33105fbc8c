import Foundation
import TestSupport
import Testing

/// Floating-point numbers become whole ones in one way (Essentials/CheckedInteger.swift), and results are printed in one.
@Suite struct ConversionRuleTests {
    private static func files() throws -> [(name: String, text: String)] {
        let root = Repository.root.appendingPathComponent("Sources")
        let names = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
        return try names.filter { $0.hasSuffix(".swift") }.map { ($0, try Repository.text("Sources/\($0)")) }
    }

    /// The compiler refuses the trapping initialisers in every file that imports Essentials (`treatWarning` in Package.swift), so every
    /// file with such a call has to; the two rooms below it convert integers and nothing else.
    @Test func everyConversionIsUnderTheCompilersEyes() throws {
        let call = try Regex(#"\bU?Int(8|16|32|64)?\(|map\(U?Int(8|16|32|64)?\.init\)"#)
        let integers = try Regex(#"\bInt32\((order|lowerBandwidth|upperBandwidth|leading|count|size|columns|rows\.count)\)"#)
        var seen = 0
        for (name, text) in try Self.files() where text.contains(call) {
            seen += 1
            if text.contains(try Regex(#"(?m)^import Essentials$"#)) || name.hasPrefix("Essentials/") { continue }
            #expect(name.hasPrefix("LinearAlgebra/") || name.hasPrefix("FiniteVolume/"), "\(name) does not import Essentials")
            let rest = text.replacing(integers, with: "").replacing("Int(exactly:", with: "").replacing(
                "UInt8(ascii:", with: "")
            #expect(!rest.contains(call), "\(name) converts in a way of its own")
        }
        #expect(seen > 40)
        let manifest = try Repository.text("Package.swift")
        #expect(manifest.contains(#".treatWarning("DeprecatedDeclaration", as: .error)"#))
    }

    /// The command line prints with `Terminal.print`, which lets nothing act on the screen and notices a full disk.
    @Test func resultsArePrintedInOneWay() throws {
        let bare = try Regex(#"(^|[^\w.])print\("#)
        for (name, text) in try Self.files() {
            #expect(!text.replacing("static func print(", with: "").contains(bare), "\(name) prints by itself")
        }
    }

    /// Files are written in one way.
    @Test func filesAreWrittenInOneWay() throws {
        let other = try Regex(#"write\(to: URL|atomically:|toFile:|createFile\(|forWritingTo"#)
        // A table that grows row by row, and the log of another program in a folder for work in between.
        let known = ["Pong/TrainingLog.swift", "Export/Simulator.swift"]
        for (name, text) in try Self.files() where !known.contains(name) && !name.hasPrefix("Essentials/") {
            #expect(!text.contains(other), "\(name) writes a file by itself")
        }
    }
}
