import DeviceModel
import Foundation
import Protocols

/// Runs of several threads, each with a device of its own, made together in SIMD lanes.
///
/// Every thread works through its measurements as if alone. A run of its `DeviceSimulator` waits until all others have come to a run or are
/// done; then all are made at once (`EnsembleSimulator`), and each goes on with its trace and state. One thread works at a time: the
/// threads stand for devices, not for cores, and what comes out hangs on the devices alone. Where runs differ in their corners, recording
/// or structure each is made alone.
public final class Lockstep: @unchecked Sendable {
    /// One thread's place.
    public struct Seat: Sendable {
        let owner: Lockstep
        /// Its number, from 0.
        public let index: Int

        /// Lets a simulator's runs be made together with those of the other seats.
        public func take(_ simulator: DeviceSimulator) {
            let (owner, index) = (owner, index)
            simulator.together = { owner.run($0, $1, $2, $3, seat: index) }
        }
    }

    private struct Request {
        let simulator: DeviceSimulator
        let waveform: Waveform
        let recording: Recording
        let readsSamples: Bool
    }

    private let condition = NSCondition()
    private var members: Set<Int>
    private var requests: [Int: Request] = [:]
    private var answers: [Int: Trace] = [:]
    private var isWorking = false
    /// The last devices that ran together, with their lanes.
    private var lanes: (devices: [ObjectIdentifier], ensemble: EnsembleSimulator)?

    private init(_ count: Int) { members = Set(0..<count) }

    /// Calls `body` once a seat, each on a thread of its own; results in the order of the seats.
    public static func map<Result: Sendable>(_ count: Int, _ body: @escaping @Sendable (Seat) -> Result) -> [Result] {
        let table = Lockstep(count)
        nonisolated(unsafe) var results = [Result?](repeating: nil, count: count)
        let done = DispatchGroup()
        for index in 0..<count {
            done.enter()
            let thread = Thread {
                table.sit()
                let result = body(Seat(owner: table, index: index))
                results[index] = result
                table.leave(index)
                done.leave()
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
        done.wait()
        return results.compactMap { $0 }
    }

    private func sit() {
        condition.lock()
        while isWorking { condition.wait() }
        isWorking = true
        condition.unlock()
    }

    private func leave(_ seat: Int) {
        condition.lock()
        members.remove(seat)
        serve()
        isWorking = false
        condition.broadcast()
        condition.unlock()
    }

    private func run(
        _ simulator: DeviceSimulator, _ waveform: Waveform, _ recording: Recording, _ readsSamples: Bool, seat: Int
    ) -> Trace {
        condition.lock()
        defer { condition.unlock() }
        requests[seat] = Request(simulator: simulator, waveform: waveform, recording: recording, readsSamples: readsSamples)
        serve()
        isWorking = false
        condition.broadcast()
        while true {
            if !isWorking, let trace = answers.removeValue(forKey: seat) {
                isWorking = true
                return trace
            }
            condition.wait()
        }
    }

    /// Makes the runs that everybody waits for.
    private func serve() {
        guard !requests.isEmpty, requests.count == members.count else { return }
        let seats = requests.keys.sorted()
        let all = seats.compactMap { requests[$0] }
        requests = [:]
        let lead = all[0]
        let isAlike = all.allSatisfy {
            $0.recording == lead.recording && $0.readsSamples == lead.readsSamples
                && $0.simulator.readVoltage == lead.simulator.readVoltage
                && $0.simulator.chargeThreshold == lead.simulator.chargeThreshold
        }
        guard isAlike, all.count >= EnsembleSimulator.smallestGroup else {
            for (seat, one) in zip(seats, all) {
                answers[seat] = one.simulator.runAlone(one.waveform, recording: one.recording, readsSamples: one.readsSamples)
            }
            return
        }
        let devices = all.map(\.simulator.device)
        let ensemble = self.ensemble(devices, lead.simulator)
        ensemble.states = all.map(\.simulator.state)
        let traces = ensemble.run(all.map(\.waveform), recording: lead.recording, readsSamples: lead.readsSamples)
        for ((seat, one), (trace, state)) in zip(zip(seats, all), zip(traces, ensemble.states)) {
            one.simulator.state = state
            answers[seat] = trace
        }
    }

    private func ensemble(_ devices: [AssembledDevice], _ lead: DeviceSimulator) -> EnsembleSimulator {
        let names = devices.map { ObjectIdentifier($0) }
        if let lanes, lanes.devices == names, lanes.ensemble.readVoltage == lead.readVoltage {
            lanes.ensemble.chargeThreshold = lead.chargeThreshold
            return lanes.ensemble
        }
        let ensemble = EnsembleSimulator(devices, readVoltage: lead.readVoltage)
        ensemble.chargeThreshold = lead.chargeThreshold
        lanes = (names, ensemble)
        return ensemble
    }
}
