import DeviceModel
import FiniteVolume
import LinearAlgebra

/// One way of solving a device, electrons quasi-stationary or with their charge, and its integrator.
final class SolverPath {
    let device: AssembledDevice
    let integrator: AdaptiveIntegrator<AssembledDevice>
    /// A state between two steps.
    let between: RealStorage

    init(_ device: AssembledDevice, initial: [Double]) {
        self.device = device
        var settings = AdaptiveIntegrator<AssembledDevice>.Options()
        settings.maximumOrder = device.options.maximumOrder
        settings.stepBudget = device.options.stepBudget
        integrator = AdaptiveIntegrator(system: device, initial: initial, options: settings)
        between = RealStorage(count: device.unknowns)
    }

    /// What the device does at `u` at its present voltage and temperature; `current` (A) where it is known.
    func moment(_ u: Row, current: Double? = nil) -> PulseAccount.Moment {
        let current = current ?? device.electronCurrent(u)
        return PulseAccount.Moment(power: device.voltage * current, current: current, temperature: device.temperature)
    }

    /// Calls `look` with the state at `moment` inside the last step and its current (A), heat in balance there; the device is put back
    /// afterwards.
    func look<Result>(at moment: Double, now time: Double, _ look: (Row, Double) -> Result) -> Result {
        let temperature = device.temperature
        integrator.interpolate(at: moment, into: between.row)
        device.prepare(time: moment)
        let current: Double
        do {
            try device.settleHeat(between.row)
            current = device.recentCurrent(between.row)
        } catch {
            // A balance without a root between two steps that have one: the temperature stays.
            current = device.electronCurrent(between.row)
        }
        let result = look(between.row, current)
        device.prepare(time: time)
        device.restore(temperature: temperature, voltage: device.voltage)
        return result
    }
}
