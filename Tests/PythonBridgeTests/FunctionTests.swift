import Calibration
import CompactModel
import DeviceModel
import Essentials
import Foundation
import Protocols
import Simulation
import Tausonite
import TestSupport
import Testing

@testable import PythonBridge

/// The exported functions as a caller in another language has them: pointers in, pointers out.
@Suite struct FunctionTests {
    /// What a handle says, once it is known not to hold a failure.
    private func text(_ handle: UnsafeRawPointer?) throws -> String {
        let failure = tausoniteFailure(handle).map { String(cString: $0) }
        #expect(failure == nil)
        return try #require(tausoniteText(handle).map { String(cString: $0) })
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func column(_ handle: UnsafeRawPointer?, _ name: String) -> [Double]? {
        var place: UnsafePointer<Double>?
        let count = tausoniteColumn(handle, name, &place)
        return count < 0 ? nil : Array(UnsafeBufferPointer(start: place, count: Int(count)))
    }

    @Test func aRunIsThatOfTheLibrary() throws {
        let device = tausoniteDevice("set P", nil, "")
        defer { tausoniteRelease(device) }
        #expect(try object(text(device))["name"] as? String == "set P")
        let request = #"{"sentences": ["Pulse 3 V for 100 us; Hold 0.6 V for 2 ms"], "record": "all", "profiles": "0 s"}"#
        let run = tausoniteSimulate(device, nil, request, nil)
        defer { tausoniteRelease(run) }
        let head = try object(text(run))

        let simulator = try DeviceSimulator(DeviceDescription.setP.device)
        try simulator.run(Experiment.baseStateSteps)
        let experiment = try Experiment(sentences: ["Pulse 3 V for 100 us; Hold 0.6 V for 2 ms"])
        let trace = simulator.run(experiment.waveform, profiles: try ProfileRequest("0 s"))
        #expect(head["samples"] as? [String] == Trace.columns)
        #expect(column(run, "samples/time_s") == trace.samples.map(\.time))
        #expect(column(run, "samples/conductance_nS") == trace.samples.map { $0.conductance * 1e9 })
        #expect(column(run, "samples/pulse") == trace.samples.map { Double($0.pulse) })
        #expect(column(run, "pulses/energy_pJ") == trace.pulses.map { $0.energy * 1e12 })
        #expect(column(run, "profiles/0/nodes/psi_V") == trace.profiles[0].inside.potential)
        #expect(column(run, "profiles/0/edges/field_V_per_m") == trace.profiles[0].inside.field)
        #expect(column(run, "samples/nothing") == nil && column(run, "reads/time_s") == [])
        let end = tausoniteStateOf(run, "")
        defer { tausoniteRelease(end) }
        #expect(column(end, "unknowns") == simulator.state.unknowns)
        let csv = tausoniteDescribe(run, "csv")
        defer { tausoniteRelease(csv) }
        #expect(try text(csv) == trace.csv)
    }

    /// Wrong handles, missing texts and JSON that is none are errors, never traps.
    @Test func whatIsNotThereIsAnError() throws {
        let device = tausoniteDevice("set P", nil, "")
        let state = tausoniteState("/nowhere")
        let broken = [
            tausoniteDevice(nil, nil, nil), tausoniteDevice("set X", nil, nil), tausoniteDevice("x", "name: [", nil), state,
            tausoniteDeviceWith(nil, "[]"), tausoniteDeviceWith(device, "{"), tausoniteDeviceWith(device, #"["area"]"#),
            tausoniteSimulate(device, nil, nil, nil),
            tausoniteSimulate(device, state, #"{"sentences": [], "record": "all"}"#, nil),
            tausoniteSimulate(nil, nil, #"{"sentences": ["Hold 1 V for 1 s"], "record": "all"}"#, nil),
            tausoniteStateOf(device, ""),
            tausoniteExtract(device, "{}", nil), tausoniteSynapse(nil), tausoniteSynapseOfTables("{}"),
            tausoniteSynapseValues(device, "step", nil, nil, 3), tausoniteDescribe(device, "csv"),
            tausoniteDescribe(nil, "yaml"),
            tausoniteWrite(device, "yaml", ""),
        ]
        for handle in broken {
            let failure = try #require(tausoniteFailure(handle).map { String(cString: $0) })
            let known = try object(failure)
            #expect((known["message"] as? String)?.isEmpty == false && ["input", "other"].contains(known["kind"] as? String))
            tausoniteRelease(handle)
        }
        #expect(tausoniteText(nil) == nil && tausoniteFailure(nil) == nil && tausoniteColumn(device, nil, nil) == -1)
        tausoniteRelease(nil)
        tausoniteRelease(device)
    }

    @Test func aTaskEndsARunAndTellsHowFarItIs() throws {
        let device = tausoniteDevice("set P", nil, "")
        let task = tausoniteTask()
        defer {
            tausoniteRelease(device)
            tausoniteRelease(task)
        }
        let whole = tausoniteSimulate(device, nil, #"{"sentences": ["Hold 0.6 V for 1 s"], "record": "all"}"#, task)
        tausoniteRelease(whole)
        #expect(tausoniteProgress(task) == 1)
        tausoniteCancel(task)
        // Asked before the protocol began: the way to the base state ends, and there is no trace.
        let cut = tausoniteSimulate(device, nil, #"{"sentences": ["Hold 0.6 V for 1 s"], "record": "all"}"#, task)
        let failure = try #require(tausoniteFailure(cut).map { String(cString: $0) })
        #expect(try object(failure)["kind"] as? String == "stopped" && failure.contains("interrupted"))
        tausoniteRelease(cut)
        let fresh = tausoniteSimulate(
            device, nil, #"{"sentences": ["Hold 0.6 V for 1 s"], "record": "all", "base_state": false}"#, task)
        let stopped = try #require(try object(text(fresh))["stopped"] as? [String: Any])
        #expect(stopped["is_interrupted"] as? Bool == true && stopped["is_electroforming"] as? Bool == false)
        tausoniteRelease(fresh)
    }
}
