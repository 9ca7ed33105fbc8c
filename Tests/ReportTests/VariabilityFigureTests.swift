import CompactModel
import Essentials
import Foundation
import NeuralNetwork
import Testing

@testable import Pong
@testable import Report

/// The two figures of devices that differ, as specifications.
@Suite struct VariabilityFigureTests {
    @Test func cumulativeDistributionsEndAtAll() throws {
        let points = Figure.cumulative([3, 1, 2, 4])
        #expect(points.map(\.value) == [1, 2, 3, 4] && points.map(\.share) == [25, 50, 75, 100])
        let many = Figure.cumulative((0..<1003).map(Double.init))
        #expect(many.count <= 300 && many.first?.value == 0 && many.last?.value == 1002 && many.last?.share == 100)
    }

    @Test func anEnsembleIsDrawn() throws {
        let quantities: [EnsembleQuantity] =
            [.baseConductance, .step(amplitude: 2, width: 20e-6), .step(amplitude: 3.5, width: 500e-6)]
            + [0.6, 0].map { .decayTime(bias: $0) }
        let figure = try #require(
            try Figure.ensemble(quantities.map { ($0, [1e-9, 2e-9, 3e-9]) }, devices: 3, spreads: "area +- 5 %"))
        let text = try #require(figure.spec).text
        // The panel of forming voltages, which nobody sought, is left out.
        #expect(!text.contains("Forming voltage") && text.contains("ΔF") && text.contains("\"0 V\""))
        #expect(try Figure.ensemble(quantities.map { ($0, []) }, devices: 3, spreads: "") == nil)
    }

    @Test func scoresAreDrawnAgainstSpreadAndStuckShare() throws {
        func row(_ change: (inout CellVariability) -> Void, _ mean: Double) -> VariabilityStudy.Row {
            var variability = CellVariability.none
            change(&variability)
            return .init(
                agent: "a", agentDigest: "", deviceDigest: "", variability: variability, sticky: 0.25, seed: 1, games: 20,
                frameLimit: 1000, mean: mean, deviation: 2, standardError: 0.5, least: 0, greatest: 21, won: 20, capped: 0,
                framesPerGame: 1)
        }
        let rows = [
            row({ _ in }, 9), row({ ($0.stepSpread, $0.decaySpread) = (0.2, 0.2) }, 8), row({ $0.stuckFraction = 0.05 }, 7),
            row({ $0.stepNoise = 0.25 }, 6),
        ]
        let spec = try #require(try Figure.scoreVariability(rows)?.spec)
        func values(_ table: String) -> [String] {
            guard case .array(let rows)? = spec["datasets"]?[table] else { return [] }
            return rows.map { "\($0["x"]?.text ?? "") \($0["y"]?.text ?? "") \($0["low"]?.text ?? "")" }
        }
        #expect(values("spreads") == ["0 9 8.5", "20 8 7.5"] && values("stuck") == ["0 9 8.5", "5 7 6.5"])
        #expect(try Figure.scoreVariability([]) == nil)
    }
}
