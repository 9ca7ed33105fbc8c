import CompactModel
import Energy
import Essentials
import GameAccount
import Pong
import Validation

/// Everything that a report is made of.
public struct ReportContent: Sendable {
    public var figures: FigureData
    public var synapse: SynapseModel
    public var game: GameRecord?
    public var account: EnergyAccount?
    public var published: PublishedEnergy
    public var results: ResultsFile
    /// How the agents were trained, and how ranges of Lambda compare.
    public var curves: [LearningCurve]
    public var sweep: LambdaSweep?
    /// The device's parameters, as their file gives them.
    public var parameters: [Parameter]
    /// Settings worth a line of their own (seed, agent, tolerances, times), in order.
    public var settings: [Setting]
    public var citations: [Reference]

    /// One line of the parameter table.
    public struct Parameter: Sendable, Equatable {
        public var group, symbol, name, value, unit, status, range, source: String
        public init(
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

    public struct Setting: Sendable, Equatable {
        public var name, value: String
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(
        figures: FigureData, synapse: SynapseModel, game: GameRecord? = nil, account: EnergyAccount? = nil,
        published: PublishedEnergy, results: ResultsFile, parameters: [Parameter] = [], settings: [Setting] = [],
        citations: [Reference] = [.weilenmann2024], curves: [LearningCurve] = [], sweep: LambdaSweep? = nil
    ) {
        self.figures = figures
        self.synapse = synapse
        self.game = game
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
