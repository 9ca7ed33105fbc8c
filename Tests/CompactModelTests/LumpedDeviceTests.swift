import DeviceModel
import Essentials
import Foundation
import Protocols
import Simulation
import TestSupport
import Testing

@testable import CompactModel

/// The state model of set T, made once for all tests: the fastest of the shipped devices.
private enum Reduced {
    static let device = Result<(training: LumpedTraining, model: LumpedDevice), any Error> {
        let description = try DeviceDescription.load(path: Repository.path("Materials/pt-sto-ti-store.yaml"))
        let training = LumpedTraining(description.device)
        return (training, try training.model())
    }
}

@Suite("The state model")
struct LumpedDeviceTests {
    let training: LumpedTraining
    let model: LumpedDevice

    init() throws { (training, model) = try Reduced.device.get() }

    /// Limits: twice what was measured (Docs/synapse.md); W/F/Lambda is wrong by half and more on the same streams.
    @Test("follows the device on streams that neither the fit nor the choice of its lumps saw")
    func streams() throws {
        let tests = try StreamTest.run(
            StreamTest.streams(seed: 77, levels: [0, 3]), training: training, linear: try LumpedSurfaceTests.synapse(),
            state: model)
        #expect(tests.count == 8)
        for test in tests {
            #expect(test.state.relative < 0.05, "\(test.name), \(test.level) trains: \(test.state)")
            #expect(abs(test.state.energy) < 0.01 && test.clipped == 0, "\(test.name): \(test.state)")
        }
        let mixed = try #require(tests.first { $0.name == "mixed" && $0.level == 0 })
        #expect(mixed.linear.relative > 0.3 && mixed.state.relative < 0.02)
        #expect(mixed.moments.count == 80)
    }

    /// Set P, whose decay is carried by transport from lump to lump. Asked for: 3 % at one bias, 5 % over changing ones.
    @Test("follows the default device")
    func defaultDevice() throws {
        let description = try DeviceDescription.load(path: Repository.path("Materials/pt-sto-ti.yaml"))
        var training = LumpedTraining(description.device)
        training.levels = [2]
        training.lumps = [5]
        let starts = try training.states()
        let models = try training.models(from: starts)
        let (model, cell) = (models.state, try #require(models.cell))
        #expect(model.lumpCount == 5 && cell.lumpCount == 2)
        let (streams, linear) = (StreamTest.streams(seed: 78, levels: [0, 2]), try LumpedSurfaceTests.synapse())
        let tests = try StreamTest.run(streams, training: training, from: starts, linear: linear, state: model)
        // On two lumps, as networks have it.
        for test in try StreamTest.run(streams, training: training, from: starts, linear: linear, state: cell) {
            #expect(test.state.relative < 0.04 && test.clipped == 0, "\(test.name), \(test.level) trains: \(test.state)")
            #expect(abs(test.state.energy) < 0.005, "\(test.name): \(test.state)")
        }
        for test in tests {
            #expect(test.state.relative < 0.02, "\(test.name), \(test.level) trains: \(test.state)")
            #expect(abs(test.state.energy) < 0.005, "\(test.name): \(test.state)")
        }
    }

    @Test("a hold in two parts ends where the whole one does, and takes the same energy")
    func parts() throws {
        var whole = LumpedRun(model, from: model.levels[0].state)
        whole.pulse(3, for: 200e-6)
        var halves = whole
        whole.hold(0.3, for: 4)
        halves.hold(0.3, for: 1.5)
        halves.hold(0.3, for: 2.5)
        #expect(abs(whole.conductance / halves.conductance - 1) < 2e-3)
        #expect(abs(whole.energy / halves.energy - 1) < 2e-3)
        #expect(whole.clipped == 0 && !whole.isLost)
    }

    @Test("says that it was asked beyond what it was fitted to")
    func range() {
        var run = LumpedRun(model, from: model.levels[0].state)
        run.pulse(model.pulseRange.upperBound + 0.5, for: 20e-6)
        #expect(run.clipped > 0)
        run.hold(-1.2, for: 0.1)
        #expect(run.clipped > 1 && run.conductance.isFinite)
    }

    @Test("its levels are the device's: W rises from train to train")
    func levels() throws {
        #expect(model.levels.map(\.trains) == Array(0...6))
        #expect(zip(model.levels, model.levels.dropFirst()).allSatisfy { $0.conductance < $1.conductance })
        for level in model.levels { #expect(abs(model.conductance(level.state) / level.conductance - 1) < 5e-3) }
        #expect(model.level(near: model.levels[3].conductance)?.trains == 3)
    }

    @Test("its file reads back; a damaged one is refused")
    func file() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("s.state.json").path
        let text = try model.json(device: "set T", digest: "ab12")
        try AtomicFile.write(text, to: path)
        #expect(try LumpedDevice.load(path: path) == model)
        let damages = [
            ("tausonite-state-1", "other"), ("\"scale\":", "\"scales\":"), ("\"coefficients\":[", "\"coefficients\":[1,"),
        ]
        for (from, to) in damages {
            #expect(text.contains(from))
            try AtomicFile.write(text.replacingOccurrences(of: from, with: to), to: path)
            let error = #expect(throws: InputError.self) { try LumpedDevice.load(path: path) }
            #expect(error?.description.contains("s.state.json") == true)
        }
    }

    @Test("what a synapse says of its reduction is read back from its file")
    func reduction() throws {
        var synapse = try LumpedSurfaceTests.synapse()
        let stream = PulseStream(name: "mixed, changing bias", seed: 5, count: 6, ranges: .paper, biases: [0, 0.6])
        let tests = try StreamTest.run([stream], training: training, linear: synapse, state: model)
        synapse.reduction = SynapseModel.Reduction(seed: 5, tests)
        let read = try SynapseModel(YAML(parsing: synapse.yaml, source: "synapse.yaml"))
        #expect(read.yaml == synapse.yaml)
        #expect(read.reduction?.seed == 5 && read.reduction?.streams.map(\.name) == ["mixed, changing bias"])
        let errors = try #require(read.reduction?.stateErrors)
        #expect(errors.oneBias == nil)
        #expect(abs((errors.changingBias ?? 0) / tests[0].state.relative - 1) < 1e-5)
        #expect(try synapse.json().contains("\"reduction\""))
        let bad = synapse.yaml.replacingOccurrences(of: "row: [0, ", with: "row: [")
        let error = #expect(throws: InputError.self) { try SynapseModel(YAML(parsing: bad, source: "synapse.yaml")) }
        #expect(error?.description.contains("12 numbers") == true)
    }

    /// At 312 K, between the two temperatures that were sampled.
    @Test("between two ambient temperatures it follows the device")
    func ambient() throws {
        var training = training
        training.ambients = [300, 325]
        training.levels = []
        training.lumps = [3]
        let model = try training.model()
        let simulator = try training.simulator()
        simulator.state = try training.states(ambient: 312)[0]
        let start = try simulator.read()
        let stream = PulseStream(name: "mixed", seed: 8, count: 12, ranges: .paper, biases: [0.6])
        var run = LumpedRun(model, from: model.levels[0].state, ambient: 312)
        // The model's base state is that of 300 K: let it settle as the device did.
        run.hold(0, for: 1000)
        run.hold(0.6, for: 300)
        let base = run.conductance
        #expect(abs(base / start - 1) < 0.02)
        var (misses, squares) = (0.0, 0.0)
        for e in stream.events {
            try simulator.run([.pulse(amplitude: e.amplitude, width: e.width), .hold(voltage: e.bias, duration: e.hold)])
            run.pulse(e.amplitude, for: e.width)
            run.hold(e.bias, for: e.hold)
            let f = try simulator.read() - start
            misses += pow(run.conductance - base - f, 2)
            squares += f * f
        }
        #expect((misses / squares).squareRoot() < 0.05)
    }
}
