import FiniteVolume
import Foundation
import LinearAlgebra

/// Where the resistance of one read lies: first the emission at the left contact, then the layers, then the right contact.
public struct ReadResistance: Sendable, Equatable {
    /// Positions of the nodes, m, from the left contact.
    public let position: [Double]
    /// Resistance from the left metal to every node, Ohm; the first is that of the emission there.
    public let cumulative: [Double]
    /// Resistance of the whole device, with the emission at the right contact, Ohm.
    public let total: Double

    /// Resistance of the half of the device at the left contact, with that contact, Ohm.
    public var leftHalf: Double {
        let middle = 0.5 * position[position.count - 1]
        let i = max((position.firstIndex { $0 > middle } ?? 1) - 1, 0)
        let share = (middle - position[i]) / (position[i + 1] - position[i])
        return cumulative[i] + (cumulative[i + 1] - cumulative[i]) * share
    }

    /// How much of the change since `before`, a read of the same device, lies in the half at the left contact.
    public func leftShareOfChange(since before: ReadResistance) -> Double {
        (leftHalf - before.leftHalf) / (total - before.total)
    }
}

extension AssembledDevice {
    /// Resistance from the left contact to every node, and of the whole device with the right contact: of quasi-stationary
    /// electrons in the band of `u` at `voltage` (V) and the ambient temperature, Ohm.
    ///
    ///     R(x) = V / (q A N_c (1 - e^(-V/V_T))) { e^(-f_0) / v_R + integral_0^x e^(-f) dx / D_n },      f = (psi + psi_im) / V_T
    ///
    /// The terms of `ThermionicCurrent`, written out. Source: Docs/device-model.md, section 2.
    public func resistanceProfile(_ u: Row, voltage: Double) -> ReadResistance {
        let temperature = ambientTemperature
        let reference = Device.referenceTemperature
        let inverse = 1 / Constants.thermalVoltage(temperature)
        let states = TemperatureLaw(device.layers[0].densityOfStates, exponent: 1.5).value(
            at: temperature, reference: reference)
        let x = voltage * inverse
        let scale = voltage / (Constants.charge * device.area * states * -expm1(-x))
        let parts = resistanceParts(u, temperature: temperature)
        var sum = 0.0
        var profile: [Double] = []
        for part in parts.dropLast() {
            sum += part
            profile.append(sum * scale)
        }
        sum += parts[parts.count - 1]
        return ReadResistance(position: grid.nodes, cumulative: profile, total: sum * scale)
    }

    /// The band of a frozen-ion read at `level` (V): the state `u` with every ion where it is. Electrons that carry charge come to balance
    /// at that voltage, as in `frozenRead`.
    ///
    /// - Throws: `NewtonFailure` where Poisson's equation has no finite solution, or the electrons find no balance.
    public func readBand(_ u: Row, at level: Double) throws(NewtonFailure) -> RealStorage {
        if layout.hasElectrons, level != voltage, let reader {
            return RealStorage(try balance(u, at: level, by: reader).values)
        }
        let copy = RealStorage(u.values)
        guard solvePoisson(copy.row, voltage: level) else {
            throw .tooManyIterations(lastCorrection: .infinity, unknown: "psi of a read")
        }
        return copy
    }
}
