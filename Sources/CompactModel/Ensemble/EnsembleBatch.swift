import DeviceModel
import Essentials
import Protocols
import Simulation

/// Up to eight devices under the protocols of a campaign, each run from a copy of its base state.
struct EnsembleBatch {
    private let ensemble: EnsembleCampaign
    private let devices: [Device]
    /// What was measured so far.
    private(set) var outcome: EnsembleCampaign.Outcome

    /// A device before its measurements.
    struct Base: Sendable {
        var state: DeviceState
        /// S.
        var conductance: Double
        /// Whether the electrons carry no charge in it.
        var isPlain: Bool
    }

    init(_ ensemble: EnsembleCampaign, _ devices: [Device]) {
        (self.ensemble, self.devices) = (ensemble, devices)
        outcome = .init(devices: .init(repeating: .init(), count: devices.count))
    }

    private var campaign: Campaign { ensemble.campaign }

    private func simulator() throws(InputError) -> EnsembleSimulator {
        let assembled = try devices.map { device throws(InputError) in
            try AssembledDevice(device, options: campaign.options)
        }
        return EnsembleSimulator(assembled, readVoltage: campaign.readVoltage)
    }

    /// The base state; nil for a device that does not come so far, which then fails in
    /// everything.
    mutating func prepareBase() throws -> [Base?] {
        let simulator = try simulator()
        let before = simulator.inLanes
        var reasons = [String?](repeating: nil, count: devices.count)
        for step in campaign.baseSteps { note(simulator.run([step]), into: &reasons) }
        count(simulator, before: before)
        let (states, conductances) = (simulator.states, simulator.read())
        return devices.indices.map { lane in
            if let reason = reasons[lane] ?? (conductances[lane].isNaN ? Self.noRead : nil) {
                for quantity in ensemble.quantities { fail(quantity, lane: lane, "base state: \(reason)") }
                return nil
            }
            outcome.devices[lane].values[.baseConductance] = conductances[lane]
            let plain = simulator.devices[lane].unknowns == states[lane].unknowns.count
            return Base(state: states[lane], conductance: conductances[lane], isPlain: plain)
        }
    }

    /// Everything but the base state; `done` is called after each quantity.
    mutating func measure(from bases: [Base], done: () -> Void) throws {
        let simulator = try simulator()
        for quantity in ensemble.quantities where quantity != .baseConductance {
            if quantity == .formingVoltage {
                findForming(bases.map(\.state))
            } else {
                measure(quantity, simulator, bases)
            }
            done()
        }
    }

    private mutating func measure(_ quantity: EnsembleQuantity, _ simulator: EnsembleSimulator, _ bases: [Base]) {
        simulator.states = bases.map(\.state)
        let before = simulator.inLanes
        var reasons = [String?](repeating: nil, count: devices.count)
        var values = [Double](repeating: .nan, count: devices.count)
        switch quantity {
        case .step(let amplitude, let width):
            note(
                simulator.run([
                    .pulse(amplitude: amplitude, width: width, base: campaign.readVoltage),
                    .hold(voltage: campaign.readVoltage, duration: campaign.readDelay),
                ]), into: &reasons)
            values = zip(simulator.read(), bases).map { $0 - $1.conductance }
            // A read under another law of the electrons than the one before would add up to the threshold of their charge.
            for (lane, state) in simulator.states.enumerated() where reasons[lane] == nil {
                let device = simulator.devices[lane]
                guard (state.unknowns.count == device.unknowns) != bases[lane].isPlain else { continue }
                let alone = DeviceSimulator(device, readVoltage: campaign.readVoltage)
                alone.state = state
                values[lane] = (try? Campaign.chargedStep(alone, since: bases[lane].state)) ?? .nan
            }
        case .decayTime(let bias):
            note(simulator.run([.hold(voltage: bias, duration: campaign.holdBeforeDecay)]), into: &reasons)
            let held = simulator.read()
            note(
                simulator.run([.pulse(amplitude: campaign.decayAmplitude, width: campaign.decayWidth, base: bias)]),
                into: &reasons)
            let decays = simulator.run(
                [.hold(voltage: bias, duration: campaign.fitEnd * 1.001)], recording: .perDecade(8, first: 1e-5))
            note(decays, into: &reasons)
            for lane in devices.indices where reasons[lane] == nil {
                guard let fit = campaign.decay(decays[lane].samples, before: held[lane]).fit else {
                    reasons[lane] = campaign.noDecay
                    continue
                }
                values[lane] = fit.tau
            }
        case .baseConductance, .formingVoltage: return
        }
        count(simulator, before: before)
        for lane in devices.indices {
            if let reason = reasons[lane] ?? (values[lane].isNaN ? Self.noRead : nil) {
                fail(quantity, lane: lane, reason)
            } else {
                outcome.devices[lane].values[quantity] = values[lane]
            }
        }
    }

    private mutating func findForming(_ states: [DeviceState]) {
        for (lane, state) in states.enumerated() {
            outcome.runsAlone += 1
            var one = campaign
            one.device = devices[lane]
            let quantity = EnsembleQuantity.formingVoltage
            do {
                let voltage = try one.findForming(from: state, name: quantity.key)
                switch voltage {
                case ...(Campaign.formingRange.lowerBound + 1e-4):
                    fail(quantity, lane: lane, "forms at \(Campaign.formingRange.lowerBound) V already")
                case (Campaign.formingRange.upperBound - 1e-4)...:
                    fail(quantity, lane: lane, "does not form up to \(Campaign.formingRange.upperBound) V")
                default: outcome.devices[lane].values[quantity] = voltage
                }
            } catch {
                fail(quantity, lane: lane, "\(error)")
            }
        }
    }

    private static let noRead = "a read has no heat balance"

    private mutating func fail(_ quantity: EnsembleQuantity, lane: Int, _ reason: String) {
        outcome.devices[lane].failures.append(.init(quantity: quantity, reason: reason))
    }

    /// The first reason of every lane that could not go on.
    private func note(_ traces: [Trace], into reasons: inout [String?]) {
        for (lane, trace) in traces.enumerated() {
            if let stop = trace.stopped { reasons[lane] = reasons[lane] ?? stop.reason }
        }
    }

    private mutating func count(_ simulator: EnsembleSimulator, before: Int) {
        let left = before - simulator.inLanes
        outcome.runsInLanes += before - left
        outcome.runsThatLeft += left
        outcome.runsAlone += devices.count - before
    }
}
