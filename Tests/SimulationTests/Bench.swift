import DeviceModel
import Protocols
import Simulation

/// Devices at the start of the paper's figures.
enum Bench {
    static func parameters(_ set: String) -> DeviceParameters {
        var p = DeviceParameters()
        guard set == "set-d" else { return p }
        // Set D, Docs/device-model.md, end of section 4.
        p.donorDensity = 1e25
        p.platinumBarrier = 0.99389
        p.redoxPotential = -0.031658
        p.compactCapacitance = 0.33706
        p.area = 1.86733e-15
        p.forwardHopRate = 1670.3
        p.hopActivation = 0
        p.backwardHopVelocity = 2.43160e-12
        p.hopFieldLength = 2.02212e-9
        p.vacancyDiffusivity = 3.05340e-18
        p.oxygenLossRate = 3.25844e-21
        p.oxygenReturnRate = 5.20261e-5
        p.thermalResistance = 1.95e6
        return p
    }

    /// A device after 1e3 s at 0 V and 300 s at 0.6 V.
    ///
    /// `chargeThreshold`: infinite for references that leave the electrons' charge out.
    static func base(
        _ parameters: DeviceParameters = DeviceParameters(), options: SolverOptions = SolverOptions(),
        chargeThreshold: Double = 0.025
    ) throws -> DeviceSimulator {
        let simulator = DeviceSimulator(parameters, options: options)
        simulator.chargeThreshold = chargeThreshold
        try simulator.run(Experiment.baseStateSteps)
        return simulator
    }
}
