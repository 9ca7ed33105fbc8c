import Calibration
import CompactModel
import DeviceModel
import Essentials
import Foundation
import NeuralNetwork
import Pong
import Protocols
import Simulation

/// One reader of other people's bytes, and what it owes for those that it takes.
struct Reader: Sendable {
    /// Bytes that are no UTF-8: refused before any reader of texts sees them (`AtomicFile.text`).
    struct NotText: Error {}

    let name: String
    /// Most bytes of an input.
    let longest: Int
    let read: @Sendable (Data) throws -> Void

    static let all: [Reader] = [
        Reader(name: "sentence", longest: 400, read: sentence), Reader(name: "yaml", longest: 1000, read: yaml),
        Reader(name: "protocol", longest: 1000, read: experiment), Reader(name: "device", longest: 12_000, read: device),
        Reader(name: "synapse", longest: 6_000, read: synapse), Reader(name: "training", longest: 1000, read: training),
        Reader(name: "safetensors", longest: 2000, read: tensors), Reader(name: "state", longest: 3000, read: state),
        Reader(name: "fit", longest: 3000, read: fit), Reader(name: "csv", longest: 1000, read: table),
        Reader(name: "measured", longest: 1000, read: measured),
    ]

    static func text(_ data: Data) throws -> String {
        guard let text = String(validating: data, as: UTF8.self) else { throw NotText() }
        return text
    }

    /// Sentences that were taken read back, as a file, as the same steps.
    @Sendable static func sentence(_ data: Data) throws {
        let text = try text(data)
        let steps = try Step.parse(text, folder: "/nonexistent")
        try readsBack(Experiment(steps: steps))
    }

    /// Any text in quotes reads back as itself, and a document is read or refused.
    @Sendable static func yaml(_ data: Data) throws {
        let text = try text(data)
        let quoted = try YAML(parsing: "key: " + YAML.quoted(text) + "\n", source: "quoted").required("key").string()
        precondition(quoted.unicodeScalars.elementsEqual(text.unicodeScalars), "a quoted text is another when it is read back")
        _ = try YAML(parsing: text, source: "text")
    }

    @Sendable static func experiment(_ data: Data) throws {
        try readsBack(Experiment(yaml: YAML(parsing: try text(data), source: "/nonexistent/protocol.yaml")))
    }

    private static func readsBack(_ experiment: Experiment) throws {
        let again = try? Experiment(yaml: YAML(parsing: experiment.yaml, source: "/nonexistent/again.yaml"))
        precondition(again == experiment, "a protocol is another when it is read back: \(experiment.yaml)")
        precondition(experiment.duration.isFinite && experiment.duration >= 0, "a protocol lasts \(experiment.duration) s")
    }

    /// A device that was taken is written as a file that is taken.
    @Sendable static func device(_ data: Data) throws {
        let device = try DeviceDescription(yaml: try text(data), path: materials + "/x.yaml")
        do {
            _ = try DeviceDescription(yaml: device.yaml, path: materials + "/again.yaml")
        } catch {
            fatalError("a device is refused when it is read back: \(error)\n\(device.yaml)")
        }
    }

    private static let materials = FileManager.default.currentDirectoryPath + "/Materials"

    /// A synapse that was taken is written as a file that is taken.
    @Sendable static func synapse(_ data: Data) throws {
        _ = try text(data)
        let synapse = try SynapseModel.load(path: MemoryFile.path(data))
        do {
            _ = try SynapseModel.load(path: MemoryFile.path(Data(synapse.yaml.utf8)))
        } catch {
            fatalError("a synapse is refused when it is read back: \(error)\n\(synapse.yaml)")
        }
    }

    @Sendable static func training(_ data: Data) throws {
        let configuration = try TrainingConfiguration(parsing: try text(data), source: "training.yaml")
        do {
            _ = try TrainingConfiguration(parsing: configuration.text, source: "again.yaml")
        } catch {
            fatalError("a training is refused when it is read back: \(error)\n\(configuration.text)")
        }
    }

    /// Tensors that were taken are written as the same tensors; an agent among them is finite.
    @Sendable static func tensors(_ data: Data) throws {
        let file = try Safetensors(data: data, source: "file")
        let again = try Safetensors(data: file.data(), source: "file")
        precondition(again == file, "tensors are others when they are read back")
        _ = try ActorCriticParameters(file)
    }

    /// Side files of a run: its state, its record, and a state model.
    @Sendable static func state(_ data: Data) throws {
        if let record = try? JSONDecoder().decode(RunRecord.self, from: data) {
            _ = try Experiment(yaml: YAML(parsing: record.experiment, source: "/nonexistent/record.json"))
        }
        if (try? LumpedDevice.load(path: MemoryFile.path(data))) != nil { return }
        let file = try StateFile.load(path: MemoryFile.path(data))
        precondition(file.state.unknowns.allSatisfy(\.isFinite))
        if let cut = file.cut { _ = cut.checkpoint.time }
    }

    private static let calibration: Calibration = {
        do {
            var targets = CalibrationTargets()
            let cells = "amplitude_V,width_us,delta_F_nS\n2,100,2.8\n3,100,9.7\n"
            try targets.addCells(csv: cells, source: "cells.csv", sigma: 0.05)
            let device = try DeviceDescription.load(path: materials + "/pt-sto-ti-store.yaml")
            return Calibration(
                try CalibrationProblem(device: device, targets: targets, free: ["forward_hop_rate", "redox_potential"]))
        } catch {
            fatalError("\(error)")
        }
    }()

    private static let fingerprint = calibration.fingerprint

    /// The word FINGERPRINT stands for that of the calibration, so that a corpus outlives a change of the device.
    @Sendable static func fit(_ data: Data) throws {
        let text = try text(data).replacingOccurrences(of: "FINGERPRINT", with: fingerprint)
        let state = try Calibration.State.load(path: MemoryFile.path(Data(text.utf8)), for: calibration)
        precondition(state.point.allSatisfy(\.isFinite) && state.cost.isFinite && state.iterations >= 0)
        _ = try state.json()
    }

    /// A table that was taken is written as the same table.
    @Sendable static func table(_ data: Data) throws {
        let text = try text(data)
        _ = try? Table(csv: text, source: "log.csv", dropsCutRow: true)
        let table = try Table(csv: text, source: "table.csv")
        for row in table.rows.prefix(3) {
            for column in table.columns {
                if let value = try? row.number(column) { precondition(value.isFinite) }
                _ = try? row.integer(column, in: 0...Int.max)
            }
        }
        _ = table.csv
    }

    @Sendable static func measured(_ data: Data) throws {
        let experiment = try Experiment(sentences: ["Pulse 3 V for 100 us", "Hold 0.6 V for 1 s"])
        var measured = MeasuredData(sigma: 0.05)
        try measured.add(csv: try text(data), source: "measured.csv", experiment: experiment)
    }
}

/// A file that is nowhere on a disk, for readers that take a path.
enum MemoryFile {
    private static let descriptor: Int32 = {
        var name = Array("/dev/shm/fuzzers-XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        unlink(name)
        return descriptor
    }()

    static func path(_ data: Data) -> String {
        _ = data.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        ftruncate(descriptor, data.count)
        return "/proc/self/fd/\(descriptor)"
    }
}
