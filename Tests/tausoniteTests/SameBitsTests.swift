import Foundation
import TestSupport
import Testing

@testable import tausonite

/// The documents' hashes are those of the program, whatever the BLAS library takes the processor for. Needs .venv.
@Suite(.serialized) struct SameBitsTests {
    /// Kernels of OpenBLAS for SSE3, AVX2 and AVX-512, which round differently.
    private static let cores = ["Prescott", "Haswell", "SkylakeX"]

    private struct Game: Equatable {
        var hash: String
        var steps, nonzero: Int
    }

    private func play(_ agent: String, synapse: String, in folder: URL, core: String) throws -> Game {
        let played = try CommandLineTests.run(
            ["pong", "evaluate", "--agent", agent, "--synapse", synapse, "--games", "1", "--json", "--quiet"], in: folder,
            environment: ["OPENBLAS_CORETYPE": core])
        try #require(played.code == 0, "\(played.error)")
        let summary = try #require(try JSONSerialization.jsonObject(with: Data(played.out.utf8)) as? [String: Any])
        let game = try #require((summary["games"] as? [[String: Any]])?.first)
        let updates = try #require(summary["updates"] as? [String: Any])
        return Game(
            hash: try #require(game["action_sha256"] as? String), steps: try #require(game["steps"] as? Int),
            nonzero: try #require(updates["nonzero"] as? Int))
    }

    /// Docs/tour.md prints the game of the agent without frame skip, Validation/pong/README.md those of both agents.
    @Test func documentsHashesAreTheProgrammes() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(try CommandLineTests.run(["extract", "--out", "synapse.yaml", "--quiet"], in: folder).code == 0)
        let (tour, table) = (try Repository.text("Docs/tour.md"), try Repository.text("Validation/pong/README.md"))
        func grouped(_ number: Int) -> String {
            let digits = String(number)
            return digits.enumerated().map { i, c in (i > 0 && (digits.count - i) % 3 == 0 ? "," : "") + String(c) }.joined()
        }
        for (name, cores) in [("agent", ["SkylakeX"]), ("agent-skip4", Self.cores)] {
            let games = try cores.map {
                try play("Validation/pong/\(name).safetensors", synapse: "synapse.yaml", in: folder, core: $0)
            }
            for game in games { #expect(game == games[0]) }
            let game = games[0]
            let row = try #require(
                table.split(separator: "\n").first { $0.hasPrefix("| `\(name).safetensors` |") && $0.contains("... |") })
            #expect(row.contains(" \(game.hash.prefix(12))... |"), "\(game.hash)")
            #expect(row.contains("| \(grouped(game.steps)) ") && row.contains("| \(grouped(game.nonzero)) ("))
            if name == "agent" {
                #expect(
                    tour.contains(
                        "in \(game.steps) steps (\(game.steps) frames, 0 no-ops), actions \(game.hash.prefix(12))..."))
                #expect(tour.contains("updates \(game.nonzero) non-zero dF in game 1"))
            }
        }
    }

    /// 2,000 steps of training with the game end in one agent.
    @Test func trainingsDoNotDependOnTheLibrary() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let settings = [
            "environments=4", "rollout=50", "minibatches=2", "epochs=2", "total_steps=2000", "noops=5", "sticky=0.25",
            "delta_f_step=0.0625",
            "delta_f_max=2.5", "gamma_initial=0.05",
        ].flatMap { ["--set", $0] }
        let agents = try Self.cores.map { core in
            let trained = try CommandLineTests.run(
                ["pong", "train", "--config", "Validation/pong/ppo.yaml", "--quiet", "--out", core] + settings, in: folder,
                environment: ["OPENBLAS_CORETYPE": core])
            #expect(trained.code == 0, "\(trained.error)")
            return try Data(contentsOf: folder.appendingPathComponent("\(core)/agent.safetensors"))
        }
        let areTheSame = agents.allSatisfy { $0 == agents[0] }
        #expect(areTheSame)
    }
}
