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

    private var converter: PythonScript {
        PythonScript(
            python: python, text: Self.script, package: Self.location.package, subject: "figures",
            expected: "a valid Vega-Lite specification")
    }

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
        try converter.withFolder { work in
            for figure in figures {
                guard let spec = figure.spec else { continue }
                var whole = spec
                whole["background"] = "@page"
                try AtomicFile.write(Palette.paint(whole.text, Palette.light), to: "\(work)/\(figure.id).vl.json")
            }
            try converter.run(arguments: [work])
            Litter.remove(in: folder)
            for figure in figures where figure.spec != nil {
                for kind in ["png", "svg", "vl.json"] {
                    let name = "\(figure.id).\(kind)"
                    try AtomicFile.write(AtomicFile.read("\(work)/\(name)"), to: "\(folder)/\(name)")
                }
            }
            let script = String(decoding: try AtomicFile.read("\(work)/bundle.js"), as: UTF8.self)
            let versions = try JSONDecoder().decode([String: String].self, from: AtomicFile.read("\(work)/versions.json"))
            return Result(script: script, versions: versions)
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
