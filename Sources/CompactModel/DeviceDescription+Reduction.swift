import DeviceModel
import Essentials
import Simulation

/// A described device measured and reduced, with errors that name it.
extension DeviceDescription {
    /// Runs the campaign on the device and reduces what it measured to W, F and Lambda.
    ///
    /// - Throws: `InputError` naming the device where a run cannot reach its end or no synapse can be fitted.
    package func measured(
        options: SolverOptions = SolverOptions(), chargesElectrons: Bool = true, progress: ProgressHandler? = nil
    ) throws -> (characterisation: Characterisation, synapse: SynapseModel) {
        var campaign = Campaign(device, options: options)
        if !chargesElectrons { campaign.chargeThreshold = .infinity }
        campaign.drawsMechanism = chargesElectrons
        if chargesElectrons { campaign.extraDecays = campaign.decaysOfWeakerPulses }
        let result: Characterisation
        do {
            result = try campaign.run(progress: progress)
        } catch let failure as CampaignFailure {
            throw InputError(
                "device", value: name, problem: "cannot be measured: \(failure)",
                expected: "parameters with which every protocol but the forming scan reaches its end", source: path)
        }
        guard
            var synapse = SynapseModel(result, readVoltage: campaign.readVoltage, device: name, deviceDigest: digest)
        else {
            throw InputError(
                "device", value: name, problem: "shows no short-term weight that a power law and an exponential can describe",
                expected: "parameters with which every pulse of the map raises the conductance", source: path)
        }
        synapse.ambient = device.ambientTemperature
        return (result, synapse)
    }

    /// Makes the state model and tests both models on streams of pulses that no fit saw, and on `further` ones.
    ///
    /// - Throws: `InputError` naming the device where a stream cannot reach its end.
    package func reduced(
        to synapse: SynapseModel, further: [PulseStream] = [], seed: UInt64, progress: ProgressHandler? = nil
    ) throws -> (reduction: SynapseModel.Reduction, models: LumpedTraining.Models, tests: [StreamTest]) {
        let training = LumpedTraining(device)
        do {
            let starts = try training.states()
            let models = try training.models(from: starts, progress: progress)
            let tests = try StreamTest.run(
                StreamTest.streams(seed: seed, readVoltage: training.readVoltage) + further, training: training, from: starts,
                linear: synapse, state: models.state, progress: progress)
            return (SynapseModel.Reduction(seed: seed, tests), models, tests)
        } catch let stop as Trace.Stop {
            throw InputError(
                "device", value: name, problem: "cannot be tested on streams: \(stop.reason)",
                expected: "parameters with which pulses of 1.85 ... 3.6 V reach their end, or --no-streams", source: path)
        }
    }
}
