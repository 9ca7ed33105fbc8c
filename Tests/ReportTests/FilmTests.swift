import Essentials
import Foundation
import GameAccount
import Pong
import TestSupport
import Testing

@testable import Report

private let writer = try? FilmWriter(python: PythonLocation(package: "pillow").find(from: repository))

/// The player of a filmed game and its GIF, in a real browser.
@Suite("Film", .serialized)
struct FilmTests {
    private func folder() throws -> String {
        let wanted = ProcessInfo.processInfo.environment["TAUSONITE_TEST_REPORT"]
        let folder = wanted ?? NSTemporaryDirectory() + "tausonite-film-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    private func remove(_ folder: String) {
        if folder.contains("tausonite-film-") { try? FileManager.default.removeItem(atPath: folder) }
    }

    /// Scrubbing shows the very pixels of the film, at every step asked for; play, pause, points and the map work; no console error.
    @Test(
        .enabled(if: writer != nil, "needs .venv; run `make setup`"),
        .enabled(if: Browser.missing == nil, "needs Chromium and Playwright; run `make setup`"))
    func thePlayerPlays() throws {
        let folder = try folder()
        defer { remove(folder) }
        let film = sampleFilm()
        try #require(writer).writePage(film, of: sampleGame(updates: true), to: folder + "/game.html")
        let digests = film.screenDigests
        let shots = [0, 1, 2, 255, 256, 257, 300, 511, 512, 530, 698].map { step -> [String: Any] in
            let score = film.score(after: step)
            return [
                "step": step, "sha256": digests[step], "score": "Opponent \(score.opponent) : \(score.agent) Agent",
                "weight": String(format: "%.2f", film.weight[step]),
            ]
        }
        try JSONSerialization.data(withJSONObject: ["steps": film.steps, "shots": shots])
            .write(to: URL(fileURLWithPath: folder + "/expected.json"))
        let outcome = try Browser.run("player.py", [folder + "/game.html", folder + "/expected.json"])
        #expect(outcome.code == 0, "\(outcome.text)")
    }

    /// Another decoder than the one that drew it finds every picture, for as long as it should stay.
    @Test(
        .enabled(if: writer != nil, "needs .venv; run `make setup`"),
        .enabled(if: Browser.missing == nil, "needs Chromium and Playwright; run `make setup`"),
        arguments: [
            FilmWriter.Cut(steps: 80..<110), .init(steps: 0..<179, speed: 4, scale: 3), .init(steps: 699..<700),
            .init(steps: 5..<65, speed: 0.7, rate: 50),
        ])
    func theGIFShowsTheGame(cut: FilmWriter.Cut) throws {
        let folder = try folder()
        defer { remove(folder) }
        let film = sampleFilm()
        let path = folder + "/game-\(cut.steps.lowerBound).gif"
        try #require(writer).writeGIF(film, cut, to: path)
        let digests = film.screenDigests
        let stride = cut.stride(stepDuration: film.stepDuration)
        let last = cut.steps.upperBound - 1
        let shown = Array(Swift.stride(from: cut.steps.lowerBound, to: last, by: stride)) + [last]
        // 60 frames a second, four a step: no picture is faster than asked for.
        let pause = Double(stride) * 4 / 60 / cut.speed
        #expect(pause >= 1 / cut.rate - 1e-9 && pause < 1 / cut.rate + 4 / 60 / cut.speed)
        func moment(_ step: Int) -> Double {
            (100 * Double(step - cut.steps.lowerBound) * 4 / 60 / cut.speed).rounded(.toNearestOrEven)
        }
        let pictures = shown.enumerated().map { k, step -> [String: Any] in
            [
                "sha256": digests[step],
                "ms": step == last ? 2000 : 10 * max(2, moment(shown[k + 1]) - moment(step)),
            ]
        }
        try JSONSerialization.data(withJSONObject: ["scale": cut.scale, "pictures": pictures])
            .write(to: URL(fileURLWithPath: folder + "/expected.json"))
        let outcome = try Browser.run("gif.py", [path, folder + "/expected.json"])
        #expect(outcome.code == 0, "\(outcome.text)")
    }

    /// A limit is kept: no file, and the words that help.
    @Test(.enabled(if: writer != nil, "needs .venv; run `make setup`"))
    func aLimitIsKept() throws {
        let folder = try folder()
        defer { remove(folder) }
        let path = folder + "/large.gif"
        let error = #expect(throws: InputError.self) {
            try #require(writer).writeGIF(sampleFilm(steps: 90), .init(steps: 0..<90, limit: 20_000), to: path)
        }
        #expect(error?.description.contains("--limit") == true && !FileManager.default.fileExists(atPath: path))
        let missing = #expect(throws: InputError.self) {
            try FilmWriter(python: "/usr/bin/false-python").writeGIF(sampleFilm(steps: 9), .init(steps: 0..<9), to: path)
        }
        #expect(missing?.description.contains("make setup") == true)
    }

    /// The page is closed to the network and to code from text, and text from files cannot break out of it.
    @Test(.enabled(if: writer != nil, "needs .venv; run `make setup`"))
    func thePageIsClosed() throws {
        var record = sampleGame(updates: false)
        record.agent = "<b>agent</b>.safetensors"
        let page = FilmPage(record: record, data: try #require(writer).page(sampleFilm(steps: 20))).html()
        #expect(page.contains("default-src 'none'") && !page.contains("<b>agent"))
        #expect(!page.contains("http://") && !page.contains("https://") && !page.contains("eval(") && !page.contains("onclick"))
        #expect(page.components(separatedBy: "</script>").count == page.components(separatedBy: "<script").count)
    }
}
