import DeviceModel
import Foundation

/// The equations of Docs/device-model.md, section 2, written out a second time without any elimination: one residual per
/// unknown [N_p, N_O, N_s (, N_t) | psi_0, c_0 | psi_1, c_1 | ...], for comparison with the assembled device.
struct WrittenOutResidual {
    let p: DeviceParameters
    let x: [Double]
    let voltage: Double
    let temperature: Double

    private func bernoulli(_ u: Double) -> Double { u == 0 ? 1 : u / expm1(u) }

    private var vt: Double { Constants.boltzmann * temperature / Constants.charge }
    private func arrhenius(_ value: Double, _ energyOverQ: Double) -> Double {
        value * exp(energyOverQ * Constants.charge / Constants.boltzmann * (1 / p.ambientTemperature - 1 / temperature))
    }
    private func fromPrefactor(_ value: Double, _ prefactor: Double) -> Double {
        arrhenius(value, Constants.thermalVoltage(p.ambientTemperature) * log(prefactor / value))
    }

    private func displacement(_ e: Double) -> Double {
        let root = p.permittivityField.isFinite ? (1 + e * e / (p.permittivityField * p.permittivityField)).squareRoot() : 1
        return Constants.vacuumPermittivity
            * (p.highFieldPermittivity + (p.permittivity - p.highFieldPermittivity) / root) * e
    }

    private func field(_ d: Double) -> Double {
        // Bisection: slow and independent of the code under test.
        var (low, high) = (-1e12, 1e12)
        for _ in 0..<200 {
            let middle = (low + high) / 2
            if displacement(middle) < d { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// The field of the step from the contact plane: (D(E) - Q_s) / C_i + lambda E = psi_Pt - psi_0, by bisection.
    private func stepField(_ total: Double, charge: Double) -> Double {
        var (low, high) = (-1e12, 1e12)
        for _ in 0..<200 {
            let middle = (low + high) / 2
            if (displacement(middle) - charge) / p.compactCapacitance + p.planeDistance * middle < total {
                low = middle
            } else {
                high = middle
            }
        }
        return (low + high) / 2
    }

    /// Residuals of M du/dt + f with du/dt = shift u + history.
    func callAsFunction(_ u: [Double], shift: Double, history: [Double]) -> [Double] {
        let n = x.count
        let (z, q) = (p.chargeNumber, Constants.charge)
        let cMax = p.maximumDensity
        func rate(_ i: Int) -> Double { shift * u[i] + history[i] }
        let first = p.trapCaptureRate > 0 ? 4 : 3
        func at(_ i: Int) -> Int { first + 2 * i }
        func psi(_ i: Int) -> Double { u[at(i)] }
        func c(_ i: Int) -> Double { u[at(i) + 1] }
        let (stored, oxygen, plane) = (u[0], u[1], u[2])
        let platinum = voltage - p.platinumBarrier
        let step = p.planeDistance > 0 ? p.planeDistance * stepField(platinum - psi(0), charge: z * q * plane) : 0
        let contact = psi(0) + step
        let behind = p.compactCapacitance * (platinum - contact) + z * q * plane
        let e0 = field(behind + z * q * p.firstPlane * c(0))
        let ur = z * (platinum - contact - p.redoxPotential) / vt
        let r1 =
            p.redoxRate
            * ((p.siteDensity - plane) * exp(p.redoxSymmetry * ur)
                - plane * oxygen / p.oxygenReference * exp(-(1 - p.redoxSymmetry) * ur))
        let isActivated = p.hop == .activated
        let w = isActivated ? z * step / vt : z * p.hopFieldLength * e0 / vt
        let kf = isActivated ? p.attemptFrequency * exp(-p.forwardHopEnergy / vt) : arrhenius(p.forwardHopRate, p.hopActivation)
        let kr =
            isActivated
            ? p.attemptFrequency * exp(-p.backwardHopEnergy / vt) * p.firstPlane
            : arrhenius(p.backwardHopVelocity, p.hopActivation)
        let r2 =
            kf * plane * (1 - c(0) / cMax) * exp(p.hopSymmetry * w)
            - kr * c(0) * (1 - plane / p.siteDensity) * exp(-(1 - p.hopSymmetry) * w)
        let room = p.oxygenCapacity.isFinite ? 1 - stored / p.oxygenCapacity : 1
        let rp =
            fromPrefactor(p.oxygenLossRate, p.oxygenLossPrefactor) * oxygen * oxygen * room
            - fromPrefactor(p.oxygenReturnRate, p.oxygenReturnPrefactor) * stored
        var residual = [Double](repeating: 0, count: u.count)
        residual[0] = rate(0) - rp
        residual[1] = rate(1) - r1 + rp
        // The sum N_s - N_O - N_p: R1 and R_p cancel on paper, so that differences of the residual do not drown in R1.
        residual[2] = rate(2) - rate(1) - rate(0) + r2

        let diffusivity = fromPrefactor(p.vacancyDiffusivity, p.vacancyDiffusivityPrefactor)
        for i in 0..<n {
            let storage = i == 0 || i == n - 1 ? p.firstPlane : ((i + 1 < n ? x[i + 1] : x[i]) - x[i - 1]) / 2
            let donorCell = ((i + 1 < n ? x[i + 1] : x[i]) - (i > 0 ? x[i - 1] : x[i])) / 2
            residual[at(i)] = -z * q * c(i) * storage - q * p.donorDensity * donorCell
            residual[at(i) + 1] = storage * rate(at(i) + 1)
        }
        for i in 0..<(n - 1) {
            let h = x[i + 1] - x[i]
            let e = -(psi(i + 1) - psi(i)) / h
            residual[at(i)] += displacement(e)
            residual[at(i + 1)] -= displacement(e)
            let du = (psi(i + 1) - psi(i)) / vt
            let hop = z * p.hopDistance * e / (2 * vt)
            let g = abs(hop) < 1e-8 ? 1 : sinh(hop) / hop
            let j =
                diffusivity * g / h
                * (c(i) * (1 - c(i + 1) / cMax) * bernoulli(z * du)
                    - c(i + 1) * (1 - c(i) / cMax) * bernoulli(-z * du))
            residual[at(i) + 1] += j
            residual[at(i + 1) + 1] -= j
        }
        if p.trapCaptureRate > 0 {
            // N_t is the fourth sheet, charged at the node nearest to d_t.
            let k = 3
            let node = (1..<(n - 1)).min { abs(x[$0] - p.trapDepth) < abs(x[$1] - p.trapDepth) }!
            let half = z * p.trapFieldLength * e0 / (2 * vt)
            let full = p.trapDensity.isFinite ? u[k] / p.trapDensity : 0
            let jump =
                fromPrefactor(p.trapCaptureRate, p.trapCapturePrefactor) * p.firstPlane * c(0) * (1 - full) * exp(half)
                - fromPrefactor(p.trapReleaseRate, p.trapReleasePrefactor) * u[k] * (1 - c(0) / cMax) * exp(-half)
            residual[k] = rate(k) - jump
            residual[at(0) + 1] += jump
            residual[at(node)] -= z * q * u[k]
        }
        residual[at(0)] -= behind
        residual[at(0) + 1] -= r2
        residual[at(n - 1)] = psi(n - 1) + p.titaniumBarrier
        return residual
    }
}
