import Foundation
import TestSupport
import Testing

@testable import tausonite

/// Short parts of the tables of Docs/robustness.md; the whole ones are `make fuzz` and the scripts of Scripts/robustness.
@Suite(.serialized) struct RobustnessTests {
    private func script(_ name: String, _ arguments: [String]) throws -> CommandLineTests.Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", Repository.path("Scripts/robustness/\(name).py")] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 }
        let (out, error) = (Pipe(), FileHandle.nullDevice)
        (process.standardOutput, process.standardError) = (out, error)
        try process.run()
        let text = String(decoding: out.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return .init(code: process.terminationStatus, out: text, error: "")
    }

    /// A small seeded part: devices, protocols, sentences, cells and states.
    @Test func damagedInputIsRefused() throws {
        let ended = try script(
            "corrupt",
            [
                "1", "--count", "3", "--seconds", "20", "--only", "device,protocol,sentence,cells", "--program",
                CommandLineTests.program.path,
            ])
        #expect(ended.code == 0 && ended.out.contains("PASS"), "\(ended.out)")
    }

    /// The same command writes the same bytes, twice and on one core.
    @Test func filesAreTheSameTwiceAndOnOneCore() throws {
        let ended = try script("same-bytes", ["--only", "simulate,synapse", "--program", CommandLineTests.program.path])
        #expect(ended.code == 0 && ended.out.contains("PASS"), "\(ended.out)")
    }

    /// Ctrl-C to the group, SIGTERM to the group and the loss of the terminal, in a pseudo-terminal. Needs .venv.
    @Test(arguments: ["train", "calibrate"])
    func signalsSaveTheWork(command: String) throws {
        let ended = try script("signals", ["--only", command, "--wait", "1", "--program", CommandLineTests.program.path])
        #expect(ended.code == 0 && ended.out.contains("PASS"), "\(ended.out)")
    }

    /// Kills at random moments lose nothing: the agent in the end is that of a run that was never killed. Needs .venv.
    @Test func killsLoseNothing() throws {
        let ended = try script("kills", ["--kills", "train=4,simulate=2", "--program", CommandLineTests.program.path])
        #expect(ended.code == 0 && ended.out.contains("PASS"), "\(ended.out)")
    }
}
