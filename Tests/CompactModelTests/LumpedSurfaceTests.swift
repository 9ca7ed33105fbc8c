import Essentials
import Foundation
import Testing

@testable import CompactModel

@Suite("Surfaces and streams of the state model")
struct LumpedSurfaceTests {
    static func synapse() throws -> SynapseModel {
        try #require(SynapseModel(try ReferenceCampaign.result.get(), readVoltage: 0.6, device: "set T", deviceDigest: "ab12"))
    }

    /// A polynomial of the surface's own degrees is met to round-off, whatever its coefficients.
    @Test("a polynomial within the degrees is met exactly")
    func polynomial() throws {
        func f(_ v: Double, _ q: Double, _ x: Double) -> Double { 3 - 2 * v + v * v * q - 0.5 * q * q + x * (1 + v - q) }
        var random = SeededGenerator(seed: 4)
        let points = (0..<400).map { _ -> LumpedSurface.Point in
            let (v, q, x) = (random.uniform(-0.6, 0.6), random.uniform(0, 3), random.uniform(0, 0.5))
            return .init(voltage: v, charge: q, shares: [x], value: f(v, q, x))
        }
        let shape = LumpedSurface.Shape(voltage: 2, charge: 2, shareVoltage: 1, shareCharge: 1)
        let surface = try #require(LumpedSurface(points, shape: shape))
        #expect(surface.coefficients.count == shape.count(shares: 1))
        #expect(surface.residual < 1e-5)
        for (v, q, x) in [(0.1, 1.0, 0.2), (-0.55, 2.9, 0.4), (0.3, 0.2, 0.0)] {
            #expect(abs(surface.slice(at: v, shares: 1).value(q, [x]) - f(v, q, x)) < 1e-4)
        }
        // Beyond the border the border's value holds.
        let slice = surface.slice(at: 5, shares: 1)
        #expect(slice.value(2, [0.1]) == surface.slice(at: surface.voltages.upperBound, shares: 1).value(2, [0.1]))
        #expect(slice.value(99, [0.1]) == slice.value(surface.charges.upperBound, [0.1]))
    }

    @Test("a stream is the same for the same seed, another for another, and keeps within its ranges")
    func streams() {
        let (a, b) = (
            PulseStream(name: "a", seed: 1, ranges: .paper, biases: [-0.6, 0.6]),
            PulseStream(name: "a", seed: 1, ranges: .paper, biases: [-0.6, 0.6])
        )
        #expect(a == b)
        #expect(a != PulseStream(name: "a", seed: 2, ranges: .paper, biases: [-0.6, 0.6]))
        #expect(a.events.count == 40)
        for e in a.events {
            #expect((2...3.5).contains(e.amplitude) && (20e-6...500e-6).contains(e.width) && (0.35...26).contains(e.hold))
            #expect([-0.6, 0.6].contains(e.bias))
        }
        #expect(Set(a.events.map(\.bias)).count == 2)
    }

    @Test("a network's stream has the sizes and the mean gap of its activity")
    func activity() throws {
        let synapse = LinearSynapse(try Self.synapse())
        let cell = try Self.synapse().update.points[0]
        let activity = NetworkActivity(sizes: [(cell.deltaConductance, 1)], meanGap: 0.3, shortestGap: 0.007)
        let stream = PulseStream(name: "network", seed: 3, count: 4000, activity: activity, bias: 0.6, synapse: synapse)
        let mean = stream.events.map(\.hold).reduce(0, +) / 4000
        #expect(abs(mean - 0.3) < 0.02)
        #expect(stream.events.allSatisfy { $0.hold >= 0.007 })
        for e in stream.events.prefix(5) {
            #expect(abs(synapse.step(e.amplitude, e.width) / cell.deltaConductance - 1) < 1e-6)
        }
    }

    @Test("the linear synapse meets its cells and its decay times, and finds the pulse for a wanted step")
    func linear() throws {
        let synapse = try Self.synapse()
        var linear = LinearSynapse(synapse)
        for p in synapse.update.points { #expect(abs(linear.step(p.amplitude, p.width) / p.deltaConductance - 1) < 1e-12) }
        let first = synapse.update.points[0]
        let energy = linear.pulse(first.amplitude, for: first.width)
        let law = synapse.energy
        #expect(abs(energy / (law.prefactorPerNanosiemens * pow(first.deltaConductance * 1e9, law.exponent)) - 1) < 1e-12)
        let decay = synapse.decay.points[0]
        linear.hold(decay.bias, for: decay.tau)
        #expect(abs(linear.weight / (first.deltaConductance / M_E) - 1) < 1e-12)
        let steps = synapse.update.points.map(\.deltaConductance)
        let wanted = ((steps.min() ?? 0) * (steps.max() ?? 0)).squareRoot()
        let shape = linear.shape(for: wanted)
        #expect(abs(linear.step(shape.amplitude, shape.width) / wanted - 1) < 1e-6)
    }
}
