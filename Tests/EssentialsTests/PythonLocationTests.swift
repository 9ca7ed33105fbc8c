import Essentials
import Foundation
import Testing

@Suite struct PythonLocationTests {
    private let location = PythonLocation(package: "some-package")

    @Test func missingPythonSaysWhatToRun() throws {
        let error = try #require(throws: InputError.self) { try location.find(environment: [:], from: "/", program: nil) }
        #expect(error.description.contains("make setup"))
        let wrong = try #require(throws: InputError.self) {
            try location.find(environment: ["TAUSONITE_PYTHON": "/no/python"], from: "/")
        }
        #expect(wrong.description.contains("/no/python"))
    }

    /// The program's own project comes first, then the working folder itself; what lies above that is never run.
    @Test func theProgramsOwnPythonComesFirst() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).resolvingSymlinksInPath()
        defer { try? FileManager.default.removeItem(at: root) }
        func python(in folder: String) throws -> String {
            let bin = root.appendingPathComponent("\(folder)/.venv/bin")
            try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
            let path = bin.appendingPathComponent("python")
            try FileManager.default.createSymbolicLink(at: path, withDestinationURL: URL(fileURLWithPath: "/bin/sh"))
            return path.path
        }
        let planted = try python(in: "shared")
        let working = root.appendingPathComponent("shared/work")
        try FileManager.default.createDirectory(at: working, withIntermediateDirectories: true)
        #expect(throws: InputError.self) { try location.find(environment: [:], from: working.path, program: nil) }
        let own = try python(in: "project"), program = root.appendingPathComponent("project/.build/release/tausonite").path
        // A .venv above the program is a project's only where Materials lies beside it.
        #expect(throws: InputError.self) { try location.find(environment: [:], from: working.path, program: program) }
        try FileManager.default.createDirectory(
            at: root.appendingPathComponent("project/Materials"), withIntermediateDirectories: true)
        #expect(try location.find(environment: [:], from: working.path, program: program) == own)
        #expect(try location.find(environment: [:], from: root.appendingPathComponent("shared").path, program: nil) == planted)
        #expect(try location.find(environment: [:], from: root.appendingPathComponent("shared").path, program: program) == own)
    }
}
