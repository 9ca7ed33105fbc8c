import Foundation
import TestSupport
import Testing

/// The wheel in a fresh virtual environment with an empty PATH: `Scripts/wheel.sh`, then the tests of `Tests/Python`.
@Suite struct WheelTests {
    private static let build = Bundle.module.bundleURL.deletingLastPathComponent()
    private static let python = Repository.path(".venv/bin/python")

    /// What is missing, nil where nothing is.
    static let missing: String? = {
        let manager = FileManager.default
        guard manager.fileExists(atPath: build.appendingPathComponent("libPythonBridge.a").path) else {
            return "libPythonBridge.a is not built: swift build --product PythonBridge with the same flags"
        }
        guard PythonTool(importing: "cffi", variable: "TAUSONITE_PYTHON") != nil,
            PythonTool(importing: "pytest", variable: "TAUSONITE_PYTHON") != nil
        else { return "no Python with cffi and pytest: Scripts/setup.sh --tests" }
        let compilers = (try? manager.contentsOfDirectory(atPath: "/usr/lib/gcc")) ?? []
        let releases = compilers.flatMap { machine in
            ((try? manager.contentsOfDirectory(atPath: "/usr/lib/gcc/\(machine)")) ?? []).map {
                "/usr/lib/gcc/\(machine)/\($0)"
            }
        }
        return releases.contains { manager.fileExists(atPath: "\($0)/libgfortran.a") }
            ? nil : "no static Fortran runtime: Scripts/setup.sh --with wheel"
    }()

    private func run(_ program: String, _ arguments: [String]) throws -> (code: Int32, text: String) {
        try Subprocess.run(program, arguments, environment: ["TAUSONITE_BUILD": Self.build.path])
    }

    @Test(.enabled(if: missing == nil, "\(missing ?? "")"))
    func theWheelGivesWhatTheCommandLineGives() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tausonite-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let made = try run(Repository.path("Scripts/wheel.sh"), [folder.path])
        #expect(made.code == 0, "\(made.text)")
        let wheels = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let wheel = try #require(wheels.count == 1 ? wheels.first : nil)
        #expect(wheel.hasPrefix("tausonite-0.1.0-py3-none-manylinux_2_"))
        let program = Self.build.appendingPathComponent("tausonite").path
        let tested = try run(
            Self.python,
            ["-B", Repository.path("Tests/Python/run.py"), folder.appendingPathComponent(wheel).path, program])
        #expect(tested.code == 0, "\(tested.text)")
        #expect(tested.text.contains(" passed"))
    }
}
