import ArgumentParser
import Essentials
import Foundation
import Pong

/// A filmed game in a terminal: two pixels a character (the upper half block, 24-bit colours), and lines of numbers below.
struct TerminalFilm {
    let film: GameFilm
    /// Pixels of the screen, along each side, that become one of the terminal.
    let divisor: Int
    private static let panel = 4
    private let range: ClosedRange<Float>
    private let most: Float

    /// For a terminal of so many columns and rows.
    init(_ film: GameFilm, columns: Int, rows: Int) {
        self.film = film
        let room = max(1, rows - Self.panel)
        divisor = max(
            1, (GameFilm.width + columns - 1) / max(columns, 1), (GameFilm.height + 2 * room - 1) / (2 * room))
        range = (film.weight.min() ?? 0)...(film.weight.max() ?? 0)
        most = max(film.plastic.max() ?? 0, .leastNormalMagnitude)
    }

    /// Plays steps on standard output at so many times the game's own pace, until the end or Ctrl-C.
    static func play(_ film: GameFilm, steps: Range<Int>, speed: Double) throws {
        var size = winsize()
        if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) != 0 || size.ws_col == 0 { (size.ws_col, size.ws_row) = (80, 24) }
        let terminal = TerminalFilm(film, columns: Int(size.ws_col), rows: Int(size.ws_row))
        let interruption = Interruption()
        let out = FileHandle.standardOutput
        // A screen of its own, without a cursor; both come back at the end.
        try out.write(contentsOf: Data("\u{1b}[?1049h\u{1b}[?25l".utf8))
        defer { try? out.write(contentsOf: Data("\u{1b}[0m\u{1b}[?25h\u{1b}[?1049l".utf8)) }
        var projector = GameFilm.Projector(film)
        let start = ContinuousClock.now
        let pace = film.stepDuration / speed
        while projector.advance(), projector.shown <= steps.upperBound, !interruption.happened {
            let step = projector.shown - 1
            guard step >= steps.lowerBound else { continue }
            let due = Double(step - steps.lowerBound) * pace
            let late = (ContinuousClock.now - start) / .seconds(1) - due
            // A terminal that is too slow misses pictures, not time.
            if late > 2 * pace, step < steps.upperBound - 1 { continue }
            if late < 0 { Thread.sleep(forTimeInterval: -late) }
            try out.write(contentsOf: Data(("\u{1b}[H" + terminal.picture(step: step, screen: projector.screen)).utf8))
        }
        if interruption.happened { throw ExitCode(interruption.exitCode) }
    }

    /// One picture: the screen, then score and time, G and dF with the last of G, the mean |F| of the units.
    func picture(step: Int, screen: [UInt8]) -> String {
        var out = ""
        let (width, height) = (GameFilm.width / divisor, GameFilm.height / divisor)
        for row in stride(from: 0, to: height - 1, by: 2) {
            var before: (UInt32, UInt32)?
            for column in 0..<width {
                let cell = (brightest(screen, row, column), brightest(screen, row + 1, column))
                if before == nil || before! != cell { out += Self.colour(cell.0, "38") + Self.colour(cell.1, "48") }
                before = cell
                out += "\u{2580}"
            }
            out += "\u{1b}[0m\u{1b}[K\n"
        }
        let score = film.score(after: step)
        let seconds = Double(step) * film.stepDuration
        out += "opponent \(score.opponent) : \(score.agent) agent   \(Int(clamped: seconds, rounded: .down) / 60):"
        out +=
            String(format: "%04.1f", seconds.truncatingRemainder(dividingBy: 60))
            + "   step \(step + 1) of \(film.steps)\u{1b}[K\n"
        out += String(format: "G %7.2f  dF %5.1f  ", film.weight[step], film.deltaF[step]) + sparkline(step) + "\u{1b}[K\n"
        return out + "|F| of the units  " + map(step) + "\u{1b}[0m\u{1b}[K"
    }

    /// The brightest colour of a block, so that the ball is never lost.
    private func brightest(_ screen: [UInt8], _ row: Int, _ column: Int) -> UInt32 {
        var best: UInt32 = 0
        var most = -1
        for y in row * divisor..<(row + 1) * divisor {
            for x in column * divisor..<(column + 1) * divisor {
                let rgb = film.colours[screen[y * GameFilm.width + x]] ?? 0
                let light = Int(rgb >> 16) * 3 + Int(rgb >> 8 & 0xff) * 6 + Int(rgb & 0xff)
                if light > most { (best, most) = (rgb, light) }
            }
        }
        return best
    }

    private static func colour(_ rgb: UInt32, _ code: String) -> String {
        "\u{1b}[\(code);2;\(rgb >> 16);\(rgb >> 8 & 0xff);\(rgb & 0xff)m"
    }

    private func sparkline(_ step: Int) -> String {
        let bars = Array("▁▂▃▄▅▆▇█")
        let span = max(range.upperBound - range.lowerBound, .leastNormalMagnitude)
        return String(
            film.weight[max(0, step - 39)...step].map {
                bars[min(7, Int(clamped: ($0 - range.lowerBound) / span * 8, rounded: .towardZero))]
            })
    }

    /// Two units a character, one above the other.
    private func map(_ step: Int) -> String {
        let half = (film.units + 1) / 2
        func shade(_ unit: Int) -> UInt32 {
            let value = unit < film.units ? Double(film.plastic[step * film.units + unit] / most) : 0
            let ends = [(35.0, 255.0), (42.0, 194.0), (51.0, 74.0)]
            return ends.reduce(0) { $0 << 8 | UInt32($1.0 + ($1.1 - $1.0) * value) }
        }
        return (0..<half).map { Self.colour(shade($0), "38") + Self.colour(shade($0 + half), "48") + "\u{2580}" }.joined()
    }
}
