import FiniteVolume
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import DeviceModel

/// Devices side by side in SIMD lanes against the same devices alone.
struct EnsembleTests {
    /// Eight sets around `base`, parameters spread by +-5 %.
    private static func spread(_ base: DeviceParameters, heated: Double = 0) -> [DeviceParameters] {
        (0..<8).map { k in
            var p = base
            let x = Double(k) / 7 - 0.5
            p.compactCapacitance *= 1 + 0.1 * x
            p.platinumBarrier *= 1 - 0.02 * x
            p.backwardHopVelocity *= 1 + 0.1 * x * x
            // With a fixed charge the nodes hang on layer and permittivity.
            if base.donorDensity == 0 {
                p.permittivity *= 1 + 0.05 * x
                p.highFieldPermittivity = p.permittivity
                p.thickness *= 1 + 0.001 * x
            }
            if heated > 0 { p.thermalResistance = heated * (1 + 0.1 * x) }
            return p
        }
    }

    func correction(_ parameters: [DeviceParameters], voltage: Double) throws -> Double {
        let alone = parameters.map { AssembledDevice($0) }
        let ensemble = try #require(DeviceEnsemble(alone))
        let u = RealStorage(count: ensemble.unknowns)
        let states = try alone.map { try Samples.state($0, voltage: 0.6, duration: 1) }
        let shift = 1e7
        for (k, state) in states.enumerated() { ensemble.put(state.values, lane: k, into: u.row) }
        let history = RealStorage(u.values.map { -shift * $0 })
        ensemble.drive(from: DeviceEnsemble.Lanes(repeating: voltage), rate: DeviceEnsemble.Lanes(repeating: 0), at: 0)
        ensemble.prepare(time: 0)
        var worst = 0.0
        for _ in 0..<3 { _ = try ensemble.correct(u.row, shift: shift, history: history.row) }
        for (k, state) in states.enumerated() {
            let past = RealStorage(state.values.map { -shift * $0 })
            alone[k].drive(from: voltage, rate: 0, at: 0)
            alone[k].prepare(time: 0)
            alone[k].restore(temperature: alone[k].device.ambientTemperature, voltage: voltage)
            for _ in 0..<3 { _ = try alone[k].correct(state.row, shift: shift, history: past.row) }
            for (a, b) in zip(ensemble.unknowns(lane: k, of: u.row), state.values) {
                let error = abs(a - b) / max(abs(a), abs(b), 1e-300)
                worst = error.isFinite ? max(worst, error) : .infinity
            }
        }
        // The lanes hold eight different devices.
        let (first, last) = (ensemble.unknowns(lane: 0, of: u.row), ensemble.unknowns(lane: 7, of: u.row))
        #expect(zip(first, last).contains { abs($0 - $1) > 1e-3 * abs($0) })
        return worst
    }

    @Test(
        "Three Newton corrections of eight devices in lanes are those of each alone to 1e-12: set T heated, and every term at work"
    )
    func corrections() throws {
        hold(try correction(Self.spread(DeviceParameters()), voltage: 3), below: 1e-12, as: "corrections in lanes, set T")
        hold(
            try correction(Self.spread(Samples.everything, heated: 1.8e6), voltage: 1.5), below: 1e-12,
            as: "corrections in lanes, every term")
    }

    @Test("Devices with other image cores have other quadrature panels: they still stand side by side, currents to 1e-13")
    func panels() throws {
        let sets = (0..<5).map { k -> DeviceParameters in
            var p = DeviceParameters()
            p.imageCore *= 1 + 0.2 * Double(k)
            return p
        }
        let alone = sets.map { AssembledDevice($0) }
        let counts = Set(alone.map { BandQuadrature($0.device, grid: $0.grid).first })
        #expect(counts.count > 1)
        let ensemble = try #require(DeviceEnsemble(alone))
        let u = RealStorage(count: ensemble.unknowns)
        for k in 0..<8 { ensemble.put(alone[k % 5].freshState(voltage: 1).unknowns, lane: k, into: u.row) }
        ensemble.restore(temperature: .init(repeating: 320), voltage: .init(repeating: 1))
        let currents = ensemble.electronCurrent(u.row)
        let reads = ensemble.frozenRead(u.row, at: .init(repeating: 0.6))
        for (k, device) in alone.enumerated() {
            device.restore(temperature: 320, voltage: 1)
            let state = RealStorage(ensemble.unknowns(lane: k, of: u.row))
            hold(abs(currents[k] / device.electronCurrent(state.row) - 1), below: 1e-13, as: "current of lane \(k)")
            hold(abs(reads[k] / (try device.frozenRead(state.row, at: 0.6)) - 1), below: 1e-13, as: "frozen read of lane \(k)")
        }
    }

    @Test(
        "Structures: other sheets, drift-diffusion electrons or another tolerance do not stand side by side, other parameters do"
    )
    func structures() throws {
        var trapped = DeviceParameters()
        trapped.trapCaptureRate = 1e-3
        var tight = SolverOptions()
        tight.tolerance /= 2
        let plain = AssembledDevice(DeviceParameters())
        #expect(EnsembleStructure(plain) == EnsembleStructure(AssembledDevice(Self.spread(DeviceParameters())[0])))
        #expect(EnsembleStructure(plain) != EnsembleStructure(AssembledDevice(DeviceParameters(), options: tight)))
        #expect(EnsembleStructure(try AssembledDevice.coupled(DeviceParameters())) == nil)
        #expect(DeviceEnsemble([plain, AssembledDevice(DeviceParameters(), options: tight)]) == nil)
        #expect(DeviceEnsemble([]) == nil)
        #expect(DeviceEnsemble([AssembledDevice](repeating: plain, count: 9)) == nil)
        #expect(EnsembleStructure(plain) != EnsembleStructure(AssembledDevice(trapped)))
    }

    /// Linear pieces of voltage: where to (V), how long (s): a pulse and its decay.
    private static let pieces = [(0.6, 1e-7), (0.6, 100), (3.5, 1e-7), (3.5, 500e-6), (0.6, 1e-7), (0.6, 1), (0.6, 60)]

    @Test("A pulse of 3.5 V and 60 s of decay: every lane keeps to the device alone within the integrator's tolerance")
    func pulse() throws {
        let alone = Self.spread(DeviceParameters()).map { AssembledDevice($0) }
        let ensemble = try #require(DeviceEnsemble(alone))
        let start = RealStorage(count: ensemble.unknowns)
        for (k, device) in alone.enumerated() { ensemble.put(device.freshState().unknowns, lane: k, into: start.row) }
        let together = AdaptiveIntegrator(system: ensemble, initial: start.values)
        let single = alone.map { AdaptiveIntegrator(system: $0, initial: $0.freshState().unknowns) }
        var voltage = 0.0
        for (to, span) in Self.pieces {
            let rate = (to - voltage) / span
            ensemble.drive(from: .init(repeating: voltage), rate: .init(repeating: rate), at: 0)
            together.restart(step: span * 1e-4, time: 0)
            try together.advance(to: span, firstStep: span * 1e-6) { _, _ in true }
            for (device, integrator) in zip(alone, single) {
                device.drive(from: voltage, rate: rate, at: 0)
                integrator.restart(step: span * 1e-4, time: 0)
                try integrator.advance(to: span, firstStep: span * 1e-6) { _, _ in true }
            }
            voltage = to
            let u = together.solution
            let (currents, lattice) = (ensemble.electronCurrent(u), ensemble.latticeVacancies(u))
            for (k, device) in alone.enumerated() {
                let one = single[k].solution
                // Each of some twenty steps may err by 2e-4 of V_T and of the inventory.
                hold(abs(currents[k] / device.electronCurrent(one) - 1), below: 2e-4, as: "current of lane \(k) at \(to) V")
                hold(abs(lattice[k] / device.latticeVacancies(one) - 1), below: 2e-4, as: "vacancies of lane \(k) at \(to) V")
                hold(abs(ensemble.temperature[k] - device.temperature), below: 1e-3, as: "temperature of lane \(k) at \(to) V")
            }
        }
    }

    @Test("A device that forms is named and replaced; the others go on and end as they do without it")
    func forming() throws {
        var sets = Self.spread(DeviceParameters())
        sets[3].thermalResistance *= 6
        let alone = sets.map { AssembledDevice($0) }
        let ensemble = try #require(DeviceEnsemble(alone))
        let start = RealStorage(count: ensemble.unknowns)
        for (k, device) in alone.enumerated() { ensemble.put(device.freshState().unknowns, lane: k, into: start.row) }
        var options = AdaptiveIntegrator<DeviceEnsemble>.Options()
        options.wallResolution = 1
        let together = AdaptiveIntegrator(system: ensemble, initial: start.values, options: options)
        var (voltage, lost) = (0.0, [Int]())
        for (to, span) in Self.pieces {
            ensemble.drive(from: .init(repeating: voltage), rate: .init(repeating: (to - voltage) / span), at: 0)
            together.restart(step: span * 1e-4, time: 0)
            while together.time < span {
                do {
                    try together.advance(to: span, firstStep: span * 1e-6) { _, _ in true }
                } catch {
                    let lanes = ensemble.culprits(of: error.reason)
                    lost += lanes
                    let u = RealStorage(together.solution.values)
                    ensemble.replace(lanes, by: (0..<8).first { !lost.contains($0) } ?? 0, in: u.row)
                    together.reset(to: u.row, time: together.time)
                }
            }
            voltage = to
        }
        #expect(lost == [3])
        #expect(ensemble.occupants == [0, 1, 2, 0, 4, 5, 6, 7])
        for k in [0, 5] {
            let integrator = AdaptiveIntegrator(system: alone[k], initial: alone[k].freshState().unknowns)
            var voltage = 0.0
            for (to, span) in Self.pieces {
                alone[k].drive(from: voltage, rate: (to - voltage) / span, at: 0)
                integrator.restart(step: span * 1e-4, time: 0)
                try integrator.advance(to: span, firstStep: span * 1e-6) { _, _ in true }
                voltage = to
            }
            let (a, b) = (ensemble.latticeVacancies(together.solution)[k], alone[k].latticeVacancies(integrator.solution))
            hold(abs(a / b - 1), below: 2e-4, as: "vacancies of lane \(k) beside one that formed")
        }
    }
}
