import Essentials
import Foundation
import GameAccount

/// How often a game does what the paper leaves out: the counts that every row of the periphery and every opponent grows with.
package struct PeripheryCounts: Equatable, Sendable, Codable {
    /// Shape of the plastic layer, network steps, and updates dF that are not zero.
    package var units, inputs, steps, updates: Int

    package init(units: Int, inputs: Int, steps: Int, updates: Int) {
        self.units = units
        self.inputs = inputs
        self.steps = steps
        self.updates = updates
    }

    /// Those of a game.
    package init(_ game: GameRecord) {
        self.init(units: game.units, inputs: game.inputs, steps: game.steps, updates: game.nonzeroUpdates)
    }

    package var synapses: Int { units * inputs }
    /// S T: one for each synapse and step.
    package var synapseSteps: Double { Double(synapses) * Double(steps) }
    /// U T: one for each sum of a unit; I T: one for each input.
    package var sums: Double { Double(units) * Double(steps) }
    package var inputValues: Double { Double(inputs) * Double(steps) }
}

extension PublishedEnergy {
    /// The paper's own game, as far as it is printed.
    ///
    /// Its number of updates is not: the updates cost E_dF in Table 1 and the smallest, one step d of the grid, c d^alpha, so that there
    /// are at most E_dF / (c d^alpha) of them, 0.4 mJ / 10.5 pJ, 3.3 % of S T. The counts take this bound.
    package var counts: PeripheryCounts {
        PeripheryCounts(units: units, inputs: inputs, steps: steps, updates: Int(clamped: memristor.deltaF / smallestUpdate))
    }
}
