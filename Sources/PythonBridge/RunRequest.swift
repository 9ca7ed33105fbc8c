import DeviceModel
import Essentials
import Protocols
import Simulation

/// What a caller wants to be run: sentences or a protocol file, and what is kept of it.
struct RunRequest: Decodable {
    var sentences: [String]
    /// A protocol file, instead of sentences.
    var path: String?
    var base_state: Bool?
    var read_voltage: String?
    var record: String
    var profiles: String?
    var electrons: String?

    func experiment(isFromState: Bool) throws -> Experiment {
        var experiment = try path.map { try Experiment.load(path: $0) } ?? Experiment(sentences: sentences)
        if isFromState { experiment.startsFromBaseState = false }
        if let read_voltage { experiment.readVoltage = try Quantity.si(read_voltage, as: .voltage, key: "read_voltage") }
        if let base_state {
            guard !base_state || !isFromState else {
                throw InputError(
                    "base_state", problem: "would lose the state that the run begins from", expected: "one of the two")
            }
            experiment.startsFromBaseState = base_state
        }
        return try Experiment(
            name: experiment.name, steps: experiment.steps, readVoltage: experiment.readVoltage,
            startsFromBaseState: experiment.startsFromBaseState)
    }

    /// Runs the device as `tausonite simulate` does, to the same bits.
    func run(_ given: DeviceDescription, from start: StateFile?, _ task: RunningTask?) throws -> Run {
        var description = given
        if let electrons {
            guard let law = Device.ElectronModel(rawValue: electrons) else {
                throw InputError(
                    "electrons", value: electrons, problem: "is not a law of electrons",
                    expected: Device.ElectronModel.allCases.map(\.rawValue).joined(separator: " or "))
            }
            description.electrons = law
        }
        let experiment = try experiment(isFromState: start != nil)
        let recording = try Recording(record, key: "record")
        let request = try profiles.map { try ProfileRequest($0, key: "profiles") }
        try request?.checkFits(experiment, key: "profiles")
        let assembled = try AssembledDevice(description.device)
        try start?.state.checkFits(assembled, source: "start")
        let simulator = DeviceSimulator(assembled, readVoltage: experiment.readVoltage)
        if let task { simulator.isCancelled = { task.isCancelled } }
        if let start { simulator.state = start.state }
        if experiment.startsFromBaseState { try simulator.run(Experiment.baseStateSteps) }
        let total = Double(max(1, experiment.segmentCount))
        var done = 0.0
        let trace = simulator.run(experiment.waveform, recording: recording, profiles: request) { _ in
            done += 1
            task?.show(min(done / total, 1))
        }
        return Run(
            trace: trace, description: description, experiment: experiment, start: start?.state, end: simulator.state,
            missed: trace.stopped == nil ? simulator.missedProfiles : [])
    }
}

/// A run that was made, and everything to say about it.
struct Run: Sendable {
    var trace: Trace
    var description: DeviceDescription
    var experiment: Experiment
    var start: DeviceState?
    /// The state at the end.
    var end: DeviceState
    /// Profiles that the protocol did not come to.
    var missed: [String]

    func stateFile(_ state: DeviceState) -> StateFile {
        StateFile(
            device: description.name, deviceDigest: description.digest, deviceFile: description.yaml, state: state)
    }

    var record: RunRecord {
        RunRecord(
            trace, device: description.name, deviceDigest: description.digest, deviceFile: description.yaml,
            experiment: experiment.yaml, solver: SolverOptions(), readVoltage: experiment.readVoltage,
            references: description.device.references, start: start)
    }
}
