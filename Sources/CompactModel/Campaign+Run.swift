import DeviceModel
import Essentials
import Foundation
import Protocols
import Simulation

extension Campaign {
    /// Runs the whole campaign on all cores. Cost: about 0.5 s of one core for the default settings.
    ///
    /// - Throws: `CampaignFailure` when a run other than the forming scan cannot reach its end.
    public func run(progress: ProgressHandler? = nil) throws -> Characterisation {
        let (result, failures) = try attempt(progress: progress, inParallel: true)
        if let failure = failures.first { throw failure }
        return result
    }

    /// Runs the campaign on the calling thread and stops at the first failure: for callers that spread devices over the
    /// cores themselves.
    ///
    /// - Throws: `CampaignFailure`.
    public func runSerially() throws -> Characterisation {
        var result = Characterisation()
        let base = try prepareBase(&result)
        for piece in pieces { try perform(piece, base: base).put(into: &result) }
        return result
    }

    /// Runs the campaign and keeps what succeeds: a run that fails is listed, and what it measures stays empty or zero.
    ///
    /// - Throws: `CampaignFailure` when the base state itself cannot be reached.
    public func attempt(
        progress: ProgressHandler? = nil, inParallel: Bool = true
    ) throws -> (result: Characterisation, failures: [CampaignFailure]) {
        var result = Characterisation()
        let base = try prepareBase(&result)
        let pieces = pieces
        let tally = Tally(total: pieces.reduce(0) { $0 + $1.weight })
        let measure: @Sendable (Int) throws -> Result<Part, CampaignFailure> = { index in
            defer {
                progress?(
                    Progress("measuring the device", fraction: tally.add(pieces[index].weight), detail: pieces[index].name))
            }
            do {
                return .success(try perform(pieces[index], base: base))
            } catch let failure as CampaignFailure {
                return .failure(failure)
            } catch {
                return .failure(CampaignFailure(run: pieces[index].name, reason: "\(error)"))
            }
        }
        let parts = try inParallel ? concurrentMap(pieces.count, measure) : pieces.indices.map(measure)
        var failures: [CampaignFailure] = []
        for part in parts {
            switch part {
            case .success(let measured): measured.put(into: &result)
            case .failure(let failure): failures.append(failure)
            }
        }
        return (result, failures)
    }

    /// Long pieces first, so that the cores end together.
    private var pieces: [Piece] {
        var pieces: [Piece] = []
        if parts.contains(.trains) { pieces.append(.trains) }
        if parts.contains(.loops) { pieces.append(.loops) }
        if parts.contains(.shortTerm) { pieces.append(.shortTerm) }
        if parts.contains(.map) { pieces += amplitudes.flatMap { v in widths.map { .cell(v, $0) } } }
        pieces += extraCells.map { .cell($0.amplitude, $0.width) }
        if parts.contains(.decays) { pieces += biases.map { .decay($0) } }
        if parts.contains(.forming) { pieces += formingAmplitudes.map { .forming($0) } }
        if parts.contains(.leak) { pieces.append(.leak) }
        pieces += extraDecays.map { .pulsedDecay($0) }
        if findsForming { pieces.append(.formingVoltage) }
        if sharesRead { pieces.append(.share) }
        if weighsTransport { pieces.append(.transport) }
        if drawsMechanism { pieces.append(.mechanism) }
        return pieces
    }

    /// One independent run of the campaign.
    private enum Piece: Sendable {
        case trains, loops, shortTerm, leak, formingVoltage, share, transport, mechanism
        case pulsedDecay(DecayShape)
        case cell(Double, Double)
        case decay(Double)
        case forming(Double)

        /// Rough share of the work.
        var weight: Double {
            switch self {
            case .trains: 40
            case .loops: 8
            case .shortTerm: 3
            case .cell: 1
            default: 0.3
            }
        }

        var name: String {
            switch self {
            case .trains: "SET trains"
            case .loops: "I-V loops"
            case .shortTerm: "pulses on a long-term weight"
            case .leak: "leak of one pulse"
            case .cell(let v, let w): "pulse \(v) V, \(Int(clamped: w * 1e6)) us"
            case .decay(let v): "decay at \(v) V"
            case .forming(let v): "forming at \(v) V"
            case .pulsedDecay(let d): "decay at \(d.bias) V after \(d.pulse.amplitude) V"
            case .formingVoltage: "forming voltage"
            case .share: "share of Pt in a read"
            case .transport: "decay without transport"
            case .mechanism: "profiles of the layer"
            }
        }
    }

    private struct Part: Sendable {
        var put: @Sendable (inout Characterisation) -> Void
        var steps = 0, rejections = 0

        func put(into result: inout Characterisation) {
            put(&result)
            result.steps += steps
            result.rejections += rejections
        }
    }

    private func perform(_ piece: Piece, base: DeviceState) throws -> Part {
        let simulator = try simulator()
        simulator.state = base
        let bench = Bench(simulator, name: piece.name)
        var part: Part
        switch piece {
        case .trains:
            let measured = try measureTrains(bench)
            part = Part { result in
                result.probes.stepsOnLevel = measured.steps
                result.trains = measured.trains
                result.retention = measured.retention
                result.inventoryDrift = measured.drift
            }
        case .loops:
            let loops = try measureLoops(bench)
            part = Part { $0.loops = loops }
        case .shortTerm:
            let (run, after, settled) = try measureShortTerm(bench)
            part = Part { result in
                result.settledAfterPulses = settled
                result.shortTerm = run
                result.baseAfterPulses = after
            }
        case .leak:
            let (ratio, held, settled) = try measureLeak(bench)
            part = Part { result in
                result.settledAfterHold = settled
                result.leakRatio = ratio
                result.baseAfterHold = held
            }
        case .cell(let amplitude, let width):
            let cell = try measureCell(bench, amplitude: amplitude, width: width)
            part = Part { $0.map.append(cell) }
        case .decay(let bias):
            let run = try measureDecay(bench, bias: bias)
            part = Part { $0.decays.append(run) }
        case .pulsedDecay(let shape):
            let time = try measureDecay(bench, bias: shape.bias, pulse: shape.pulse).time
            part = Part { $0.probes.decays.append(time) }
        case .formingVoltage:
            let voltage = try findForming(from: base, name: piece.name)
            part = Part { $0.probes.formingVoltage = voltage }
        case .mechanism:
            let mechanism = try measureMechanism(bench, base: base)
            let readVoltage = readVoltage
            part = Part { result in
                result.mechanism = mechanism
                // The decay as it is belongs to Fig. 3d; measured here only where that is not.
                if mechanism.decay.isEmpty {
                    result.mechanism?.decay = result.decays.first { $0.bias == readVoltage }?.course ?? []
                }
            }
        case .share:
            let share = try measureShare(bench)
            part = Part { $0.probes.leftShareOfChange = share }
        case .transport:
            let transport = try measureTransport(bench, base: base)
            part = Part { $0.probes.transport = transport }
        case .forming(let amplitude):
            let forming = measureForming(bench, amplitude: amplitude)
            part = Part { result in
                result.formingScan.append(forming)
                if forming.time != nil, result.forming == nil || amplitude < result.forming!.amplitude {
                    result.forming = forming
                }
            }
        }
        part.steps = bench.steps
        part.rejections = bench.rejections
        return part
    }

    /// The state that every figure starts from, read on the way and at its end.
    private func prepareBase(_ result: inout Characterisation) throws -> DeviceState {
        let simulator = try simulator()
        let bench = Bench(simulator, name: "base state")
        try bench.run([baseSteps[0]])
        result.restConductance = try simulator.read()
        try bench.run([baseSteps[1]])
        result.baseConductance = try simulator.read()
        result.steps += bench.steps
        result.rejections += bench.rejections
        return simulator.state
    }
}

/// A run of the campaign that could not reach its end: which one, when and why.
public struct CampaignFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The run's name.
    public var run: String
    /// When and why it ended.
    public var reason: String
    /// What stopped it, where a solver or the device did.
    public var cause: Trace.Cause?

    public var description: String { "\(run): \(reason)" }
}

/// A simulator that counts its work and names the protocol when a run fails.
final class Bench {
    let simulator: DeviceSimulator
    let name: String
    private(set) var steps = 0, rejections = 0

    init(_ simulator: DeviceSimulator, name: String) {
        self.simulator = simulator
        self.name = name
    }

    /// `readsSamples` as that of `DeviceSimulator.run`.
    @discardableResult
    func run(_ protocolSteps: [Step], recording: Recording = .none, readsSamples: Bool = true) throws -> Trace {
        let trace = attempt(protocolSteps, recording: recording, readsSamples: readsSamples)
        if let stop = trace.stopped { throw CampaignFailure(run: name, reason: stop.reason, cause: stop.cause) }
        return trace
    }

    /// Runs and leaves a stop in the trace.
    func attempt(_ protocolSteps: [Step], recording: Recording = .none, readsSamples: Bool = true) -> Trace {
        let trace = simulator.run(
            Waveform(
                steps: protocolSteps, initialVoltage: simulator.state.voltage, readVoltage: simulator.readVoltage),
            recording: recording, readsSamples: readsSamples)
        steps += trace.statistics.steps
        rejections += trace.statistics.rejections
        return trace
    }
}
