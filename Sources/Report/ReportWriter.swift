import Essentials
import Foundation
import Validation

/// Writes `report.html` and, beside it, `figures/*.png`, `*.svg` and `*.vl.json`.
package struct ReportWriter: Sendable {
    package var renderer: FigureRenderer

    package init(renderer: FigureRenderer) { self.renderer = renderer }

    /// Draws all figures and writes the page; existing files are replaced whole or not at all.
    ///
    /// Throws `InputError` when the folder cannot be written or the converter fails. Takes a few seconds, nearly all of them
    /// in the converter.
    package func write(_ content: ReportContent, to folder: String, progress: ProgressHandler? = nil) throws {
        progress?(Progress("report", fraction: 0, detail: "figures"))
        let figures = try FigureBuilder(content).figures()
        progress?(Progress("report", fraction: 0.1, detail: "PNG and SVG of \(figures.count) figures"))
        let rendering = try renderer.render(figures, into: "\(folder)/figures")
        progress?(Progress("report", fraction: 0.9, detail: "page"))
        var page = Page(content: content, figures: figures, script: rendering.script, versions: rendering.versions)
        if let film = content.film { page.film = try FilmWriter(python: renderer.python).page(film) }
        try AtomicFile.write(page.html(), to: "\(folder)/report.html")
        progress?(Progress("report", fraction: 1, detail: "\(folder)/report.html"))
    }
}
