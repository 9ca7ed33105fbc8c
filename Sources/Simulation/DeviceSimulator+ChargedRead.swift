import DeviceModel
import FiniteVolume
import LinearAlgebra

/// Reads with the electrons' charge, whatever law the state was reached with.
extension DeviceSimulator {
    /// Whether the electrons of the present state carry charge.
    public var chargesElectrons: Bool { active.device.layout.hasElectrons }

    /// Frozen-ion conductance at the read voltage with the electrons' charge, S; leaves the state untouched.
    ///
    /// For the difference of two reads: the law of the electrons changes where their charge changes the current by more than a
    /// threshold, so two reads under different laws differ by up to that threshold beside what the ions have done.
    /// A device without electrons to give is read as it is. Throws `NewtonFailure` where they do not come to balance.
    public func chargedRead() throws(NewtonFailure) -> Double {
        guard !chargesElectrons, let path = chargedPath() else {
            return try conductance(active.integrator.solution, at: readVoltage)
        }
        let u = path.between.row
        path.device.restore(temperature: plain.device.temperature, voltage: voltage)
        try path.device.adopt(plain.integrator.solution.values, of: plain.device.layout, into: u, voltage: voltage)
        let level = abs(readVoltage) < 1e-6 ? 1e-6 : readVoltage
        return try path.device.frozenRead(u, at: level) / level
    }
}
