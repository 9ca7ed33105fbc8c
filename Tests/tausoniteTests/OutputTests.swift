import Foundation
import TestSupport
import Testing

@testable import tausonite

/// Standard output that is full, closed or a pipe nobody reads; `--out` on things that are no plain file.
@Suite struct OutputTests {
    /// Runs a line of a shell with the program as $0.
    private func shell(_ line: String, in folder: URL) throws -> CommandLineTests.Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", line, CommandLineTests.program.path]
        process.currentDirectoryURL = folder
        let (out, error) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (out, error)
        try process.run()
        let text = String(decoding: out.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complaint = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return .init(code: process.terminationStatus, out: text, error: complaint)
    }

    @Test(
        "A result that does not arrive is an error",
        arguments: ["parameters", "simulate 'Hold 0.6 V for 1 s'", "--help", "parameters --json"])
    func lostOutputIsAnError(command: String) throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        for (sink, reason) in [("> /dev/full", "No space left"), (">&-", "Bad file descriptor")] {
            let ended = try shell("\"$0\" \(command) \(sink)", in: folder)
            #expect(
                ended.code == 1 && ended.error.contains("standard output: cannot be written (\(reason)"),
                "\(ended.error)")
        }
        // A reader that has seen enough is no error to speak of; the code is a shell's for a broken pipe.
        let piped = try shell("(sleep 0.2; \"$0\" \(command); echo code $? >&2) | true", in: folder)
        #expect(piped.error.hasSuffix("code 141\n") && !piped.error.contains("error:"), "\(piped.error)")
    }

    @Test func closedStreamsDoNotMixIntoFiles() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let ended = try shell("\"$0\" simulate 'Hold 0.6 V for 1 s' --out t.csv <&- >&- 2>&-", in: folder)
        #expect(ended.code == 1)
        let text = try String(contentsOf: folder.appendingPathComponent("t.csv"), encoding: .utf8)
        #expect(text.hasPrefix("time_s,") && !text.contains("error"))
    }

    @Test func devicesPipesAndLinksAreWrittenTo() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let run = "\"$0\" simulate 'Hold 0.6 V for 1 s' -q --record corners --out"
        let shown = try shell("\(run) /dev/stdout", in: folder)
        #expect(shown.code == 0 && shown.out.hasPrefix("time_s,"), "\(shown.error)")
        let kept = try shell("\(run) /dev/stdout > kept.txt; \(run) /dev/null > /dev/null; ls -A", in: folder)
        #expect(kept.out == "kept.txt\n", "\(kept.out)")
        #expect(try String(contentsOf: folder.appendingPathComponent("kept.txt"), encoding: .utf8).hasPrefix("time_s,"))
        let piped = try shell(
            "mkfifo p; (timeout 60 cat p > read.txt) & timeout 60 \(run) p > /dev/null; wait; ls -A; test -p p && echo pipe",
            in: folder)
        #expect(piped.out == "kept.txt\np\nread.txt\npipe\n", "\(piped.out) \(piped.error)")
        let linked = try shell(
            "touch target; ln -s target l.csv; \(run) l.csv > /dev/null; test -L l.csv && head -c 7 target", in: folder)
        #expect(linked.out == "time_s,", "\(linked.error)")
        #expect(
            !FileManager.default.fileExists(atPath: "/dev/null.json")
                && !FileManager.default.fileExists(atPath: "/dev/stdout.json"))
    }

    /// A game that keeps no record is no file that is said to be written.
    @Test func onlyWhatWasWrittenIsSaidToBe() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let refused = try CommandLineTests.run(
            [
                "pong", "evaluate", "--agent", "Validation/pong/agent-skip4.safetensors", "--frame-limit", "100", "--out",
                "g.json",
            ], in: folder)
        #expect(refused.code == 2 && !refused.error.contains("wrote"))
    }

    /// Names in other people's files reach the screen as text.
    @Test func namesDoNotActOnTheScreen() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let device = try Repository.text("Materials/pt-sto-ti.yaml").replacingOccurrences(
            of: "(?m)^name: .*$", with: "name: \"odd\\\\e[2Jname\"", options: .regularExpression)
        try device.write(to: folder.appendingPathComponent("d.yaml"), atomically: true, encoding: .utf8)
        let shown = try CommandLineTests.run(["simulate", "Read", "--device", "d.yaml"], in: folder)
        #expect(shown.code == 0 && shown.out.contains(#"odd\u001b[2Jname"#) && !shown.out.contains("\u{1b}"), "\(shown.error)")
        let refused = try CommandLineTests.run(["simulate", "Pul\u{1b}[31mse"], in: folder)
        #expect(refused.code == 2 && !refused.error.contains("\u{1b}"))
        let wrong = try CommandLineTests.run(["simulate", "--no-such-\u{1b}[31moption"], in: folder)
        #expect(wrong.code == 64 && !wrong.error.contains("\u{1b}"))
    }
}
