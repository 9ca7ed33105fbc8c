import Essentials
import Foundation
import TestSupport
import Testing

@testable import tausonite

/// Docs/shell.md: pipes, files that are there, answers for programs, the installed program.
@Suite struct ShellTests {
    /// Runs a line of a shell with `tausonite` on its path.
    private func shell(_ line: String, in folder: URL, path: String? = nil, program: String? = nil) throws
        -> CommandLineTests.Outcome
    {
        let bin = path ?? CommandLineTests.program.deletingLastPathComponent().path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", "set -o pipefail; " + line]
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment.merging(["PATH": "\(bin):/usr/bin:/bin:/usr/sbin"]) { $1 }
        let (out, error) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (out, error)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: out.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complaint = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return .init(code: process.terminationStatus, out: text, error: complaint)
    }

    @Test("- is standard input and output; what is for people goes beside it")
    func pipes() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let lines = try Repository.text("Docs/shell.md").split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let piped = lines.filter { $0.contains(" | tausonite ") }
        try #require(piped.count == 2)
        let first = try shell(piped[0], in: folder)
        #expect(first.out.hasPrefix("time_s,voltage_V,") && first.out.split(separator: "\n").count == 3, "\(first.error)")
        let second = try shell(piped[1], in: folder)
        #expect(second.code == 0, "\(second.error)")
        let record = try #require(try JSONSerialization.jsonObject(with: Data(second.out.utf8)) as? [String: Any])
        #expect((record["device_file"] as? String)?.contains("50000") == true)
        // Everything that went into the pipe is the file.
        let both = try shell(
            "tausonite simulate 'Hold 0.6 V for 1 s' --out - > a.csv; tausonite simulate 'Hold 0.6 V for 1 s' --out b.csv -q > said.txt; cmp a.csv b.csv; grep -c pulses said.txt",
            in: folder)
        #expect(both.code == 0 && both.out == "1\n" && both.error.contains("0 pulses"), "\(both)")
        let device = try shell(
            "tausonite parameters --out - 2>/dev/null | cmp - <(tausonite parameters --out d.yaml -q >/dev/null; cat d.yaml)",
            in: folder)
        #expect(device.code == 0, "\(device)")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
                "a.csv", "b.csv", "b.json", "d.yaml", "said.txt",
            ])
    }

    @Test("What this program did not write, or what was changed since, needs --force; a shipped device most of all")
    func foreignFiles() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let run = "tausonite simulate 'Hold 0.6 V for 1 s' -q > /dev/null --out"
        // Its own files, and empty ones, are written over.
        #expect(try shell("touch t.csv && \(run) t.csv && \(run) t.csv && ls", in: folder).out == "t.csv\nt.json\n")
        for change in ["echo 1 >> t.csv", "echo 1 > t.csv", "echo {} > t.json", "cp t.csv u.csv; mv u.csv t.csv"] {
            let before = try shell("\(change); cat t.csv t.json", in: folder)
            let refused = try shell("\(run) t.csv", in: folder)
            #expect(
                refused.code == 2 && refused.error.contains("did not write") && refused.error.contains("--force"),
                "\(change): \(refused.error)")
            #expect(try shell("cat t.csv t.json", in: folder).out == before.out)
            #expect(try shell("\(run) t.csv --force && \(run) t.csv", in: folder).code == 0)
        }
        // A device: the project's own is refused from anywhere and under any name, and so is a person's.
        let shipped = Repository.path("Materials/pt-sto-ti.yaml")
        let text = try AtomicFile.read(shipped)
        let refused = try shell(
            "ln -s \(shipped) link.yaml; tausonite parameters --out link.yaml; tausonite parameters --out \(shipped)",
            in: folder)
        #expect(
            refused.code == 2 && refused.error.components(separatedBy: "comes with the program").count == 3, "\(refused.error)")
        #expect(try AtomicFile.read(shipped) == text)
        let mine = try shell("cp \(shipped) mine.yaml; tausonite parameters --device mine.yaml --out mine.yaml", in: folder)
        #expect(mine.code == 2 && mine.error.contains("mine.yaml"), "\(mine.error)")
        // A foreign link in its own folder keeps being a link.
        let linked = try shell(
            "echo mine > target; ln -s target l.csv; \(run) l.csv; echo $?; \(run) l.csv --force; test -L l.csv && head -c 7 target",
            in: folder)
        #expect(linked.out == "2\ntime_s,", "\(linked)")
    }

    @Test("An ending that says another kind of file is refused, and says the format where there are several")
    func endings() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        for line in [
            "simulate Read --out t.png", "extract --out s.csv", "parameters --out p.json", "admittance --out y.svg",
            "export s.yaml --format spice --out s.va",
        ] {
            let outcome = try shell("tausonite \(line)", in: folder)
            #expect(outcome.code == 2 && outcome.error.contains("a name ending in ."), "\(outcome.error)")
        }
        let point = "tausonite admittance --no-base-state --hold '1 ms' --frequency '1 kHz'"
        let table = try shell("\(point) --out y.json -q >/dev/null; \(point) --json", in: folder)
        #expect(try table.code == 0 && Data(table.out.utf8) == (try AtomicFile.read(folder.path + "/y.json")), "\(table.error)")
        let exported = try shell(
            "tausonite extract --out s.yaml -q && tausonite export s.yaml --out s.json -q && tausonite export s.yaml --out s.va -q && head -c 30 s.va; tausonite export s.yaml --out s.py",
            in: folder)
        #expect(exported.code == 64 && exported.error.contains("--format"), "\(exported)")
    }

    @Test("A misspelt command is told the nearest one; errors for programs are JSON; the help says every exit code")
    func answers() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        for (line, words) in [
            ("simulat Read", "did you mean simulate?"), ("pong evalute", "did you mean evaluate?"),
            ("xyzzyq", "one of reproduce, simulate"),
        ] {
            let outcome = try shell("tausonite \(line)", in: folder)
            #expect(outcome.code == 64 && outcome.error.contains(words) && outcome.out.isEmpty, "\(outcome.error)")
        }
        func error(_ line: String) throws -> (code: Int32, detail: [String: Any], exit: Int?) {
            let outcome = try shell("tausonite \(line) --json", in: folder)
            #expect(outcome.out.isEmpty)
            let value = try #require(
                try JSONSerialization.jsonObject(with: Data(outcome.error.utf8)) as? [String: Any], "\(outcome.error)")
            return (outcome.code, try #require(value["error"] as? [String: Any]), value["exit_code"] as? Int)
        }
        let input = try error("simulate Read --set thickness=1nm -q")
        #expect(
            input.code == 2 && input.exit == 2 && input.detail["key"] as? String == "thickness"
                && input.detail["value"] as? String == "1 nm")
        #expect(
            (input.detail["expected"] as? String)?.contains("5 nm") == true
                && (input.detail["message"] as? String)?.contains("out of range") == true)
        let usage = try error("simulat Read")
        #expect(usage.code == 64 && usage.exit == 64 && (usage.detail["expected"] as? String)?.contains("simulate") == true)
        // A device that forms: the result on one stream, what happened on the other.
        let formed = try shell("tausonite simulate 'Pulse 4.9 V for 10 ms' --json -q", in: folder)
        #expect(formed.code == 3)
        #expect(try JSONSerialization.jsonObject(with: Data(formed.out.utf8)) is [String: Any])
        let told = try #require(try JSONSerialization.jsonObject(with: Data(formed.error.utf8)) as? [String: Any])
        #expect(((told["error"] as? [String: Any])?["message"] as? String)?.contains("electroforming") == true)
        let help = try shell("tausonite --help", in: folder).out.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for code in ["2 input", "3 a device", "64 a wrong", "130, 143, 129"] { #expect(help.contains(code), "\(code)") }
        for kind in ["bash", "zsh", "fish"] {
            let script = try shell("tausonite --generate-completion-script \(kind)", in: folder)
            #expect(script.code == 0 && script.out.contains("simulate") && script.out.contains("sweep"))
        }
        #expect(try shell("tausonite --generate-completion-script bash | bash -n", in: folder).code == 0)
    }

    @Test("An installed program finds its files from anywhere; a bare copy says where it looked")
    func installed() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = Repository.path("Scripts/install.sh")
        let made = try shell(
            "WITHOUT_PYTHON=1 \(script) prefix \(CommandLineTests.program.path); WITHOUT_PYTHON=1 \(script) \(folder.path)/prefix \(CommandLineTests.program.path)",
            in: folder)
        #expect(made.code == 0, "\(made.error)")
        let bin = folder.path + "/prefix/bin"
        let run = try shell(
            "tausonite simulate 'Pulse 3 V for 100 us' Read && tausonite parameters --device Docs/examples/pt-hfo2-ti.yaml > /dev/null",
            in: folder, path: bin)
        #expect(run.code == 0 && run.out.contains("1 pulse"), "\(run.error)")
        #expect(
            try shell("tausonite parameters --out prefix/share/tausonite/Materials/pt-sto-ti.yaml", in: folder, path: bin).code
                == 2)
        let copy = try shell(
            "mkdir bare && cp \(CommandLineTests.program.path) bare/ && bare/tausonite simulate Read", in: folder)
        #expect(
            copy.code == 2 && copy.error.contains("looked for in \(folder.path)") && copy.error.contains("make install"),
            "\(copy.error)")
        let missing = try shell("tausonite parameters --device nowhere.yaml", in: folder, path: bin)
        #expect(missing.code == 2 && missing.error.contains("prefix/share/tausonite"), "\(missing.error)")
    }
}
