import Foundation
import GameAccount

/// The player in a page: its elements, style and script, here once for the report and for a page of its own.
enum FilmPlayer {
    static let style = String(decoding: PackageResources.player_css, as: UTF8.self)

    /// The place where the player appears, and the film as data.
    static func elements(_ data: String) -> String {
        """
        <div class="film" id="film"><p class="film-note">The player needs JavaScript.</p></div>
        <script type="application/json" class="film-data" data-for="film">\(data)</script>
        """
    }

    /// The script, to the byte, as a policy names its digest; its element comes after the elements.
    static let script = "\n" + String(decoding: PackageResources.player_js, as: UTF8.self)
}

/// One filmed game as a page that needs nothing else.
struct FilmPage {
    let record: GameRecord
    let data: String

    func html() -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
        <title>Tausonite: a game of Pong, \(record.score > 0 ? "won" : "lost") by \(abs(record.score)) points</title>
        <style>
        \(PageStyle.text)
        \(FilmPlayer.style)
        </style>
        </head>
        <body>
        <header>
        <p class="over">Tausonite</p>
        <h1>A game of Pong on memristor synapses</h1>
        <p class="lead">\(Page.escape(Self.sentence(record)))</p>
        </header>
        <main>
        <section id="game">
        \(FilmPlayer.elements(data))
        </section>
        </main>
        <script>\(FilmPlayer.script)</script>
        </body>
        </html>

        """
    }

    /// Who played, how it ended, and on what synapses.
    static func sentence(_ record: GameRecord) -> String {
        let name = URL(fileURLWithPath: record.agent).lastPathComponent
        let sticky = record.sticky > 0 ? ", sticky actions of \(JSON.digits(record.sticky))" : ""
        return "\(name) (sha256 \(record.agentDigest.prefix(12))), \(record.policy), seed \(record.seed), "
            + "\(record.noops) no-ops at the start\(sticky): a score of \(record.score) in \(FigureBuilder.grouped(record.steps)) steps of "
            + "\(record.frameSkip) frame\(record.frameSkip == 1 ? "" : "s")\(record.capped ? ", ended by the frame limit" : ""). "
            + "dF in steps of \(JSON.digits(record.deltaFStep)) up to \(JSON.digits(record.deltaFMaximum)), Lambda "
            + String(format: "%.4f ... %.4f; ", record.lambdaMinimum, record.lambdaMaximum)
            + "\(FigureBuilder.grouped(record.nonzeroUpdates)) updates were not 0."
    }
}
