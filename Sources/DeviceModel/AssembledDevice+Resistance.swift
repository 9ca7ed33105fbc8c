import FiniteVolume
import Foundation
import LinearAlgebra

/// Where the resistance of a read lies.
extension AssembledDevice {
    /// Resistance from the left contact to every node, and of the whole device behind the last, with the right contact: of quasi-stationary
    /// electrons in the band of `u` at `voltage` (V) and the ambient temperature, Ohm.
    ///
    ///     R(x) = V / (q A N_c (1 - e^(-V/V_T))) { e^(-f_0) / v_R + integral_0^x e^(-f) dx / D_n },      f = (psi + psi_im) / V_T
    ///
    /// The terms of `ThermionicCurrent`, written out; count: `nodes` + 1. Source: Docs/device-model.md, section 2.
    public func resistanceProfile(_ u: Row, voltage: Double) -> [Double] {
        let temperature = ambientTemperature
        let reference = Device.referenceTemperature
        let inverse = 1 / Constants.thermalVoltage(temperature)
        let quadrature = BandQuadrature(device, grid: grid)
        func psi(_ i: Int) -> Double { u[layout[.potential, i]] }
        let states = TemperatureLaw(device.layers[0].densityOfStates, exponent: 1.5).value(
            at: temperature, reference: reference)
        let x = voltage * inverse
        let scale = voltage / (Constants.charge * device.area * states * -expm1(-x))
        func emission(_ contact: Contact, _ level: Double) -> Double {
            contact.emission.map { exp(-level * inverse) / $0.value(at: temperature, reference: reference) } ?? 0
        }
        var sum = emission(device.left, psi(0) + quadrature.riseLeft)
        var profile = [sum * scale]
        for e in grid.edges.indices {
            let layer = device.layers[layerOfEdge[e]]
            let mobility = TemperatureLaw(layer.electronMobility, exponent: -layer.mobilityExponent)
                .value(at: temperature, reference: reference)
            for k in quadrature.first[e]..<quadrature.first[e + 1] {
                let level = psi(e) + quadrature.fraction[k] * (psi(e + 1) - psi(e)) + quadrature.rise[k]
                sum += quadrature.weight[k] * exp(-level * inverse) * inverse / mobility
            }
            profile.append(sum * scale)
        }
        sum += quadrature.rightWeight * emission(device.right, psi(nodes - 1) + quadrature.riseRight)
        return profile + [sum * scale]
    }

    /// The band of a frozen-ion read at `level` (V): the state `u` with every ion where it is.
    ///
    /// - Throws: `NewtonFailure` where Poisson's equation has no finite solution.
    public func readBand(_ u: Row, at level: Double) throws(NewtonFailure) -> RealStorage {
        let copy = RealStorage(u.values)
        guard solvePoisson(copy.row, voltage: level) else {
            throw .tooManyIterations(lastCorrection: .infinity, unknown: "psi of a read")
        }
        return copy
    }
}
