import CompactModel
import Energy
import Essentials
import Foundation
import GameAccount

extension FigureBuilder {
    static let reading = "The paper's text names the quantity; that this panel shows it is our reading."
    static let still =
        "In this game no update reached half a step of the dF grid, so no dF was ever applied: "
        + "an agent that was not trained under the device's constraint leaves its plasticity unused."

    /// Fig. 4c: dF and G of the synapse with the largest update, step by step.
    func figure4c() throws(InputError) -> Figure {
        var weights: [JSON] = []
        var updates: [JSON] = []
        if let game {
            let weight = game.largestWeight.map(Double.init)
            let deltaF = game.largestDeltaF.map(Double.init)
            for i in Thinning.indices(of: weight, limit: 1600) {
                weights.append(["n": .number(Double(i)), "y": .number(weight[i]), "q": "G = W + F"])
            }
            let applied = deltaF.indices.filter { deltaF[$0] != 0 }
            for i in Thinning.indices(of: applied.map { deltaF[$0] }, limit: 1600) {
                updates.append([
                    "n": .number(Double(applied[i])), "y": .number(deltaF[applied[i]]), "zero": 0, "q": "dF",
                ])
            }
        }
        let unit = number(synapse.weightMap.conductancePerUnit * 1e9)
        let spec =
            updates.isEmpty
            ? nil
            : try FigureTemplate("fig4c.vl.json", PackageResources.fig4c_vl_json).filled(
                data: [
                    "updates": updates, "weights": weights,
                    "paper": [["n": .number(Double(published.steps)), "l": "paper: its game ends here, after 6,826 steps"]],
                ],
                values: [
                    "steps": .numbers([0, Double(max(game?.steps ?? 1, published.steps))]),
                    "unitTitle": .string("Unitless (1 unit = \(unit) nS)"),
                ])
        return Figure(
            "fig4c", "Figure 4c", "One synapse over the game", wide: true,
            paper: "The short-term weight of a synapse while the agent plays one game of 6,826 steps.",
            ours: game.map { game in
                updates.isEmpty
                    ? Self.still
                    : "Synapse \(Self.grouped(game.largestSynapse)) (unit \(game.largestSynapse / game.inputs), input "
                        + "\(game.largestSynapse % game.inputs)), the one with the largest update, over "
                        + "\(Self.grouped(game.steps)) steps: bars are the updates, the line is the whole weight."
            } ?? missing,
            difference: Self.reading, spec: spec)
    }

    /// Fig. 4d: how often each |dF| was applied.
    func figure4d() throws(InputError) -> Figure {
        let levels = account?.levels ?? []
        let most = Double(levels.map(\.count).max() ?? 1)
        let rows = levels.map { level -> JSON in
            ["d": .number(level.deltaF), "n": .number(Double(level.count)), "zero": 0.8]
        }
        let counts = [0.8, most * 1.5]
        let spec =
            rows.isEmpty
            ? nil
            : try FigureTemplate("fig4d.vl.json", PackageResources.fig4d_vl_json).filled(
                data: ["levels": rows],
                values: ["counts": .numbers(counts), "countTicks": LogarithmicAxis.ticks(counts)])
        return Figure(
            "fig4d", "Figure 4d", "How large the updates are",
            paper:
                "dF is rounded to steps of 0.5 and limited to 20; its energy of 0.4 mJ per game means that some three per cent of all "
                + "updates are as large as the smallest step, or fewer larger ones.",
            ours: account.map { account in
                levels.isEmpty
                    ? Self.still
                    : "\(Self.grouped(account.nonzeroUpdates)) non-zero updates of \(Self.grouped(account.synapses * account.steps)), "
                        + "that is \(number(Double(account.nonzeroUpdates) / Double(account.synapses * account.steps) * 100)) %; mean size "
                        + "\(number(account.meanDeltaF)), largest \(number(account.largestDeltaF))."
            } ?? missing,
            difference: Self.reading, unstated: "The paper prints the grid, steps of 0.5 up to 20, and no counts.", spec: spec)
    }

    /// Fig. 4e: the pulse energy law on the network's grid.
    func figure4e() throws(InputError) -> Figure {
        let law = synapse.energy
        var lines: [JSON] = []
        for i in 0...40 {
            let d = 0.4 * pow(25 / 0.4, Double(i) / 40)
            lines.append(["d": .number(d), "e": .number(law.prefactorPerUnit * 1e12 * pow(d, law.exponent)), "l": "ours"])
            lines.append(["d": .number(d), "e": .number(30 * pow(d, 1.52)), "l": "paper: 30 pJ dF^1.52"])
        }
        let points = (account?.levels ?? []).map { level -> JSON in
            [
                "d": .number(level.deltaF), "e": .number(law.prefactorPerUnit * 1e12 * pow(level.deltaF, law.exponent)),
                "n": .number(Double(level.count)),
            ]
        }
        let most = Double(account?.levels.map(\.count).max() ?? 1)
        let counts = [1.0, 1e2, 1e4, 1e6, 1e8].filter { $0 <= most }
        let spec = try FigureTemplate("fig4e.vl.json", PackageResources.fig4e_vl_json).filled(
            data: ["laws": lines, "levels": points], values: ["counts": .numbers(counts)])
        return Figure(
            "fig4e", "Figure 4e", "Energy of an update, as the account uses it",
            paper: "The power law of Fig. 3c, applied to the network's unitless dF.",
            ours:
                "c = \(number(law.prefactorPerUnit * 1e12)) pJ for one unit, alpha = \(number(law.exponent)); circles are the sizes of update "
                + "that occurred in the game.",
            difference:
                "If the paper's c = 30 pJ is for dF in nS, one unit of 2 nS costs 30 * 2^1.52 = 86 pJ and its 0.4 mJ would be 1.1 mJ: "
                + "still about three per cent of the bias.",
            spec: spec)
    }
}
