import FiniteVolume
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import DeviceModel

/// The law that Docs/adding-a-law.md adds: derivatives, rest, and its course in a device.
struct FirstOrderExchangeTests {
    /// Two neutral sheets at the left contact, and one reaction that moves particles from the first to the second.
    private static func device(sites: Double) -> Device {
        var device = Device(Samples.isothermal)
        device.left.sheets = [Sheet(name: "near"), Sheet(name: "far", sites: sites)]
        device.left.reactions = [
            Reaction(
                name: "exchange",
                law: ReactionLaw(
                    "first_order_exchange",
                    ["forward_rate": 2, "forward_prefactor": 1e13, "backward_rate": 0.5, "backward_prefactor": 1e10]),
                moves: ["near": -1, "far": 1])
        ]
        return device
    }

    private func rate<L: Lane>(_ near: L, _ far: L, at temperature: Double = 320) -> ReactionRate<L> {
        let device = Self.device(sites: 3e17)
        let table = RateTable<L>(RateIndex.laws(of: device).map { [$0] }, reference: 300)
        table.set(temperature: L(temperature))
        let sheets = LaneStorage<L>(2)
        (sheets.all[0], sheets.all[1]) = (near, far)
        let term: ReactionTerm<L> = Reaction.term(0, of: [device], rates: RateIndex(device).reactions[0])
        return withExtendedLifetime(sheets) {
            term.evaluate(
                ContactPoint(sheets: sheets.all, density: L(0), drop: L(0), field: L(0), inverseThermal: table.inverseThermal),
                table)
        }
    }

    @Test("First-order exchange: both derivatives equal the dual numbers' to 1e-14")
    func derivatives() {
        let own = rate(4e17, 1e17)
        let first = rate(Dual(4e17, slope: 1), Dual(1e17)).rate.slope,
            second = rate(Dual(4e17), Dual(1e17, slope: 1)).rate.slope
        #expect(abs(own.byFirst - first) <= 1e-14 * abs(first) && abs(own.bySecond - second) <= 1e-14 * abs(second))
        #expect(own.byDensity == 0 && own.byDrop == 0 && own.byField == 0)
    }

    @Test(
        "It rests at N_b / (1 - N_b/N_max) = (k_x / k_mx) N_a, each constant with its own activation energy",
        arguments: [300.0, 350.0])
    func rest(temperature: Double) {
        func constant(_ value: Double, _ prefactor: Double) -> Double {
            TemperatureLaw(value, prefactor: prefactor, reference: 300).value(at: temperature, reference: 300)
        }
        let (near, backward) = (2e16, constant(0.5, 1e10))
        let odds = constant(2, 1e13) / backward * near
        let far = odds / (1 + odds / 3e17)
        hold(abs(rate(near, far, at: temperature).rate) / (backward * far), below: 1e-13, as: "first-order exchange at rest")
    }

    @Test("In a device N_a(t) = N (k_mx + k_x e^(-(k_x + k_mx) t)) / (k_x + k_mx), to 1e-5")
    func course() throws {
        var options = SolverOptions()
        options.tolerance = 1e-7
        let device = try AssembledDevice(Self.device(sites: .infinity), options: options)
        var state = device.freshState()
        state.unknowns[0] = 1e19
        let integrator = AdaptiveIntegrator(system: device, initial: state.unknowns)
        for time in [0.1, 0.5, 2] {
            try integrator.advance(to: time, firstStep: 1e-9) { _, _ in true }
            let expected = 1e19 * (0.5 + 2 * exp(-2.5 * time)) / 2.5
            hold(abs(integrator.solution[0] / expected - 1), below: 1e-5, as: "first-order exchange after \(time) s")
            #expect(abs(integrator.solution[0] + integrator.solution[1] - 1e19) < 1e-9 * 1e19)
        }
    }
}
