import CompactModel
import Energy
import Essentials
import Foundation
import GameAccount
import Validation

/// The report as one HTML page that needs nothing else: style, script and data are inside it.
struct Page {
    let content: ReportContent
    let figures: [Figure]
    let script: String
    let versions: [String: String]
    /// The film of the game as the player reads it; nil where there is none.
    var film: String?

    /// What the page's own scripts are, to the byte: the page's policy names their digests.
    private var scripts: [String] { PagePolicy.figureScripts(bundle: script) }

    /// The figures' expressions are compiled by the first script.
    private var policy: String { PagePolicy.text(scripts: scripts + [FilmPlayer.script], compilesExpressions: true) }

    func html() -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        \(PageHead(title: "\(content.synapse.device): one memristor, from its physics to a game of Pong", policy: policy, style: film == nil ? "" : FilmPlayer.style).html)
        <body>
        <a class="skip" href="#validation">Skip to the validation table</a>
        \(header())
        <main>
        \(validation())
        \(figureSection("device", "The device", ["fig2", "read-resistance"], "Figure 2: conductance, long-term weight and short-term pulses."))
        \(figureSection("plasticity", "Short-term plasticity", ["fig3", "decay-by-pulse", "reduction"], "Figure 3: how large a step is, what it costs, how fast it fades."))
        \(figureSection("learning", "Learning", ["learning-curve", "fig4b"], "How the agents came by their play, and what the range of decays is worth."))
        \(figureSection("game", "The game", ["fig4c", "fig4d", "fig4e", "fig4f", "fig4g", "fig4h", "fig4i"], "Figure 4: the synapses while the agent plays, and what that costs."))
        \(player())
        \(tables())
        \(periphery())
        \(parameters())
        \(provenance())
        \(citations())
        </main>
        <footer>Written by Tausonite. Drag a figure to move it, hold shift and turn the wheel to zoom, double-click to reset; click a
        legend entry to bring it forward. PNG, SVG and Vega-Lite source of each figure are in <code>figures/</code> beside this page.</footer>
        <script>\(scripts[0])</script>
        \(data())
        <script>\(scripts[1])</script>
        <script>\(scripts[2])</script>
        \(film == nil ? "" : "<script>\(FilmPlayer.script)</script>")
        </body>
        </html>

        """
    }

    /// Text as HTML shows it, quotes included.
    static func escape(_ text: String) -> String {
        var out = ""
        for character in text.visible {
            switch character {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            default: out.append(character)
            }
        }
        return out
    }

    /// Prose: escaped, with the model's symbols set as they are printed and `code` in backticks.
    static func prose(_ text: String) -> String {
        var result = escape(text)
        for (plain, set) in [
            ("Lambda0", "Λ<sub>0</sub>"), ("Lambda", "Λ"), ("dF", "ΔF"),
            ("V0", "V<sub>0</sub>"),
            (" -", " −"), ("(-", "(−"), ("+-", "±"), (" * ", " × "),
        ] { result = result.replacingOccurrences(of: plain, with: set) }
        for (pattern, set) in [
            ("\\balpha\\b", "α"), ("\\btau\\b", "τ"), ("([0-9]) us\\b", "$1 µs"), ("\\(us\\)", "(µs)"),
            ("\\^([0-9.]*[0-9]|α)", "<sup>$1</sup>"),
        ] {
            result = result.replacingOccurrences(of: pattern, with: set, options: .regularExpression)
        }
        var out = ""
        var code = false
        for piece in result.split(separator: "`", omittingEmptySubsequences: false) {
            out += code ? "<code>\(piece)</code>" : piece
            code.toggle()
        }
        return out
    }

    private func header() -> String {
        let rows = content.results.rows
        let paper = rows.filter { $0.section == .paper }
        let cross = rows.filter { $0.section == .crossCheck }
        var cards: [(String, String, String)] = [
            ("\(paper.count(where: \.pass)) / \(paper.count)", "rows meet the paper", "#validation")
        ]
        if !cross.isEmpty {
            cards.append(("\(cross.count(where: \.pass)) / \(cross.count)", "rows meet the prototype", "#cross-check"))
        }
        if let account = content.account {
            let reading = account.reading(.paper)
            cards.append((ValidationTable.value(reading.total * 1e3, "mJ"), "one game, the paper's reading", "#tables"))
            let low = reading.gains[content.published.bestGPU.key] ?? 0
            let high = reading.gains[content.published.worstGPU.key] ?? 0
            cards.append((String(format: "%.0f to %.0f", low, high), "times less than a GPU (paper: 96 to 970)", "#tables"))
        }
        if let game = content.game {
            cards.append(("\(game.score)", "score in \(FigureBuilder.grouped(game.steps)) steps", "#game"))
        }
        let items = cards.map { value, label, link in
            "<a class=\"card\" href=\"\(link)\"><strong>\(Self.prose(value))</strong><span>\(Self.prose(label))</span></a>"
        }.joined(separator: "\n")
        return """
            <header>
            <p class="over">Tausonite</p>
            <h1>Device \(Self.escape(content.synapse.device)): one memristor, from its physics to a game of Pong</h1>
            <p class="lead">A simulation of the Pt | SrTiO<sub>3</sub> | Ti device of Weilenmann et al.,
            <cite>Nat. Commun.</cite> 15, 6898 (2024), reduced to a synapse, put to work in a network, and held against
            every number that the paper prints. <span class="key"><i class="diamond"></i> open diamonds are the paper's numbers</span></p>
            <div class="cards">
            \(items)
            </div>
            <nav><a href="#validation">Validation</a><a href="#device">Device</a><a href="#plasticity">Plasticity</a><a href="#learning">Learning</a><a href="#game">Game</a>\(film == nil ? "" : "<a href=\"#watch\">Watch it</a>")\(content.explorer.map { "<a href=\"\(Self.escape($0))\">Explore it</a>" } ?? "")<a
            href="#tables">Tables 1, 2</a><a href="#periphery">What is left out</a><a href="#parameters">Parameters</a><a href="#provenance">Provenance</a><a href="#citations">Citations</a></nav>
            </header>
            """
    }

    func figureSection(_ id: String, _ title: String, _ prefixes: [String], _ lead: String) -> String {
        let part = figures.filter { figure in prefixes.contains { figure.id.hasPrefix($0) } }
        let items = part.map { figure -> String in
            let drawing =
                figure.spec == nil
                ? "<p class=\"empty\">Nothing to draw in this run</p>"
                : "<div class=\"plot\" id=\"\(figure.id)\" role=\"img\" aria-label=\"\(Self.escape(figure.title))\"></div>"
            let links =
                figure.spec == nil
                ? ""
                : "<span class=\"files\"><a href=\"figures/\(figure.id).png\">PNG</a> <a href=\"figures/\(figure.id).svg\">SVG</a> "
                    + "<a href=\"figures/\(figure.id).vl.json\">Vega-Lite</a></span>"
            return """
                <figure class="\(figure.wide ? "wide" : "")">
                <h3><span>\(figure.label)</span> \(Self.prose(figure.title))\(links)</h3>
                \(drawing)
                <figcaption><dl>
                <dt>Paper</dt><dd>\(Self.prose(figure.paper))</dd>
                <dt>Ours</dt><dd>\(Self.prose(figure.ours))</dd>
                <dt>Note</dt><dd>\(Self.prose(figure.difference))</dd>
                </dl></figcaption>
                </figure>
                """
        }.joined(separator: "\n")
        return
            "<section id=\"\(id)\"><h2>\(title)</h2><p class=\"sub\">\(lead)</p><div class=\"grid\">\n\(items)\n</div></section>"
    }

    /// The game to watch; empty where it was not filmed.
    private func player() -> String {
        guard let film, let game = content.game else { return "" }
        return """
            <section id="watch"><h2>Watch the game</h2><p class="sub">\(Self.prose(FilmPage.sentence(game)))</p>
            \(FilmPlayer.elements(film))
            </section>
            """
    }

    /// The specifications, painted by the page's script in the theme that it is shown in.
    private func data() -> String {
        figures.compactMap(PagePolicy.data).joined(separator: "\n")
    }

    private func provenance() -> String {
        var rows = content.settings.map { ($0.name, $0.value) }
        // Each once: what a setting shows under its name for people is not shown again under its key.
        let shown = Set(content.settings.compactMap(\.key))
        rows += content.results.provenance.filter { !shown.contains($0.key) }.sorted { $0.key < $1.key }.map {
            ($0.key, $0.value)
        }
        rows += versions.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        let body = rows.map { "<tr><th scope=\"row\">\(Self.escape($0.0))</th><td>\(Self.escape($0.1))</td></tr>" }.joined(
            separator: "\n")
        return """
            <section id="provenance"><h2>Provenance</h2><p class="sub">Versions, seeds and settings: what is needed to run this again.</p>
            <div class="scroll"><table class="pairs"><tbody>
            \(body)
            </tbody></table></div></section>
            """
    }

    private func citations() -> String {
        let items = content.citations.map {
            "<li id=\"cite-\(Self.escape($0.key))\"><b>\(Self.escape($0.key))</b> \(Self.escape($0.citation))</li>"
        }.joined(separator: "\n")
        return "<section id=\"citations\"><h2>Citations</h2><ul class=\"citations\">\n\(items)\n</ul></section>"
    }
}
