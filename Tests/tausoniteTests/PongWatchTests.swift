import Essentials
import Foundation
import GameAccount
import Pong
import Testing

@testable import tausonite

/// `tausonite pong watch` as a person meets it, with the real game. Needs .venv (made by `make setup`).
@Suite(.serialized) struct PongWatchTests {
    /// A game of 300 frames, recorded in a folder of its own.
    private func recorded() throws -> URL {
        let folder = try CommandLineTests.folder()
        let synapse = try PongCommandTests.synapse(in: folder)
        for arguments in [
            ["pong", "init", "--out", "a.safetensors", "--seed", "3", "--gamma-range", "50", "--actions", "3"],
            ["pong", "init", "--out", "b.safetensors", "--seed", "4", "--gamma-range", "50", "--actions", "3"],
            [
                "pong", "evaluate", "--agent", "a.safetensors", "--synapse", synapse, "--out", "game.json", "--sticky", "0.25",
                "--frame-limit", "300",
            ],
        ] {
            let outcome = try CommandLineTests.run(arguments, in: folder)
            #expect(outcome.code == 0, "\(outcome.error)")
        }
        return folder
    }

    @Test func aRecordedGameIsShown() throws {
        let folder = try recorded()
        defer { try? FileManager.default.removeItem(at: folder) }
        func bytes(_ name: String) throws -> Data { try Data(contentsOf: folder.appendingPathComponent(name)) }
        let record = try #require(try JSONSerialization.jsonObject(with: bytes("game.json")) as? [String: Any])
        #expect(record["sticky"] as? Double == 0.25 && record["frame_limit"] as? Int == 300)
        let drawn = try CommandLineTests.run(
            ["pong", "watch", "game.json", "--out", "game.gif", "--from", "200 steps", "--speed", "2", "--json"], in: folder)
        #expect(drawn.code == 0, "\(drawn.error)")
        let summary = try #require(try JSONSerialization.jsonObject(with: Data(drawn.out.utf8)) as? [String: Any])
        #expect(summary["steps"] as? Int == 100 && summary["first_step"] as? Int == 200 && summary["game_steps"] as? Int == 300)
        let gif = try bytes("game.gif")
        #expect(gif.starts(with: Data("GIF89a".utf8)) && gif.last == 0x3b && gif.count == summary["bytes"] as? Int)
        let page = try CommandLineTests.run(["pong", "watch", "game.json", "--out", "game.html"], in: folder)
        #expect(page.code == 0 && page.out.contains("steps 1 to 300 of 300"), "\(page.error)\(page.out)")
        #expect(String(decoding: try bytes("game.html"), as: UTF8.self).contains("sticky actions of 0.25"))
    }

    /// Exit code 2, one line beginning "error:", nothing written.
    @Test func badInput() throws {
        let folder = try recorded()
        defer { try? FileManager.default.removeItem(at: folder) }
        let before = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let gif = ["game.json", "--out", "x.gif"]
        for (arguments, words) in [
            (["game.json"], "--live"), (["game.json", "--out", "x.mp4"], ".gif or .html"),
            (["nowhere.json", "--out", "x.gif"], "nowhere.json"), (gif + ["--agent", "b.safetensors"], "sha256"),
            (gif + ["--from", "301 steps"], "0 ... 300 steps"), (gif + ["--to", "99 points"], "points"),
            (gif + ["--from", "20", "--to", "20"], "nothing between"), (gif + ["--speed", "0"], "--speed"),
            (gif + ["--scale", "9"], "--scale"), (gif + ["--limit", "0.1", "--speed", "0.1"], "--limit"),
            (["game.json", "--out", "x.html", "--from", "10"], "whole game"), (["game.json", "--live"], "terminal"),
            (["game.json", "--out", "/proc/none/x.gif"], "/proc/none"),
        ] {
            let outcome = try CommandLineTests.run(["pong", "watch", "--quiet"] + arguments, in: folder)
            #expect(outcome.code == 2 && outcome.out.isEmpty, "\(arguments) \(outcome.code)")
            #expect(outcome.error.hasPrefix("error: ") && outcome.error.contains(words), "\(outcome.error)")
            #expect(outcome.error.split(separator: "\n").count == 1, "\(outcome.error)")
        }
        // A record that was changed is no longer the game that the agent plays.
        let path = folder.appendingPathComponent("game.json")
        let text = try String(contentsOf: path, encoding: .utf8)
        try text.replacingOccurrences(of: "\"seed\" : 1", with: "\"seed\" : 2").write(
            to: path, atomically: true, encoding: .utf8)
        let outcome = try CommandLineTests.run(["pong", "watch"] + gif, in: folder)
        #expect(outcome.code == 2 && outcome.error.contains("is not the recorded game"), "\(outcome.error)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == before)
    }

    @Test func momentsAsPeopleSayThem() {
        #expect(FilmPosition(argument: "1200 steps") == .steps(1200) && FilmPosition(argument: "12") == .steps(12))
        #expect(FilmPosition(argument: "3 points") == .points(3) && FilmPosition(argument: "1 point") == .points(1))
        for wrong in ["", "points", "-1 steps", "3 balls", "3 points more", "x"] {
            #expect(FilmPosition(argument: wrong) == nil)
        }
    }

    /// A terminal of any size gets pictures that fit it, and the ball is never lost.
    @Test(arguments: [(200, 120, 1), (80, 24, 6), (100, 50, 3), (20, 5, 105)])
    func terminalPictures(columns: Int, rows: Int, divisor: Int) throws {
        let size = GameFilm.width * GameFilm.height
        var screen = [UInt8](repeating: 34, count: size)
        screen[100 * GameFilm.width + 77] = 14
        var changes: [UInt8] = []
        GameFilm.appendChanges(from: [UInt8](repeating: 0, count: size), to: screen, into: &changes)
        let film = GameFilm(
            steps: 1, frameSkip: 1, colours: [34: 0x904811, 14: 0xececec], changes: changes,
            points: [.init(step: 0, reward: 1)],
            unit: 0, input: 0, weight: [0.5], deltaF: [0.5], deltaFStep: 0.5, units: 64,
            plastic: [Float](repeating: 1, count: 64))
        let terminal = TerminalFilm(film, columns: columns, rows: rows)
        #expect(terminal.divisor == divisor)
        let picture = terminal.picture(step: 0, screen: screen)
        let lines = picture.split(separator: "\n")
        #expect(lines.count <= max(rows, 4) && picture.contains("opponent 0 : 1 agent"))
        let widest = lines.dropLast(3).map { line in line.count { $0 == "\u{2580}" } }.max() ?? 0
        #expect(widest <= columns && picture.contains("236;236;236m"))
    }
}
