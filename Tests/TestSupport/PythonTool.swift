import Foundation

/// A Python that has a module, for tests that run exported files.
package struct PythonTool: Sendable {
    /// The interpreter.
    package let path: String

    /// The one that the environment variable names, else `.venv/bin/python`; nil where it cannot import the module.
    package init?(importing module: String, variable: String) {
        let given = ProcessInfo.processInfo.environment[variable]
        path = given ?? Repository.path(".venv/bin/python")
        guard FileManager.default.isExecutableFile(atPath: path),
            (try? run(["-c", "import importlib.util, sys; sys.exit(importlib.util.find_spec('\(module)') is None)"]).code) == 0
        else { return nil }
    }

    /// Runs it in a folder; what it printed and its exit status.
    package func run(_ arguments: [String], in folder: URL? = nil) throws -> (out: String, code: Int32) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["-B"] + arguments
        process.currentDirectoryURL = folder
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (String(decoding: data, as: UTF8.self), process.terminationStatus)
    }
}
