import FiniteVolume
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import DeviceModel

/// T = T0 + R_th V I(T): the lowest root, and none.
struct SelfHeatingTests {
    /// Activated current I = I0 exp[B (1/T0 - 1/T)] and its slope.
    private func activated(_ i0: Double, _ b: Double = 6000) -> (Double) -> (current: Double, slope: Double) {
        { t in
            let i = i0 * exp(b * (1 / 300.0 - 1 / t))
            return (i, i * b / (t * t))
        }
    }

    private func scan(_ power: Double, _ current: (Double) -> (current: Double, slope: Double)) -> Double? {
        var t = 300.0
        while t < 900 {
            if 300 + power * current(t).current - t <= 0 { return t }
            t += 1e-3
        }
        return nil
    }

    @Test("The root found is the lowest, from a cold and from a hot guess, to 0.005 K", arguments: [1e-7, 3e-7, 6e-7, 9e-7])
    func lowestRoot(i0: Double) throws {
        var p = DeviceParameters()
        p.thermalResistance = 1.8e6
        let heat = SelfHeating<Double>(p)
        let expected = try #require(scan(1.8e6 * 3, activated(i0)))
        for guess in [300.0, expected - 0.025, expected, expected + 0.025, expected + 5, 700] {
            let root = heat.root(guess: guess, voltage: 3, current: activated(i0))
            // The current is that of the root, not of the last guess: 0.03 K are 0.2 % of it.
            #expect(abs(root.current / activated(i0)(root.temperature).current - 1) < 1e-5)
            #expect(root.exists)
            let t = root.temperature
            #expect(abs(t - expected) < 0.005, "from \(guess) K: \(t) K, scan \(expected) K")
        }
    }

    @Test("Above the fold there is no root and none is invented", arguments: [5e-6, 1e-4, 1e3])
    func noRoot(i0: Double) {
        let heat = SelfHeating<Double>(DeviceParameters())
        #expect(scan(1.826e6 * 3, activated(i0)) == nil)
        for guess in [300.0, 350, 800] { #expect(!heat.root(guess: guess, voltage: 3, current: activated(i0)).exists) }
    }

    @Test("No resistance or no voltage: ambient")
    func ambient() {
        var p = DeviceParameters()
        #expect(SelfHeating<Double>(p).root(guess: 350, voltage: 0, current: activated(1)).temperature == 300)
        p.thermalResistance = 0
        #expect(SelfHeating<Double>(p).root(guess: 350, voltage: 3, current: activated(1)).temperature == 300)
    }

    @Test("During a 3.5 V pulse the device sits on its heat balance: |T - T0 - R_th V I(T)| < 0.02 K")
    func deviceBalance() throws {
        let device = AssembledDevice(DeviceParameters())
        let state = try Samples.state(device, voltage: 3.5, duration: 1e-4)
        device.prepare(time: 0)
        let balance = 300 + device.parameters.thermalResistance * 3.5 * device.electronCurrent(state.row)
        hold(abs(device.temperature - balance), below: 0.02, as: "heat balance at 3.5 V, K")
        #expect(device.temperature > 315 && device.temperature < 330)
    }

    @Test("At 5.5 V the heat balance loses its root: the run stops as electroforming and says at what voltage")
    func electroforming() throws {
        let device = AssembledDevice(DeviceParameters())
        do {
            _ = try Samples.state(device, voltage: 5.5, duration: 1e-2)
            Issue.record("no electroforming at 5.5 V")
        } catch let failure as IntegrationFailure {
            guard case .noState(let why) = failure.reason else {
                Issue.record("wrong reason: \(failure)")
                return
            }
            #expect(why.contains("electroforming") && why.contains("5.5 V"))
        }
    }
}
