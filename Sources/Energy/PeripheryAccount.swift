import Essentials
import Foundation

/// What the paper's count leaves out, and the opponents that it leaves out: the second half of an energy account.
package struct PeripheryAccount: Equatable, Sendable, Codable {
    package var counts: PeripheryCounts
    package var rows: [PeripheryRow]
    package var opponents: [Opponent]
    package var readings: [Reading]
    /// The same rows and opponents for the game that the paper prints: a check on the energies with nothing of ours in the counts.
    package var paperCounts: PeripheryCounts
    package var paperRows: [PeripheryRow]
    package var paperOpponents: [Opponent]
    /// Every number that went in, with range, node, status and source.
    package var entries: [PublishedEntry]

    /// The account in one reading of the step's duration.
    package struct Reading: Equatable, Sendable, Codable {
        package var reading: TimeReading
        /// Duration of a step and of the game, s.
        package var stepDuration, gameDuration: Double
        /// Energy of the updates, J, and mean power of the bias of all synapses, W: what the paper counts.
        package var updates, biasPower: Double
        /// The paper's count, then with one part more each.
        package var stages: [Stage]
        /// Durations of a step at which memristors, all counted, cost as much as an opponent; keyed by the opponent.
        package var breakEven: [String: BreakEven]
    }

    /// The memristors' energy with some of the periphery counted.
    package struct Stage: Equatable, Sendable, Codable {
        /// Parts counted so far; empty for the paper's count.
        package var parts: [PeripheryRow.Part]
        /// J per game.
        package var total: Estimate
        /// Opponent over memristors; keyed by the opponent.
        package var gains: [String: Estimate]

        /// "paper's count", "+ lines", ...
        package var name: String { parts.last.map { "+ \($0.name)" } ?? "paper's count" }
    }

    /// Durations of a step, s, below which the memristors cost less: at the memristors' worst and the opponent's best, in the middle,
    /// and the reverse. 0: at none (or, where the opponent's standing power is the greater, only above some duration); nil: at every one.
    package struct BreakEven: Equatable, Sendable, Codable {
        package var low, middle, high: Double?
    }

    /// What a set of energies makes of a game.
    struct Machines {
        var rows: [PeripheryRow]
        var opponents: [Opponent]

        init(_ counts: PeripheryCounts, _ energies: PeripheryEnergies, _ published: PublishedEnergy) {
            rows = PeripheryRow.rows(counts, energies)
            opponents = Opponent.all(counts, energies, published: published)
        }
    }

    /// Counts what surrounds the crossbar of `account` in a game of these counts, and the opponents.
    ///
    /// Ends of gains and of break-even durations take numbers that both sides use at the same end (`PeripheryEnergies.corners`).
    /// Cost: some thousand multiplications.
    package init(
        account: EnergyAccount, counts: PeripheryCounts, energies: PeripheryEnergies, published: PublishedEnergy
    ) {
        self.counts = counts
        let machines = Machines(counts, energies, published)
        let corners = energies.corners.map { Machines(counts, $0, published) }
        rows = machines.rows
        opponents = machines.opponents
        paperCounts = published.counts
        let paper = Machines(paperCounts, energies, published)
        paperRows = paper.rows
        paperOpponents = paper.opponents
        entries = energies.entries
        readings = account.readings.map { Reading($0, machines: machines, corners: corners) }
    }

    /// The account in one reading, where it was chosen.
    package func reading(_ reading: TimeReading) -> Reading? { readings.first { $0.reading == reading } }
}
