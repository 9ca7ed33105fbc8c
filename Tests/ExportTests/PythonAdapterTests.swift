import CompactModel
import Essentials
import Foundation
import TestSupport
import Testing

@testable import Export

/// Files for network simulators: their equations against the state model, and the Python against those equations.
@Suite struct PythonAdapterTests {
    static let numpy = PythonTool(importing: "numpy", variable: "TAUSONITE_PYTHON")
    static let aihwkit = PythonTool(importing: "aihwkit", variable: "TAUSONITE_AIHWKIT_PYTHON")
    static let crosssim = PythonTool(importing: "simulator.devices", variable: "TAUSONITE_CROSSSIM_PYTHON")
    static let torch = PythonTool(importing: "torch", variable: "TAUSONITE_TORCH_PYTHON")

    let choice = PythonAdapter.Choice(level: 0, bias: 0.6, pulse: .init(amplitude: 2.5, width: 100e-6))

    func written(_ tool: PythonAdapter.Tool) throws -> (text: String, rows: [CompactExport.Row]) {
        try PythonAdapter.device(tool, SetP.synapse(), SetP.lumps(), choice, module: "memristor", origin: SetP.origin())
    }

    /// The numbers that a script prints in the folder of the written file.
    func numbers(_ tool: PythonTool, _ file: String, _ script: String) throws -> [Double] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tausonite-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try AtomicFile.write(file, to: folder.appendingPathComponent("memristor.py").path)
        let ran = try tool.run(["-c", script], in: folder)
        #expect(ran.code == 0, "\(ran.out)")
        return ran.out.split(separator: "\n").last?.split(separator: " ").compactMap { Double($0) } ?? []
    }

    /// 1.0 % measured on pulses that the table was not made from.
    @Test func theDriftTableFollowsTheStateModel() throws {
        let (text, rows) = try written(.crosssim)
        #expect(rows.count == 4 && rows.allSatisfy { $0.error < 0.02 && $0.largest > 1e-8 }, "\(rows)")
        #expect(!text.contains("@@") && text.contains("300 K"))
    }

    /// One decay for small and large F: 17 % measured where pulses are rare, 7 % where every step has one.
    @Test func oneStepCurveAndOneDecayAreAnApproximation() throws {
        let (text, rows) = try written(.aihwkit)
        #expect(rows.map(\.error).max() ?? 1 < 0.2 && rows.map(\.error).min() ?? 0 > 0.02, "\(rows)")
        #expect(!text.contains("@@") && text.contains("torch 2.10"))
    }

    /// The file's own function beside the equations in Swift; CrossSim's base class is a stand-in with the same attributes.
    @Test(.enabled(if: numpy != nil, "no Python with numpy: make setup"))
    func crosssimsFileIsTheTable() throws {
        let level = try SetP.lumps().level(trains: 0)
        let adapter = DriftAdapter(try SetP.lumps(), level: level, bias: 0.6)
        let script = """
            import sys, types
            class EmptyDevice:
                def __init__(self, p): self.device_params = p
            for name in ("simulator", "simulator.devices", "simulator.devices.idevice"): sys.modules[name] = types.ModuleType(name)
            sys.modules["simulator.devices.idevice"].EmptyDevice = EmptyDevice
            import numpy as np, memristor as m
            d = m.TausoniteMemristor(types.SimpleNamespace(Rmin=1 / 52e-9))
            g = np.array([(m.W_NS + 5) / 52, (m.W_NS + 30) / 52, 0.01])
            out = [float(m.drifted(7.0, 3.0))] + [float(x) * 52 for x in d.drift_error(g, 10.0)] + [float(x) * 52 for x in d.read_noise(g)]
            print(*out)
            """
        let found = try numbers(try #require(Self.numpy), try written(.crosssim).text, script)
        let w = adapter.weight * 1e9
        let expected =
            [adapter.drifted(7e-9, after: 3) * 1e9] + [5, 30, 0].map { w + adapter.drifted($0 * 1e-9, after: 10) * 1e9 }
            + [w + 5, w + 30, 0.52]
        #expect(found.count == expected.count)
        for (a, b) in zip(found, expected) { #expect(abs(a - b) < 1e-6 * abs(b), "\(found) \(expected)") }
    }

    @Test(.enabled(if: crosssim != nil, "no Python with CrossSim: TAUSONITE_CROSSSIM_PYTHON names one"))
    func crosssimTakesTheDevice() throws {
        let script = """
            import memristor
            from simulator import CrossSimParameters
            from simulator.devices.device import Device
            p = CrossSimParameters()
            p.xbar.device.Rmin = 1 / 52e-9
            p.xbar.device.Rmax = 1 / (memristor.W_NS * 1e-9)
            for part in ("programming_error", "drift_error", "read_noise"):
                getattr(p.xbar.device, part).enable = True
                getattr(p.xbar.device, part).model = "TausoniteMemristor"
            Device.create_device(p.xbar.device)
            print(1)
            """
        #expect(try numbers(try #require(Self.crosssim), try written(.crosssim).text, script) == [1])
    }

    /// aihwkit itself, pulse by pulse, against the equations whose error is measured; and its pair takes negative changes.
    @Test(.enabled(if: aihwkit != nil, "no Python with aihwkit 1.1.0: TAUSONITE_AIHWKIT_PYTHON names one"))
    func aihwkitDoesTheSame() throws {
        let adapter = try StepAdapter(
            SetP.lumps(), level: SetP.lumps().level(trains: 0), synapse: SetP.synapse(), pulse: choice.pulse, bias: 0.6)
        let script = """
            import torch, memristor as m
            from aihwkit.simulator.configs import SingleRPUConfig, UnitCellRPUConfig, UpdateParameters
            from aihwkit.simulator.parameters.enums import PulseType
            from aihwkit.simulator.tiles import AnalogTile
            update = UpdateParameters(
                pulse_type=PulseType.DETERMINISTIC_IMPLICIT, desired_bl=1, update_management=False, update_bl_management=False)
            out = []
            for config, sign in ((SingleRPUConfig(device=m.device(), update=update), 1), (UnitCellRPUConfig(device=m.pair(), update=update), -1)):
                tile = AnalogTile(1, 1, config)
                tile.tile.set_learning_rate(1.0)
                tile.set_weights(torch.zeros(1, 1))
                for k in range(5):
                    tile.update(torch.ones(1, 1), -sign * torch.ones(1, 1))
                    out.append(float(tile.get_weights()[0][0, 0]) * m.TOP_NS)
                tile.tile.decay_weights(1.0)
                out.append(float(tile.get_weights()[0][0, 0]) * m.TOP_NS)
            print(*out)
            """
        let found = try numbers(try #require(Self.aihwkit), try written(.aihwkit).text, script)
        var (f, expected) = (0.0, [Double]())
        for _ in 0..<5 {
            f = adapter.pulsed(f)
            expected.append(f * 1e9)
        }
        expected.append(f * adapter.lambda * 1e9)
        #expect(found.count == 12)
        for (a, b) in zip(found, expected + expected.map { -$0 }) { #expect(abs(a - b) < 1e-5 * abs(b), "\(found)") }
    }

    @Test func badChoicesAreRefused() throws {
        func key(_ change: (inout PythonAdapter.Choice) -> Void, _ tool: PythonAdapter.Tool = .aihwkit) throws -> String? {
            var choice = choice
            change(&choice)
            return #expect(throws: InputError.self) {
                try PythonAdapter.device(tool, SetP.synapse(), SetP.lumps(), choice, module: "m", origin: SetP.origin())
            }?.key
        }
        #expect(try key { $0.bias = 0.9 } == "--bias")
        #expect(try key { $0.bias = 0.55 } == "--bias")
        #expect(try key { $0.level = 9 } == "--level")
        #expect(try key { $0.pulse.amplitude = 5 } == "--pulse")
    }

    /// The state model holds one ambient temperature; another is refused and the header says which it is.
    @Test func otherTemperaturesAreRefused() throws {
        var export = try SetP.state()
        #expect(try export.text(.spice).contains("ambient 300 K alone"))
        export.ambient = 300
        #expect(try export.text(.verilogA).contains("ambient 300 K alone"))
        export.ambient = 350
        let error = #expect(throws: InputError.self) { try export.text(.spice) }
        #expect(error?.key == "--ambient" && error?.expected?.contains("300 K") == true)
        #expect(try SetP.linear().text(.spice).contains("ambient temperature: that of the device file"))
    }
}
