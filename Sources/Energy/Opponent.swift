/// Another machine that plays the same game: what its plastic layer costs.
package struct Opponent: Equatable, Sendable, Codable {
    /// Where its numbers come from.
    package enum Kind: String, Sendable, Codable {
        /// Measured by the authors of the paper.
        case measured
        /// From published energies of its parts.
        case estimate
    }

    package var key, name: String
    package var kind: Kind
    /// J per game, and W while the game lasts.
    package var energy, standingPower: Estimate

    init(_ key: String, _ name: String, _ kind: Kind, energy: Estimate, standingPower: Estimate = .zero) {
        self.key = key
        self.name = name
        self.kind = kind
        self.energy = energy
        self.standingPower = standingPower
    }

    /// J per game when it lasts `duration` seconds.
    package func total(over duration: Double) -> Estimate { energy + duration * standingPower }

    /// Multiplications and additions of one synapse in one step: Gamma h u (2, 0), F' = Lambda F + dF (1, 1), G = W + F (0, 1),
    /// sum of G u (1, 1), sum of G^2 (1, 1).
    package static let multiplications = 5.0, additions = 4.0
    /// 16-bit words that it moves (W, F, Gamma and Lambda read, F written) and keeps.
    package static let wordsMoved = 5.0, wordsKept = 4.0

    /// All opponents of a game of S T synapse-steps, the most expensive kinds first.
    ///
    ///     measured     Table 1 times S T / (S T of the paper); registers only: S T (ST-Hebb + 2 multiplication) of Table 2
    ///     card         S T (9 E_operation + 8 bytes E_hbm)
    ///     HBM          S T 8 bytes E_hbm                                       the bytes alone, no operation
    ///     digital      S T (5 E_mul + 4 E_add + 5/4 E_sram),  power S 64 P_leak
    ///
    /// A measured opponent spans its precisions, with their geometric mean in the middle. Idle power of cards and DRAM is not counted.
    package static func all(
        _ n: PeripheryCounts, _ energies: PeripheryEnergies, published: PublishedEnergy
    ) -> [Opponent] {
        let synapseSteps = n.synapseSteps
        let work = synapseSteps / (Double(published.synapses) * Double(published.steps))
        func measured(_ key: String, _ name: String, _ perGame: [Double]) -> [Opponent] {
            perGame.isEmpty ? [] : [Opponent(key, name, .measured, energy: Estimate(spanning: perGame))]
        }
        func table1(_ prefix: String) -> [Double] {
            published.gpus.filter { $0.key.hasPrefix(prefix) }.map { $0.total * work }
        }
        let registers = published.perOperation.filter { $0.key.hasPrefix("gpu_compute") }.map {
            synapseSteps * ($0.stHebb + 2 * ($0.weightMultiplication ?? 0))
        }
        func bytes(_ key: PeripheryEnergies.Key) -> Estimate { 8 * energies[key] * energies[.hbmBit] }
        func card(_ key: PeripheryEnergies.Key) -> Estimate {
            synapseSteps * ((multiplications + additions) * energies[key] + bytes(.cardBytes))
        }
        func digital(
            _ multiply: PeripheryEnergies.Key, _ add: PeripheryEnergies.Key, _ sram: PeripheryEnergies.Key
        ) -> Estimate {
            synapseSteps
                * (multiplications * energies[multiply] + additions * energies[add] + wordsMoved / 4 * energies[sram])
        }
        let kept = 16 * wordsKept * Double(n.synapses) * energies[.sramLeakage]
        return measured("a100_standard", "A100, 64 units", table1("gpu_standard"))
            + measured("a100_optimal", "A100, 1024 units", table1("gpu_optimal"))
            + measured("a100_registers", "A100, registers only", registers) + [
                Opponent("a100_card", "A100, data sheet", .estimate, energy: card(.a100)),
                Opponent("h100_card", "H100, data sheet", .estimate, energy: card(.h100)),
                Opponent("hbm", "F in HBM, bytes only", .estimate, energy: synapseSteps * bytes(.hbmBytes)),
                Opponent(
                    "digital_45nm", "digital cell, 45 nm", .estimate, energy: digital(.multiply45, .add45, .sram45),
                    standingPower: kept),
                Opponent(
                    "digital_7nm", "digital cell, 7 nm", .estimate, energy: digital(.multiply7, .add7, .sram7),
                    standingPower: kept),
            ]
    }
}
