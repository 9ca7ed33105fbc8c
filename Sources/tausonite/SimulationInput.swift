import DeviceModel
import Essentials
import Foundation
import Protocols
import Simulation

/// The device, the experiment and the state that the options of `tausonite simulate` name.
struct SimulationInput {
    private(set) var description: DeviceDescription
    private(set) var experiment: Experiment
    private(set) var start: DeviceState?
    private(set) var cut: StateFile.Cut?
    /// SHA-256 and text of the device file as they are written down: those of the file that the device was read from.
    private(set) var written: (digest: String, file: String)

    init(_ options: Simulate) throws {
        var own: (digest: String, file: String)?
        if let path = options.again {
            guard let record = try? JSONDecoder().decode(RunRecord.self, from: AtomicFile.read(path)) else {
                throw InputError(
                    path, problem: "is not the side file of a trace",
                    expected: "a .json file that simulate wrote beside its trace")
            }
            description = try DeviceDescription(yaml: record.deviceFile, path: path).setting(options.device.overrides)
            // The same device under the same digest, though it is read from what the side file holds of it.
            if options.device.overrides.isEmpty { own = (record.deviceDigest, record.deviceFile) }
            experiment = try Experiment(yaml: YAML(parsing: record.experiment, source: path))
            experiment.steps += try Self.steps(options)
            start = record.start
        } else if let path = options.fromState {
            let file = try StateFile.load(path: path)
            description = try options.device.load(from: path)
            let further = try Self.steps(options)
            if let file = options.protocolFile {
                experiment = try Experiment.load(path: file)
            } else if !further.isEmpty {
                experiment = try Experiment(name: "command line", steps: further)
            } else {
                guard let left = file.cut else {
                    throw InputError(
                        path, problem: "holds no run that was cut", expected: "sentences or --protocol beside it")
                }
                guard options.profiles == nil, options.readVoltage == nil, options.baseState == nil, options.record == "all"
                else {
                    throw InputError(
                        path, problem: "goes on with a run that was cut, which keeps its own settings",
                        expected: "no --profiles, --read-voltage, --record or --base-state")
                }
                cut = left
                experiment = try Experiment(yaml: YAML(parsing: left.experiment, source: path))
            }
            if cut != nil, options.device.overrides.isEmpty, options.device.device == DeviceOptions.standard {
                own = (file.deviceDigest, file.deviceFile)
            }
            if cut == nil {
                start = file.state
                experiment.startsFromBaseState = false
            }
        } else {
            description = try options.device.load()
            experiment =
                try options.protocolFile.map { try Experiment.load(path: $0) }
                ?? Experiment(name: "command line", steps: Self.steps(options))
        }
        if let electrons = options.electrons {
            description.electrons = electrons
            own = nil
        }
        written = own ?? (description.digest, description.yaml)
        if let readVoltage = options.readVoltage {
            experiment.readVoltage = try Quantity.si(readVoltage, as: .voltage, key: "--read-voltage")
        }
        if let baseState = options.baseState {
            guard !baseState || start == nil else {
                throw InputError(
                    "--base-state", problem: "would lose the state that the run begins from", expected: "one of the two")
            }
            experiment.startsFromBaseState = baseState
        }
        experiment = try Experiment(
            name: experiment.name, steps: experiment.steps, readVoltage: experiment.readVoltage,
            startsFromBaseState: experiment.startsFromBaseState)
    }

    /// The steps of the command line: the waveform of a file first, then the sentences.
    private static func steps(_ options: Simulate) throws(InputError) -> [Step] {
        var sentences = options.sentences
        if let waveform = options.waveform { sentences.insert("Waveform \"\(waveform)\"", at: 0) }
        guard !sentences.isEmpty else { return [] }
        return try Experiment(name: "command line", sentences: sentences).steps
    }
}
