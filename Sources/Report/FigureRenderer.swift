import Essentials
import Foundation

/// Turns Vega-Lite specifications into PNG and SVG, and brings the JavaScript that the page needs, with `vl-convert-python`.
///
/// The converter runs as a child process, because its JavaScript engine is no part of this program. Its script is
/// kept here as text, so that a copied binary needs no file beside it.
package struct FigureRenderer: Sendable {
    /// Path of the Python that has `vl-convert-python`.
    package var python: String

    package init(python: String) { self.python = python }

    static let location = PythonLocation(package: "vl-convert-python")

    /// A renderer on the Python that `PythonLocation` finds; throws `InputError` that tells to run `make setup` when there
    /// is none.
    package static func find() throws(InputError) -> FigureRenderer { FigureRenderer(python: try location.find()) }

    /// What a rendering brings back.
    package struct Result: Sendable {
        /// Vega, Vega-Lite and Vega-Embed in one piece of JavaScript.
        package var script: String
        /// Versions of vl-convert, Vega and Vega-Lite.
        package var versions: [String: String]
    }

    /// Renders each figure with a specification to `folder/<id>.png` and `folder/<id>.svg`, and writes what was rendered, data
    /// included, to `folder/<id>.vl.json`: any Vega-Lite editor opens it.
    ///
    /// Throws `InputError` naming the figure when a specification does not compile. Takes a few seconds.
    package func render(_ figures: [Figure], into folder: String) throws -> Result {
        let work = try TemporaryFolder("figures")
        for figure in figures {
            guard let spec = figure.spec else { continue }
            var whole = spec
            whole["background"] = "@page"
            try AtomicFile.write(
                Palette.paint(whole.text, Palette.light), to: work.file("\(figure.id).vl.json"))
        }
        try run(arguments: [work.path])
        Litter.remove(in: folder)
        for figure in figures where figure.spec != nil {
            for kind in ["png", "svg", "vl.json"] {
                let name = "\(figure.id).\(kind)"
                try AtomicFile.write(AtomicFile.read(work.file(name)), to: "\(folder)/\(name)")
            }
        }
        let script = String(decoding: try AtomicFile.read(work.file("bundle.js")), as: UTF8.self)
        let versions = try JSONDecoder().decode(
            [String: String].self, from: AtomicFile.read(work.file("versions.json")))
        return Result(script: script, versions: versions)
    }

    private func run(arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        // -I: no module of the working folder takes the place of one that is meant.
        process.arguments = ["-I", "-B", "-c", Self.script] + arguments
        let errors = Pipe()
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        do { try process.run() } catch {
            throw InputError(
                python, problem: "cannot be started (\(error.localizedDescription))", expected: Self.location.remedy)
        }
        let message = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            if message.contains("No module named") {
                throw InputError(python, problem: "lacks vl-convert-python", expected: Self.location.remedy)
            }
            // The script names the figure in its first line; a failure of its own ends with the reason.
            let lines = message.split(separator: "\n")
            let reason = message.hasPrefix("Traceback") ? String(lines.last ?? "") : lines.prefix(2).joined(separator: " ")
            throw InputError("figures", problem: "cannot be drawn (\(reason))", expected: "a valid Vega-Lite specification")
        }
    }

    /// Converts every `*.vl.json` in a folder and writes the bundle and the versions beside them.
    static let script = """
        import json, pathlib, sys
        import vl_convert as vl
        folder = pathlib.Path(sys.argv[1])
        for path in sorted(folder.glob("*.vl.json")):
            name = path.name[: -len(".vl.json")]
            spec = json.loads(path.read_text(encoding="utf-8"))
            try:
                (folder / (name + ".svg")).write_text(vl.vegalite_to_svg(spec, vl_version="6.4"), encoding="utf-8")
                (folder / (name + ".png")).write_bytes(vl.vegalite_to_png(spec, vl_version="6.4", scale=2))
            except Exception as error:
                sys.exit(name + ": " + str(error)[:500])
        (folder / "bundle.js").write_text(vl.javascript_bundle(vl_version="6.4"), encoding="utf-8")
        (folder / "versions.json").write_text(json.dumps({
            "vl-convert": vl.__version__, "vega": vl.get_vega_version(), "vega-lite": "6.4",
            "vega-embed": vl.get_vega_embed_version(),
        }))
        """
}
