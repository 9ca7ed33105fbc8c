import FiniteVolume
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import DeviceModel

/// Each law alone: its derivatives beside those of a lane of dual numbers, and detailed balance at its own equilibrium.
struct RateLawTests {
    /// Values of the contact's inputs: N_p, N_O, N_s, N_t, c_0, drop, field.
    private static let inputs = [1e17, 3e16, 4e17, 6e16, 1.2e26, 0.12, 4e7]

    /// The rate of reaction `k` at 320 K for inputs over any lane.
    private func rate<L: Lane>(_ k: Int, _ x: [L], _ p: DeviceParameters = Samples.everythingWithTraps) -> ReactionRate<L> {
        let device = Device(p)
        let table = RateTable<L>(RateIndex.laws(of: device).map { [$0] }, reference: 300)
        table.set(temperature: L(320))
        let sheets = LaneStorage<L>(4)
        for i in 0..<4 { sheets.all[i] = x[i] }
        let term: ReactionTerm<L> = Reaction.term(k, of: [device], rates: RateIndex(device).reactions[k])
        return withExtendedLifetime(sheets) {
            term.evaluate(
                ContactPoint(sheets: sheets.all, density: x[4], drop: x[5], field: x[6], inverseThermal: table.inverseThermal),
                table)
        }
    }

    @Test(
        "Redox, hop, store and trap: every derivative equals the dual number's to 1e-13, at both signs of drop and field",
        arguments: [0, 1, 2, 3], [1.0, -0.4])
    func derivatives(reaction: Int, sign: Double) {
        var x = Self.inputs
        x[5] *= sign
        x[6] *= sign
        let own = rate(reaction, x)
        let device = Device(Samples.everythingWithTraps)
        let roles = device.left.reactions[reaction].roles(in: device.left)
        for input in x.indices {
            var dual = x.map { Dual($0) }
            dual[input].slope = 1
            let expected = rate(reaction, dual).rate.slope
            let found: Double
            switch input {
            case 4: found = own.byDensity
            case 5: found = own.byDrop
            case 6: found = own.byField
            case roles[0]: found = own.byFirst
            case roles[roles.count - 1]: found = own.bySecond
            default: found = 0
            }
            #expect(
                abs(found - expected) <= 1e-13 * abs(expected),
                "reaction \(reaction), input \(input): \(found), dual \(expected)")
        }
    }

    @Test("Redox rests at N_s N_O / (N_st - N_s) = N_Oref e^u: net over gross rate below 1e-14", arguments: [-0.1, 0.0, 0.2])
    func redoxBalance(drop: Double) {
        let p = Samples.everythingWithTraps
        var x = Self.inputs
        x[2] = 1e17
        x[5] = drop + p.redoxPotential
        x[1] = p.oxygenReference * exp(2 * drop / Constants.thermalVoltage(320)) * (p.siteDensity - x[2]) / x[2]
        let v = rate(0, x)
        hold(abs(v.rate) / abs(v.bySecond * x[1]), below: 1e-14, as: "redox detailed balance at \(drop) V")
    }

    @Test("Transfer rests at k_f N_s (1 - c_0/c_max) e^w = k_r c_0 (1 - N_s/N_st), whatever beta", arguments: [0.0, 0.3, 1.0])
    func transferBalance(beta: Double) {
        var p = Samples.everythingWithTraps
        p.hopSymmetry = beta
        var x = Self.inputs
        (x[2], x[6]) = (1e12, 3e7)
        let w = 2 * p.hopFieldLength * x[6] / Constants.thermalVoltage(320)
        let law = TemperatureLaw(p.forwardHopRate, activation: p.hopActivation)
        let forward = law.value(at: 320, reference: 300)
        let backward = TemperatureLaw(p.backwardHopVelocity, activation: p.hopActivation).value(at: 320, reference: 300)
        let ratio = forward * x[2] / (backward * (1 - x[2] / p.siteDensity)) * exp(w)
        x[4] = ratio / (1 + ratio / p.maximumDensity)
        let gross = forward * x[2] * (1 - x[4] / p.maximumDensity) * exp(beta * w)
        hold(abs(rate(1, x, p).rate) / gross, below: 1e-12, as: "transfer detailed balance, beta \(beta)")
    }

    @Test(
        "Oxygen store rests at k_p N_O^2 (1 - N_p/N_pm) = k_mp N_p; the trap at N_t / (1 - N_t/N_tm) = (k_t / k_mt) a1 c_0 / (1 - c_0/c_max) e^w"
    )
    func storeAndTrapBalance() {
        let p = Samples.everythingWithTraps
        var x = Self.inputs
        func constant(_ value: Double, _ prefactor: Double) -> Double {
            TemperatureLaw(value, prefactor: prefactor, reference: 300).value(at: 320, reference: 300)
        }
        let (loss, back) = (
            constant(p.oxygenLossRate, p.oxygenLossPrefactor), constant(p.oxygenReturnRate, p.oxygenReturnPrefactor)
        )
        x[0] = loss * x[1] * x[1] / (back + loss * x[1] * x[1] / p.oxygenCapacity)
        hold(abs(rate(2, x).rate) / (back * x[0]), below: 1e-14, as: "oxygen store detailed balance")
        let w = 2 * p.trapFieldLength * x[6] / Constants.thermalVoltage(320)
        let (capture, release) = (
            constant(p.trapCaptureRate, p.trapCapturePrefactor), constant(p.trapReleaseRate, p.trapReleasePrefactor)
        )
        let room = 1 - x[4] / p.maximumDensity
        let odds = capture / release * p.firstPlane * x[4] / room * exp(w)
        x[3] = odds / (1 + odds / p.trapDensity)
        hold(abs(rate(3, x).rate) / (release * x[3] * room * exp(-w / 2)), below: 1e-13, as: "deep traps: detailed balance")
    }

    private func flux<L: Lane>(_ l: L, _ r: L, _ du: L) -> LatticeGas<L>.Flux {
        let gas = LatticeGas<L>(chargeNumber: L(2), inverseMaximum: L(1 / 2e27))
        let edge = LatticeGas<L>.Edge(
            du: du, hop: L(0.4), perLength: L(1e-9), inverseThermal: L(1 / Constants.thermalVoltage(320)))
        let (a, b) = gas.arguments(edge)
        return gas.flux(edge, left: l, right: r, exponentials: (L.exponential(a), L.exponential(b)))
    }

    @Test(
        "Vacancy flux: derivatives by c_l, c_r and psi_r equal the dual number's to 1e-12",
        arguments: [-3.0, -0.04, 0.01, 0.05, 2.0, 9.0])
    func fluxDerivatives(du: Double) {
        let (l, r) = (7e26, 2e26)
        let v = flux(l, r, du)
        let byLeft = flux(Dual(l, slope: 1), Dual(r), Dual(du)).value.slope
        let byRight = flux(Dual(l), Dual(r, slope: 1), Dual(du)).value.slope
        let byStep = flux(Dual(l), Dual(r), Dual(du, slope: 1)).value.slope / Constants.thermalVoltage(320)
        #expect(abs(v.byLeft - byLeft) <= 1e-12 * abs(byLeft))
        #expect(abs(v.byRight - byRight) <= 1e-12 * abs(byRight))
        // B is a series near 0 whose own derivative is cut at another term.
        #expect(abs(v.byPotential - byStep) <= 1e-10 * abs(byStep))
    }

    @Test(
        "Vacancy flux vanishes for c / (1 - c/c_max) ~ e^(-z psi / V_T): net over gross below 1e-14",
        arguments: [-8.0, -0.5, 0.02, 3.0])
    func fluxBalance(du: Double) {
        let cMax = 2e27, l = 5e26
        let odds = l / (1 - l / cMax) * exp(-2 * du)
        let r = odds / (1 + odds / cMax)
        let v = flux(l, r, du)
        hold(abs(v.value) / (v.byLeft * l + abs(v.byRight) * r), below: 1e-14, as: "vacancy flux detailed balance, du = \(du)")
    }

    @Test("Permittivity: dD/dE equals the dual number's, and E(D(E)) is E", arguments: [-3e8, -2e7, 1e5, 1e9])
    func permittivity(field: Double) {
        let layer = Layer(Samples.everything)
        let own = Permittivity<Double>([layer]).displacement(field)
        let dual = Permittivity<Dual>([layer]).displacement(Dual(field, slope: 1))
        #expect(abs(own.slope - dual.value.slope) <= 1e-14 * own.slope)
        #expect(abs(Permittivity<Double>([layer]).field(own.value).value - field) <= 1e-11 * abs(field))
    }

    @Test("Arrhenius constants: value at the reference, activation energy from two temperatures, powers of T")
    func arrhenius() {
        let p = Samples.isothermal
        let device = Device(p)
        let laws = RateIndex.laws(of: device)
        let table = RateTable<Double>(laws.map { [$0] }, reference: 300)
        let index = RateIndex(device)
        #expect(laws.indices.allSatisfy { table[$0] == laws[$0].value })
        table.set(temperature: 360)
        func energy(_ k: Int) -> Double {
            log(table[k] / laws[k].value) / (Constants.charge / Constants.boltzmann * (1 / 300.0 - 1 / 360.0))
        }
        #expect(abs(energy(index.reactions[1].0) - 0.1) < 1e-12)
        #expect(abs(energy(index.reactions[1].1) - 0.1) < 1e-12)
        // E_p = k_B T0 ln(1e-3 / 2.9e-21) = 1.04 eV, Docs/device-model.md, section 3.
        #expect(abs(energy(index.reactions[2].0) - 1.04) < 0.01)
        #expect(abs(energy(index.diffusivity[0]) - Constants.thermalVoltage(300) * log(1.521e-6 / 4.3e-24)) < 1e-12)
        #expect(abs(table[index.densityOfStates[0]] / p.densityOfStates - pow(1.2, 1.5)) < 1e-14)
        #expect(abs(table[index.leftEmission!] / p.richardsonVelocity - pow(1.2, 0.5)) < 1e-14)
        #expect(abs(table[index.mobility[0]] / p.electronMobility - pow(1.2, -2)) < 1e-14)
        for (k, law) in laws.enumerated() { #expect(abs(table[k] - law.value(at: 360, reference: 300)) <= 1e-14 * table[k]) }
    }
}
