import FiniteVolume
import Foundation
import LinearAlgebra
import Testing

@testable import DeviceModel

/// Each rate law alone: its derivatives, and detailed balance at its own equilibrium.
struct RateLawTests {
    private let parameters = Samples.everything
    private var rates: RateConstants {
        var r = RateConstants(parameters)
        r.set(temperature: 320)
        return r
    }

    private func difference(_ x: Double, _ f: (Double) -> Double) -> Double {
        let h = 1e-4 * max(abs(x), 1e-12)
        return (f(x - 2 * h) - 8 * f(x - h) + 8 * f(x + h) - f(x + 2 * h)) / (12 * h)
    }

    private func agree(_ a: Double, _ b: Double, scale: Double = 0) -> Bool { abs(a - b) <= 1e-8 * max(abs(b), scale) }

    @Test("Redox: dR1/dN_s, dR1/dN_O, dR1/dpsi_0 against differences to 1e-8", arguments: [-0.2, 0.05, 0.3])
    func redoxDerivatives(drop: Double) {
        let law = PtRedox(parameters)
        let vt = rates.thermalVoltage
        let (s, o) = (2e17, 3e16)
        let v = law.evaluate(vacancies: s, oxygen: o, drop: drop, thermalVoltage: vt)
        func rate(_ s: Double, _ o: Double, _ d: Double) -> Double {
            law.evaluate(vacancies: s, oxygen: o, drop: d, thermalVoltage: vt).rate
        }
        #expect(agree(v.byVacancies, difference(s) { rate($0, o, drop) }, scale: abs(v.rate) / s))
        #expect(agree(v.byOxygen, difference(o) { rate(s, $0, drop) }, scale: abs(v.rate) / o))
        // psi_0 enters with the opposite sign of the drop.
        #expect(agree(v.byPotential, -difference(drop) { rate(s, o, $0) }))
    }

    @Test("Redox rests at N_s N_O / (N_st - N_s) = N_Oref e^u: net over gross rate below 1e-14", arguments: [-0.1, 0.0, 0.2])
    func redoxBalance(drop: Double) {
        let law = PtRedox(parameters)
        let vt = rates.thermalVoltage
        let s = 1e17
        let o = parameters.oxygenReference * exp(2 * drop / vt) * (parameters.siteDensity - s) / s
        let v = law.evaluate(vacancies: s, oxygen: o, drop: drop, thermalVoltage: vt)
        hold(abs(v.rate) / abs(v.byOxygen * o), below: 1e-14, as: "redox detailed balance at \(drop) V")
    }

    @Test("Transfer: derivatives by N_s, c_0 and E(0+) against differences to 1e-8", arguments: [-2e7, 1e6, 8e7])
    func transferDerivatives(field: Double) {
        let law = LatticeTransfer(parameters)
        let r = rates
        let (s, c) = (4e17, 3e26)
        let v = law.evaluate(vacancies: s, density: c, field: field, rates: r)
        func rate(_ s: Double, _ c: Double, _ e: Double) -> Double {
            law.evaluate(vacancies: s, density: c, field: e, rates: r).rate
        }
        #expect(agree(v.byVacancies, difference(s) { rate($0, c, field) }))
        #expect(agree(v.byDensity, difference(c) { rate(s, $0, field) }))
        #expect(agree(v.byField, difference(field) { rate(s, c, $0) }))
    }

    @Test("Transfer rests at k_f N_s (1 - c_0/c_max) e^w = k_r c_0 (1 - N_s/N_st), whatever beta", arguments: [0.0, 0.3, 1.0])
    func transferBalance(beta: Double) {
        var p = parameters
        p.hopSymmetry = beta
        let law = LatticeTransfer(p)
        let r = rates
        let field = 3e7, s = 1e12
        let w = 2 * p.hopFieldLength * field / r.thermalVoltage
        let ratio = r.forwardHop * s / (r.backwardHop * (1 - s / p.siteDensity)) * exp(w)
        let c = ratio / (1 + ratio / p.maximumDensity)
        let v = law.evaluate(vacancies: s, density: c, field: field, rates: r)
        hold(abs(v.rate) / (r.forwardHop * s * (1 - c / p.maximumDensity) * exp(beta * w)), below: 1e-12, as: "transfer detailed balance, beta \(beta)")
    }

    @Test("Oxygen store: derivatives to 1e-8, rest at k_p N_O^2 (1 - N_p/N_pm) = k_mp N_p")
    func storeLaw() {
        let law = OxygenStore(parameters)
        let r = rates
        let (o, n) = (2e16, 1e17)
        let v = law.evaluate(oxygen: o, stored: n, rates: r)
        #expect(agree(v.byOxygen, difference(o) { law.evaluate(oxygen: $0, stored: n, rates: r).rate }))
        #expect(agree(v.byStored, difference(n) { law.evaluate(oxygen: o, stored: $0, rates: r).rate }))
        let balanced = r.oxygenLoss * o * o / (r.oxygenReturn + r.oxygenLoss * o * o / parameters.oxygenCapacity)
        let rest = law.evaluate(oxygen: o, stored: balanced, rates: r)
        hold(abs(rest.rate) / (r.oxygenReturn * balanced), below: 1e-14, as: "oxygen store detailed balance")
    }

    private func flux(_ l: Double, _ r: Double, _ du: Double, cMax: Double = 2e27, hop: Double = 0.4) -> VacancyFlux.Value {
        VacancyFlux.evaluate(
            left: l, right: r, step: du, exponential: exp(2 * du), hopExponential: exp(hop * abs(du)), chargeNumber: 2,
            hopPerStep: hop, diffusivityPerLength: 1e-9, inverseMaximum: 1 / cMax, inverseThermalVoltage: 1 / rates.thermalVoltage)
    }

    @Test("Vacancy flux: derivatives by c_l, c_r and psi_r against differences to 1e-7", arguments: [-3.0, -0.04, 0.01, 0.05, 2.0, 9.0])
    func fluxDerivatives(du: Double) {
        let (l, r) = (7e26, 2e26)
        let v = flux(l, r, du)
        #expect(agree(v.byLeft, difference(l) { flux($0, r, du).flux }))
        #expect(agree(v.byRight, difference(r) { flux(l, $0, du).flux }))
        let bySpan = difference(du) { flux(l, r, $0).flux } / rates.thermalVoltage
        #expect(abs(v.byPotential - bySpan) < 1e-7 * abs(bySpan))
    }

    @Test("Vacancy flux vanishes for c / (1 - c/c_max) ~ e^(-z psi / V_T): net over gross below 1e-14", arguments: [-8.0, -0.5, 0.02, 3.0])
    func fluxBalance(du: Double) {
        let cMax = 2e27, l = 5e26
        let odds = l / (1 - l / cMax) * exp(-2 * du)
        let r = odds / (1 + odds / cMax)
        let v = flux(l, r, du)
        hold(abs(v.flux) / (v.byLeft * l + abs(v.byRight) * r), below: 1e-14, as: "vacancy flux detailed balance, du = \(du)")
    }

    @Test("Arrhenius constants: value at T0, activation energy from two temperatures, powers of T")
    func arrhenius() {
        let p = Samples.isothermal
        var r = RateConstants(p)
        #expect(r.forwardHop == p.forwardHopRate && r.diffusivity == p.vacancyDiffusivity && r.mobility == p.electronMobility)
        r.set(temperature: 360)
        func energy(_ hot: Double, _ cold: Double) -> Double {
            log(hot / cold) / (Constants.charge / Constants.boltzmann * (1 / 300.0 - 1 / 360.0))
        }
        #expect(abs(energy(r.forwardHop, p.forwardHopRate) - 0.1) < 1e-12)
        #expect(abs(energy(r.backwardHop, p.backwardHopVelocity) - 0.1) < 1e-12)
        // E_p = k_B T0 ln(1e-3 / 2.9e-21) = 1.04 eV, Docs/device-model.md, section 3.
        #expect(abs(energy(r.oxygenLoss, p.oxygenLossRate) - 1.04) < 0.01)
        #expect(abs(energy(r.diffusivity, p.vacancyDiffusivity) - Constants.thermalVoltage(300) * log(1.521e-6 / 4.3e-24)) < 1e-12)
        #expect(abs(r.densityOfStates / p.densityOfStates - pow(1.2, 1.5)) < 1e-14)
        #expect(abs(r.richardsonVelocity / p.richardsonVelocity - pow(1.2, 0.5)) < 1e-14)
        #expect(abs(r.mobility / p.electronMobility - pow(1.2, -2)) < 1e-14)
    }
}
