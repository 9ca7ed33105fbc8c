import DeviceModel
import FiniteVolume
import Protocols

/// Runs many devices through the same corners in time: eight of one structure at a time in SIMD lanes, the others alone.
///
/// A lane shares its steps with the others, so its numbers differ from those of `DeviceSimulator` within the integrator's tolerance. Each
/// takes its electrons' charge up and leaves it again where `DeviceSimulator` would. A device that forms or fails leaves its lanes and is
/// run alone from where the call began, so that its trace is that of `DeviceSimulator` to the last bit. Not safe to share between
/// threads. Cost for each device: `DeviceEnsemble`.
public final class EnsembleSimulator {
    /// The devices, in the order of the traces.
    public let devices: [AssembledDevice]
    /// Voltage of the frozen reads behind `Trace.Sample.conductance`, V.
    public let readVoltage: Double
    /// First-order change of the current by the electrons' charge from which on that charge is solved for.
    public var chargeThreshold = DeviceSimulator.standardChargeThreshold {
        didSet { for simulator in single.values { simulator.chargeThreshold = chargeThreshold } }
    }
    /// Fewest devices for which lanes are worth their cost.
    public static let smallestGroup = 4

    private var groups: [(members: [Int], group: EnsembleGroup)] = []
    /// Simulators of the devices that run alone, made when first needed.
    private var single: [Int: DeviceSimulator] = [:]

    /// Puts devices of one structure into lanes together; `readVoltage` in V.
    public init(_ devices: [AssembledDevice], readVoltage: Double = 0.6) {
        self.devices = devices
        self.readVoltage = readVoltage
        var structures: [EnsembleStructure: [Int]] = [:]
        var order: [EnsembleStructure] = []
        for (k, device) in devices.enumerated() {
            guard let structure = EnsembleStructure(device) else { continue }
            if structures[structure] == nil { order.append(structure) }
            structures[structure, default: []].append(k)
        }
        for structure in order {
            let all = structures[structure] ?? []
            for start in stride(from: 0, to: all.count, by: DeviceEnsemble.width) {
                let members = Array(all[start..<min(start + DeviceEnsemble.width, all.count)])
                guard members.count >= Self.smallestGroup, let group = EnsembleGroup(members.map { devices[$0] }) else {
                    continue
                }
                groups.append((members, group))
            }
        }
        let grouped = Set(groups.flatMap(\.members))
        for k in devices.indices where !grouped.contains(k) {
            single[k] = DeviceSimulator(devices[k], readVoltage: readVoltage)
        }
    }

    /// How many devices stand in lanes at present.
    public var inLanes: Int { devices.count - single.count }

    /// The present states in the order of the devices; assign to branch from saved ones (those of a group at one time).
    public var states: [DeviceState] {
        get {
            var result = [DeviceState?](repeating: nil, count: devices.count)
            for (members, group) in groups { for (k, state) in zip(members, group.states) { result[k] = state } }
            for (k, simulator) in single { result[k] = simulator.state }
            return result.compactMap { $0 }
        }
        set {
            precondition(newValue.count == devices.count, "one state a device")
            for g in groups.indices {
                let members = groups[g].members
                // Who was taken out comes back with a state that lanes can hold.
                if members.contains(where: { single[$0] != nil }), let fresh = EnsembleGroup(members.map { devices[$0] }) {
                    groups[g].group = fresh
                }
                for k in members { single[k] = nil }
                groups[g].group.states = members.map { newValue[$0] }
            }
            for (k, simulator) in single { simulator.state = newValue[k] }
        }
    }

    /// Frozen-ion conductances at `voltage` (default: the read voltage), S; not a number where a read would run away thermally.
    public func read(at voltage: Double? = nil) -> [Double] {
        let level = voltage ?? readVoltage
        var result = [Double](repeating: .nan, count: devices.count)
        for (members, group) in groups where members.contains(where: { single[$0] == nil }) {
            let conductance = group.read(at: .init(repeating: level))
            for (lane, k) in members.enumerated() { result[k] = conductance[lane] }
        }
        for (k, simulator) in single { result[k] = (try? simulator.read(at: level)) ?? .nan }
        return result
    }

    /// Runs the same steps on every device; one trace each, with `stopped` set where the run could not reach its end.
    public func run(_ steps: [Step], recording: Recording = .none, readsSamples: Bool = true) -> [Trace] {
        run(
            [Waveform](repeating: Waveform(steps: steps, readVoltage: readVoltage), count: devices.count), recording: recording,
            readsSamples: readsSamples)
    }

    /// Runs one waveform a device from its present voltage; voltages may differ, and lanes whose corners differ in time run alone.
    ///
    /// `recording` and `readsSamples` as in `DeviceSimulator.run`.
    public func run(_ waveforms: [Waveform], recording: Recording = .none, readsSamples: Bool = true) -> [Trace] {
        precondition(waveforms.count == devices.count, "one waveform a device")
        var result = [Trace](repeating: Trace(), count: devices.count)
        func alone(_ k: Int, _ simulator: DeviceSimulator) {
            let waveform = waveforms[k]
            result[k] = simulator.run(
                Waveform(steps: waveform.steps, initialVoltage: simulator.state.voltage, readVoltage: waveform.readVoltage),
                recording: recording, readsSamples: readsSamples)
        }
        for (k, simulator) in single { alone(k, simulator) }
        for (members, group) in groups where members.contains(where: { single[$0] == nil }) {
            let start = group.states
            let traces = group.run(
                members.map { waveforms[$0] }, recording: recording, readsSamples: readsSamples, readVoltage: readVoltage,
                chargeThreshold: chargeThreshold)
            for (lane, k) in members.enumerated() where single[k] == nil {
                if let trace = traces[lane] {
                    result[k] = trace
                } else {
                    let simulator = DeviceSimulator(devices[k], readVoltage: readVoltage)
                    simulator.chargeThreshold = chargeThreshold
                    simulator.state = start[lane]
                    single[k] = simulator
                    alone(k, simulator)
                }
            }
        }
        return result
    }
}
