import CompactModel
import Foundation
import Testing

@testable import Export

/// The adapter's file says what the state model does.
@Suite struct AdapterFileTests {
    func content() throws -> AdapterFile.Content {
        let text = try AdapterFile(SetP.synapse(), SetP.lumps(), origin: SetP.origin()).json()
        return try JSONDecoder().decode(AdapterFile.Content.self, from: Data(text.utf8))
    }

    @Test func stepsDecayAndRanges() throws {
        let (file, model, synapse) = (try content(), try SetP.lumps(), try SetP.synapse())
        #expect(file.format == "tausonite-adapter-1" && file.device_sha256 == synapse.deviceDigest)
        #expect(file.ranges.bias_V == [-0.6, 0.6] && abs(file.ranges.pulse_V[0] - 1.85) < 0.01)
        #expect(file.levels.map(\.trains) == Array(0...6) && file.up.count == 3 * 12)
        // The first point of 3.5 V, 500 us on the base state is a pulse on the level itself, 2 ms later.
        let up = try #require(file.up.first { $0.trains == 0 && $0.amplitude_V == 3.5 && $0.width_us == 500 })
        var run = LumpedRun(model, from: model.levels[0].state)
        let before = run.conductance
        run.pulse(3.5, for: 500e-6)
        run.hold(0.6, for: 2e-3)
        #expect(abs(up.points[0].delta_F_nS / ((run.conductance - before) * 1e9) - 1) < 1e-9)
        #expect(abs(up.points[0].F_nS) < 1e-3)
        #expect(abs(up.points[0].delta_F_nS - 38.4) < 0.5)
        // The more F there is, the less a pulse adds; a pulse costs energy.
        #expect(up.points.map(\.F_nS) == up.points.map(\.F_nS).sorted())
        #expect(zip(up.points, up.points.dropFirst()).allSatisfy { $0.delta_F_nS > $1.delta_F_nS })
        #expect(up.points.allSatisfy { ($0.energy_pJ ?? 0) > 100 })
        // -0.6 V takes F down faster than 0.6 V, at every F.
        func tau(_ bias: Double) throws -> [Double] {
            try #require(file.decay.first { $0.trains == 0 && $0.bias_V == bias }).points.map { $0.tau_s ?? .infinity }
        }
        let (fast, slow) = (try tau(-0.6), try tau(0.6))
        #expect(zip(fast, slow).allSatisfy { $0 < 0.5 * $1 })
        let down = try #require(file.down.first { $0.trains == 0 && $0.bias_V == -0.6 })
        #expect(down.duration_s == 1 && down.points.last!.delta_F_nS < -5)
    }
}
