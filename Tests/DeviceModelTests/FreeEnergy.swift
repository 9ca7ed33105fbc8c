import FiniteVolume
import Foundation
import LinearAlgebra

@testable import DeviceModel

/// The free energy per area of a memristor between two metals at fixed potentials, as a second statement of its equations.
///
///     F = D^2 / (2 C_i) + lambda W(D + Q_s) + sum h W(D + Q_i) - D psi_Pt + D_end psi_Ti                      field, less the work of the source
///       + z q (phi_r - psi_Pt) (N_O + N_p)                                                                    electrons that redox gives to Pt
///       + k_B T { N_s ln(N_s/N_st) + (N_st - N_s) ln(1 - N_s/N_st) + N_O [ln(N_O/N_Oref) - 1] + ...}           mixing
///       + (mu_lattice - mu_plane) sum c_i cell_i                                                              sites
///
/// W(D) = integral of E dD, so that dF/d(charge) is the potential where it lies. Its derivative by each reaction vanishes where the rate does.
/// Source: L. D. Landau, E. M. Lifshitz, Electrodynamics of Continuous Media, sections 5 and 10.
struct FreeEnergy {
    let p: DeviceParameters
    let device: AssembledDevice
    var voltage: Double

    private var vt: Double { Constants.thermalVoltage(300) }
    private func displacement(_ e: Double) -> Double {
        let root: Double =
            p.permittivityField.isFinite ? (1 + e * e / (p.permittivityField * p.permittivityField)).squareRoot() : 1
        let relative: Double = p.highFieldPermittivity + (p.permittivity - p.highFieldPermittivity) / root
        return Constants.vacuumPermittivity * relative * e
    }
    /// W(D(E)) = E D - integral of D dE, closed for the interpolation of the permittivity, J/m3.
    private func energy(_ e: Double) -> Double {
        let eps0: Double = Constants.vacuumPermittivity
        guard p.permittivityField.isFinite else { return 0.5 * eps0 * p.permittivity * e * e }
        let (high, excess, scale) = (
            eps0 * p.highFieldPermittivity, eps0 * (p.permittivity - p.highFieldPermittivity), p.permittivityField
        )
        // (root - 1) without cancellation.
        let s: Double = e / scale, root: Double = (1 + s * s).squareRoot()
        let own: Double = excess * scale * scale * s * s / (root + 1)
        return e * displacement(e) - 0.5 * high * e * e - own
    }

    /// F in J/m2 at the unknowns of `device`, whose potential must solve Poisson's equation.
    func callAsFunction(_ u: Row) -> Double {
        let (z, q, n) = (p.chargeNumber, Constants.charge, device.nodes)
        let (stored, oxygen, plane) = (u[0], u[1], u[2])
        let cells = device.device.vacancyCells(device.grid), fixed = device.device.fixedCharge(device.grid)
        func c(_ i: Int) -> Double { u[device.c(i)] }
        func psi(_ i: Int) -> Double { u[device.psi(i)] }
        let platinum = voltage - p.platinumBarrier
        let x = device.grid.nodes
        let first = displacement((psi(0) - psi(1)) / (x[1] - x[0]))
        let behind = first - z * q * cells[0] * c(0) - q * fixed[0]
        let stepField = field(behind)
        let compact = behind - z * q * plane
        var sum: Double = compact * compact / (2 * p.compactCapacitance) + p.planeDistance * energy(stepField)
        for i in 0..<(n - 1) {
            let h: Double = x[i + 1] - x[i]
            sum += h * energy((psi(i) - psi(i + 1)) / h)
        }
        let last: Double = displacement((psi(n - 2) - psi(n - 1)) / (x[n - 1] - x[n - 2]))
        let end: Double = last + z * q * cells[n - 1] * c(n - 1) + q * fixed[n - 1]
        sum -= compact * platinum
        sum -= end * p.titaniumBarrier
        sum += z * q * (p.redoxPotential - platinum) * (oxygen + stored)
        func mixing(_ a: Double, _ most: Double) -> Double {
            guard most.isFinite else { return a > 0 ? a * (log(a) - 1) : 0 }
            return (a > 0 ? a * log(a / most) : 0) + (most - a) * log1p(-a / most)
        }
        var entropy: Double = mixing(plane, p.siteDensity)
        if oxygen > 0 { entropy += oxygen * (log(oxygen / p.oxygenReference) - 1) }
        for i in 0..<n { entropy += cells[i] * mixing(c(i), p.maximumDensity) }
        // k_f N_s/N_st ... = k_b c_0/c_max ... at w = 0.
        let (forward, backward) =
            p.hop == .activated
            ? (exp(-p.forwardHopEnergy / vt), exp(-p.backwardHopEnergy / vt) * p.firstPlane)
            : (p.forwardHopRate, p.backwardHopVelocity)
        let site = -log(forward * p.siteDensity / (backward * p.maximumDensity))
        for i in 0..<n { entropy += site * c(i) * cells[i] }
        // Loss in pairs: mu_p = mu_O where N_p = (k_p / k_mp) N_O^2.
        let odds = p.oxygenLossRate / p.oxygenReturnRate
        if p.oxygenCapacity.isFinite { entropy += 0.5 * stored * log(p.oxygenCapacity) }
        entropy += 0.5 * (mixing(stored, p.oxygenCapacity) - stored * log(odds))
        entropy -= stored * log(p.oxygenReference)
        return sum + vt * q * entropy
    }

    private func field(_ d: Double) -> Double {
        var (low, high) = (-1e12, 1e12)
        for _ in 0..<200 {
            let middle = (low + high) / 2
            if displacement(middle) < d { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// dF / d(transfer) of the hop N_s -> c_0 in k_B T a vacancy, by central differences of `transfer` and half of it, extrapolated.
    func hopForce(_ u: [Double], transfer: Double) -> Double {
        func at(_ dose: Double) -> Double {
            let state = RealStorage(u)
            state.row[2] -= dose
            state.row[device.c(0)] += dose / p.firstPlane
            device.solvePoisson(state.row, voltage: voltage)
            return self(state.row)
        }
        func slope(_ dose: Double) -> Double { (at(dose) - at(-dose)) / (2 * dose * vt * Constants.charge) }
        return (4 * slope(transfer / 2) - slope(transfer)) / 3
    }
}
