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

    @Test func pythonIsFoundInAFolderAbove() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: root) }
        let deep = root.appendingPathComponent("a/b")
        try FileManager.default.createDirectory(at: deep, withIntermediateDirectories: true)
        let bin = root.appendingPathComponent(".venv/bin")
        try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            at: bin.appendingPathComponent("python"), withDestinationURL: URL(fileURLWithPath: "/bin/sh"))
        let expected = root.appendingPathComponent(".venv/bin/python").standardizedFileURL.path
        #expect(try location.find(environment: [:], from: deep.path, program: nil) == expected)
        #expect(try location.find(environment: [:], from: "/", program: deep.path + "/tausonite") == expected)
    }
}
