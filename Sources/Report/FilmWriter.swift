import Essentials
import Foundation
import GameAccount
import Pong

/// Writes a filmed game as an animated GIF or as a page of its own with the player.
package struct FilmWriter: Sendable {
    private let script: PythonScript

    /// What of a film a GIF shows, and how.
    package struct Cut: Equatable, Sendable {
        /// The steps that it shows.
        package var steps: Range<Int>
        /// Times the game's own pace of 60 frames a second.
        package var speed: Double
        /// Most pictures a second.
        package var rate: Double
        /// Pixels of the picture for one of the screen.
        package var scale: Int
        /// Most bytes.
        package var limit: Int

        package init(steps: Range<Int>, speed: Double = 1, rate: Double = 15, scale: Int = 2, limit: Int = 50_000_000) {
            self.steps = steps
            self.speed = speed
            self.rate = rate
            self.scale = scale
            self.limit = limit
        }

        /// Steps from one picture to the next: as many as keep the pictures at or below the rate.
        package func stride(stepDuration: Double) -> Int { max(1, Int(clamped: speed / stepDuration / rate, rounded: .up)) }
    }

    package init(python: String) {
        script = PythonScript(
            python: python, text: String(decoding: PackageResources.film_py, as: UTF8.self), package: "pillow",
            subject: "film", expected: "a film that fits")
    }

    /// A writer on the Python that `PythonLocation` finds; throws `InputError` that tells to run `make setup` when there is none.
    package static func find() throws(InputError) -> FilmWriter {
        FilmWriter(python: try PythonLocation(package: "pillow").find())
    }

    /// Draws the pictures and writes them as an animated GIF that repeats; the file is whole or not there.
    ///
    /// The last step is always among them. The screen, the score, G and dF of the largest synapse over the steps that are shown, and the mean |F| of every unit. Throws
    /// `InputError` when it would be larger than the limit or pillow is missing. About 10 ms and 2 kB a picture.
    package func writeGIF(_ film: GameFilm, _ cut: Cut, to path: String, progress: ProgressHandler? = nil) throws {
        precondition(!cut.steps.isEmpty && cut.steps.lowerBound >= 0 && cut.steps.upperBound <= film.steps)
        let packed = PackedFilm(film)
        let stride = cut.stride(stepDuration: film.stepDuration)
        let options: JSON = .object([
            ("from", .number(Double(cut.steps.lowerBound))), ("to", .number(Double(cut.steps.upperBound))),
            ("stride", .number(Double(stride))), ("seconds", .number(film.stepDuration / cut.speed)),
            ("scale", .number(Double(cut.scale))), ("limit", .number(Double(cut.limit))),
        ])
        try script.withFolder { folder in
            try AtomicFile.write(packed.header.text, to: folder + "/header.json")
            try AtomicFile.write(options.text, to: folder + "/options.json")
            try AtomicFile.write(Data(packed.bytes), to: folder + "/film")
            try script.run(arguments: ["gif", folder]) { fraction, detail in
                progress?(Progress("Drawing the pictures", fraction: fraction, detail: detail))
            }
            try AtomicFile.write(AtomicFile.read(folder + "/film.gif"), to: path)
        }
    }

    /// Writes a page that plays the game and needs nothing else.
    package func writePage(_ film: GameFilm, of record: GameRecord, to path: String) throws {
        try AtomicFile.write(FilmPage(record: record, data: try page(film)).html(), to: path)
    }

    /// The film as a page holds it.
    func page(_ film: GameFilm) throws -> String { try PackedFilm(film).page(script) }
}
