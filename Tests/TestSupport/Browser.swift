import Foundation

/// Pages in a real browser: runs the scripts of `Tests/Browser` on Chromium, driven by Playwright.
package enum Browser {
    /// What is missing, nil where nothing is; looked for once.
    package static let missing: String? = {
        guard FileManager.default.isExecutableFile(atPath: python) else { return ".venv" }
        guard let outcome = try? run("harness.py", []) else { return "Python" }
        return outcome.code == 0 ? nil : outcome.text.trimmingCharacters(in: .whitespacesAndNewlines)
    }()

    private static let python = Repository.path(".venv/bin/python")

    /// Runs a script of `Tests/Browser`; its exit code is 0 when everything holds, else `text` says what does not.
    package static func run(_ script: String, _ arguments: [String]) throws -> (code: Int32, text: String) {
        try Subprocess.run(python, ["-B", Repository.path("Tests/Browser/\(script)")] + arguments)
    }
}
