import CompactModel
import Energy
import Essentials
import GameAccount
import Pong
import Validation

/// Everything that a report is made of.
package struct ReportContent: Sendable {
    package var figures: FigureData
    package var synapse: SynapseModel
    package var game: GameRecord?
    /// The game to look at, in the page's player.
    package var film: GameFilm?
    package var account: EnergyAccount?
    package var published: PublishedEnergy
    package var results: ResultsFile
    /// How the agents were trained, and how ranges of Lambda compare.
    package var curves: [LearningCurve]
    package var sweep: LambdaSweep?
    /// The device's parameters, as their file gives them.
    package var parameters: [Parameter]
    /// Settings worth a line of their own (seed, agent, tolerances, times), in order.
    package var settings: [Setting]
    package var citations: [Reference]
    /// The explorer's page beside the report, by its name; nil where there is none.
    package var explorer: String?

    /// One line of the parameter table.
    package struct Parameter: Sendable, Equatable {
        package var group, symbol, name, value, unit, status, range, source: String
        package init(
            group: String, symbol: String, name: String, value: String, unit: String, status: String, range: String = "",
            source: String
        ) {
            self.group = group
            self.symbol = symbol
            self.name = name
            self.value = value
            self.unit = unit
            self.status = status
            self.range = range
            self.source = source
        }
    }

    package struct Setting: Sendable, Equatable {
        package var name, value: String
        /// What `results.json` calls it in its provenance.
        package var key: String?
        package init(_ name: String, _ value: String, key: String? = nil) {
            self.name = name
            self.value = value
            self.key = key
        }
    }

    package init(
        figures: FigureData, synapse: SynapseModel, game: GameRecord? = nil, film: GameFilm? = nil,
        account: EnergyAccount? = nil,
        published: PublishedEnergy, results: ResultsFile, parameters: [Parameter] = [], settings: [Setting] = [],
        citations: [Reference] = [.weilenmann2024], curves: [LearningCurve] = [], sweep: LambdaSweep? = nil
    ) {
        self.figures = figures
        self.synapse = synapse
        self.game = game
        self.film = film
        self.account = account
        self.published = published
        self.results = results
        self.parameters = parameters
        self.settings = settings
        self.citations = citations
        self.curves = curves
        self.sweep = sweep
    }
}
