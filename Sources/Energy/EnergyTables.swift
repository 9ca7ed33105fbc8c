/// Tables 1 and 2: ours in each reading beside the paper's rows.
package struct EnergyTables: Equatable, Sendable {
    /// J per game: our rows first (one per reading), then the paper's as printed.
    package var perGame: [EnergyRow]
    /// J per operation: our rows, then the paper's as printed.
    package var perOperation: [EnergyRow]
    /// The paper's Table 2 computed from its Table 1 (see `EnergyRow.perOperation`), GPU and memristor rows.
    package var derivedPerOperation: [EnergyRow]
    /// Best and worst gain: the paper's as printed, as computed from its Table 1, and ours in each reading.
    package var gains: [Gain]

    /// Smallest (over the best GPU row) and largest (over the worst) gain.
    package struct Gain: Equatable, Sendable, Codable {
        package var name: String
        package var lower, upper: Double
    }

    package init(account: EnergyAccount?, published: PublishedEnergy) {
        let ours = account?.readings.map(\.row) ?? []
        perGame = ours + published.perGame
        let derived = published.perGame.map {
            $0.perOperation(synapses: published.synapses, steps: published.steps)
        }
        derivedPerOperation = derived
        perOperation =
            (account.map { account in
                ours.map { $0.perOperation(synapses: account.synapses, steps: account.steps) }
            } ?? []) + published.perOperation
        gains = [
            Gain(name: "paper, printed", lower: published.lowerGain, upper: published.upperGain),
            Gain(
                name: "paper, from Table 1", lower: published.bestGPU.total / published.memristor.total,
                upper: published.worstGPU.total / published.memristor.total),
        ]
        for reading in account?.readings ?? [] {
            gains.append(
                Gain(
                    name: "ours, \(reading.reading.rawValue)", lower: reading.gains[published.bestGPU.key] ?? 0,
                    upper: reading.gains[published.worstGPU.key] ?? 0))
        }
    }
}
