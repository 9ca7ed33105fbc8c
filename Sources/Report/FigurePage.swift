/// One figure as a page that needs nothing else.
struct FigurePage {
    let figure: Figure
    /// Vega's bundle.
    let script: String

    func html() -> String {
        let scripts = PagePolicy.figureScripts(bundle: script)
        return """
            <!DOCTYPE html>
            <html lang="en">
            \(PageHead(title: figure.title, policy: PagePolicy.text(scripts: scripts, compilesExpressions: true)).html)
            <body>
            <header><p class="over">Tausonite</p></header>
            <main>
            <div class="plot" id="\(figure.id)" role="img" aria-label="\(Page.escape(figure.title))"></div>
            </main>
            <footer>Drag a panel to move it, hold shift and turn the wheel to zoom, double-click to reset.</footer>
            <script>\(scripts[0])</script>
            \(PagePolicy.data(figure) ?? "")
            <script>\(scripts[1])</script>
            <script>\(scripts[2])</script>
            </body>
            </html>

            """
    }
}
