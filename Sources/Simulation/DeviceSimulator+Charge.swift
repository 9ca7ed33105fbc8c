import DeviceModel
import FiniteVolume
import LinearAlgebra
import Protocols

/// Changes between quasi-stationary electrons and electrons with their charge.
extension DeviceSimulator {
    /// Whether the electrons' charge would change the current by more than `share` of the threshold.
    private func chargeCounts(_ device: AssembledDevice, _ u: Row, share: Double = 1) -> Bool {
        abs(device.neglectedCharge(u)) > share * chargeThreshold * ChargeWatch.share(voltage: device.voltage)
    }

    /// The path with drift-diffusion electrons on the same grid; nil for a device that has none to give.
    func chargedPath() -> Path? {
        if let charged { return charged }
        guard let assembled = plain.device.withElectrons() else { return nil }
        assembled.ambientTemperature = ambientTemperature
        assembled.keptInventory = plain.device.keptInventory
        charged = Path(assembled, initial: [Double](repeating: 0, count: assembled.unknowns))
        return charged
    }

    /// Goes over to electrons with charge at `local` seconds into a segment; false where they do not come to balance.
    func takeCharge(at local: Double, _ segment: Segment) -> Bool {
        guard let path = chargedPath() else { return false }
        let rate = (segment.to - segment.from) / segment.duration
        let level = segment.from + rate * local
        path.device.restore(temperature: plain.device.temperature, voltage: level)
        do {
            try path.device.adopt(
                plain.integrator.solution.values, of: plain.device.layout, into: path.between.row, voltage: level)
        } catch {
            return false
        }
        path.integrator.reset(to: path.between.row, time: local)
        path.integrator.restart(step: max(0.1 * lastStep, 1e-9 * min(segment.duration, 1)))
        active = path
        drive(segment, from: local)
        return true
    }

    /// At a corner: back to quasi-stationary electrons where their charge counts for a fifth of the threshold at most.
    func settlePath() {
        guard let charged, active === charged else { return }
        let u = plain.between.row
        plain.device.restore(temperature: charged.device.temperature, voltage: voltage)
        do {
            try plain.device.adopt(charged.integrator.solution.values, of: charged.device.layout, into: u, voltage: voltage)
            plain.device.drive(from: voltage, rate: 0, at: 0)
            plain.device.prepare(time: 0)
            try plain.device.settleHeat(u)
        } catch {
            return
        }
        guard !chargeCounts(plain.device, u, share: 0.2) else { return }
        plain.integrator.reset(to: u, time: 0)
        active = plain
    }
}
