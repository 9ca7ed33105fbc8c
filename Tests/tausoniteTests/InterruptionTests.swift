import Foundation
import Simulation
import TestSupport
import Testing

@testable import tausonite

/// What is left of a run that does not reach its end.
@Suite struct InterruptionTests {
    /// Half a minute or more of wall time.
    private static let long = [
        "simulate", "Repeat 200000 times: [Pulse 1.5 V for 10 us; Hold 0.6 V for 1 ms; Read]", "--record", "5000 samples",
        "--out",
        "trace.csv",
    ]

    /// Starts the program and waits until it has kept its trace once.
    private func start(in folder: URL) throws -> Process {
        let process = Process()
        process.executableURL = CommandLineTests.program
        process.arguments = Self.long
        process.currentDirectoryURL = folder
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try process.run()
        while process.isRunning, !exists("trace.json.partial", folder) { usleep(20_000) }
        return process
    }

    private func exists(_ name: String, _ folder: URL) -> Bool {
        FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path)
    }

    private func read(_ name: String, _ folder: URL) throws -> Data {
        try Data(contentsOf: folder.appendingPathComponent(name))
    }

    @Test("A run that is killed (kill -9) leaves its trace so far, and the next one with the same --out takes it away")
    func killed() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let process = try start(in: folder)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal && !exists("trace.csv", folder) && !exists("trace.json", folder))

        let text = String(decoding: try read("trace.csv.partial", folder), as: UTF8.self)
        let record = try JSONDecoder().decode(RunRecord.self, from: read("trace.json.partial", folder))
        let stop = try #require(record.stopped)
        #expect(text.hasPrefix("# partial trace: the run was at t = "))
        let trace = try Trace(csv: text, source: "trace.csv.partial")
        let last = try #require(trace.samples.last)
        // A later pair may have been under way when the kill came: each of its files is whole.
        #expect(stop.cause == .interrupted && stop.time > 0 && stop.time < 200_000 * 1.01e-3 && last.time > 0)
        #expect(trace.samples.count > 1000 && record.pulseCount ?? 0 > 100 && record.readCount ?? 0 > 100)

        let next = try CommandLineTests.run(["simulate", "Hold 0.6 V for 1 s", "--out", "trace.csv"], in: folder)
        #expect(next.code == 0 && next.error.contains("trace.csv.partial is what a killed run left"), "\(next.error)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["trace.csv", "trace.json"])
    }

    @Test(
        "Ctrl-C, a request to terminate and the loss of the terminal keep the trace, each with its exit code",
        arguments: [(SIGINT, 130), (SIGTERM, 143), (SIGHUP, 129)] as [(Int32, Int32)])
    func ended(signal: Int32, code: Int32) throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let process = try start(in: folder)
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == code)
        let record = try JSONDecoder().decode(RunRecord.self, from: read("trace.json", folder))
        let trace = try Trace(csv: String(decoding: read("trace.csv", folder), as: UTF8.self), source: "trace.csv")
        let (stop, last) = (try #require(record.stopped), try #require(trace.samples.last))
        // A file of samples has nine digits.
        #expect(stop.cause == .interrupted && abs(stop.time / last.time - 1) < 1e-8 && trace.samples.count > 1000)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(files == ["trace.csv", "trace.json", "trace.state.json"])
    }

    @Test("A run that Ctrl-C or a kill cut goes on from its state and ends with the bytes of one that was not cut")
    func goesOn() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let run = [
            "simulate", "Repeat 1000 times: [Pulse 1.5 V for 10 us; Hold 0.6 V for 1 ms; Read]", "--record", "500 samples",
            "--out",
        ]
        #expect(try CommandLineTests.run(run + ["whole.csv", "--quiet"], in: folder).code == 0)
        let (csv, json) = (try read("whole.csv", folder), try read("whole.json", folder))
        for (signal, state) in [(SIGINT, "trace.state.json"), (SIGKILL, "trace.state.json.partial")] {
            let process = Process()
            process.executableURL = CommandLineTests.program
            process.arguments = run + ["trace.csv"]
            process.currentDirectoryURL = folder
            (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
            try process.run()
            while process.isRunning, !exists("trace.json.partial", folder) { usleep(5_000) }
            kill(process.processIdentifier, signal)
            process.waitUntilExit()
            try #require(exists(state, folder))
            let further = try CommandLineTests.run(["simulate", "--from-state", state, "--out", "trace.csv"], in: folder)
            #expect(further.code == 0, "\(further.error)")
            #expect(try read("trace.csv", folder) == csv && read("trace.json", folder) == json)
            #expect(!exists("trace.state.json", folder) && !exists("trace.state.json.partial", folder))
        }
    }
}
