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
        try converted(figures, to: ["png", "svg", "bundle"]) { work in
            Litter.remove(in: folder)
            for figure in figures where figure.spec != nil {
                for kind in ["png", "svg", "vl.json"] {
                    let name = "\(figure.id).\(kind)"
                    try AtomicFile.write(AtomicFile.read("\(work)/\(name)"), to: "\(folder)/\(name)")
                }
            }
            return try Self.result(in: work)
        }
    }

    /// Endings of the files that a single figure can be.
    package static let endings = ["svg", "png", "pdf", "html"]

    /// Throws `InputError` where the path ends like none of these. Call before long work.
    package static func checkEnding(of path: String, option: String = "--out") throws(InputError) {
        guard endings.contains(ending(of: path)) else {
            throw InputError(
                option, value: path, problem: "has no ending that is known",
                expected: endings.map { ".\($0)" }.joined(separator: ", "))
        }
    }

    private static func ending(of path: String) -> String {
        let name = path.namePart
        return name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
    }

    /// Writes one figure as what the path's ending says, and its specification, data included, beside it as `.vl.json`.
    ///
    /// A page (.html) draws it anew and needs nothing else. Throws `InputError` for another ending or a specification that does not
    /// compile. Takes a second.
    package func save(_ figure: Figure, to path: String) throws {
        try Self.checkEnding(of: path)
        let kind = Self.ending(of: path)
        try converted([figure], to: [kind == "html" ? "bundle" : kind]) { work in
            if kind == "html" {
                try AtomicFile.write(FigurePage(figure: figure, script: Self.result(in: work).script).html(), to: path)
            } else {
                try AtomicFile.write(AtomicFile.read("\(work)/\(figure.id).\(kind)"), to: path)
            }
            if AtomicFile.isStream(path) { return }
            let beside = path.dropLast(kind.count) + "vl.json"
            try AtomicFile.write(AtomicFile.read("\(work)/\(figure.id).vl.json"), to: String(beside))
        }
    }

    /// Hands the specifications to the converter and gives `use` the folder with what came out.
    private func converted<Output>(
        _ figures: [Figure], to kinds: [String], use: (_ folder: String) throws -> Output
    ) throws -> Output {
        try converter.withFolder { work in
            for figure in figures {
                guard let spec = figure.spec else { continue }
                var whole = spec
                whole["background"] = "@page"
                try AtomicFile.write(Palette.paint(whole.text, Palette.light), to: "\(work)/\(figure.id).vl.json")
            }
            try converter.run(arguments: [work] + kinds)
            return try use(work)
        }
    }

    private static func result(in work: String) throws -> Result {
        let script = String(decoding: try AtomicFile.read("\(work)/bundle.js"), as: UTF8.self)
        let versions = try JSONDecoder().decode([String: String].self, from: AtomicFile.read("\(work)/versions.json"))
        return Result(script: script, versions: versions)
    }

    /// Converts every `*.vl.json` in a folder to the kinds that are named; with "bundle" writes the JavaScript and the versions beside them.
    static let script = """
        import json, pathlib, sys
        import vl_convert as vl
        folder, kinds = pathlib.Path(sys.argv[1]), sys.argv[2:]
        makers = {
            "svg": lambda spec: vl.vegalite_to_svg(spec, vl_version="6.4").encode("utf-8"),
            "png": lambda spec: vl.vegalite_to_png(spec, vl_version="6.4", scale=2),
            "pdf": lambda spec: vl.vegalite_to_pdf(spec, vl_version="6.4"),
        }
        for path in sorted(folder.glob("*.vl.json")):
            name = path.name[: -len(".vl.json")]
            spec = json.loads(path.read_text(encoding="utf-8"))
            for kind in kinds:
                if kind not in makers:
                    continue
                try:
                    (folder / (name + "." + kind)).write_bytes(makers[kind](spec))
                except Exception as error:
                    sys.exit(name + ": " + str(error)[:500])
        if "bundle" in kinds:
            (folder / "bundle.js").write_text(vl.javascript_bundle(vl_version="6.4"), encoding="utf-8")
            (folder / "versions.json").write_text(json.dumps({
                "vl-convert": vl.__version__, "vega": vl.get_vega_version(), "vega-lite": "6.4",
                "vega-embed": vl.get_vega_embed_version(),
            }))
        """
}
