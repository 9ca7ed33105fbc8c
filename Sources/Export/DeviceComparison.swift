import CompactModel
import Essentials
import Foundation

/// An export in its simulator beside the device: dF and energy of the map's cells, tau of every bias, W after each train, currents.
///
/// Device: what the synapse's file holds, which the full device model gave, and currents of `Campaign.currents`. Every run begins at the base
/// state, W after trains at the level's own.
package struct DeviceComparison: Sendable {
    /// One quantity; SI units.
    package struct Row: Equatable, Sendable, Codable {
        /// Such as "dF, 2 V, 20 us"; its unit in tables.
        package var quantity, unit: String
        /// Of the device, of the model that was exported (where it has such a number), and of the simulator.
        package var device: Double
        package var model: Double?
        package var simulator: Double
        /// The unit without its prefix: "nS" gives "S".
        package var baseUnit: String { unit.count > 1 ? String(unit.dropFirst()) : unit }
        /// Simulator over device, less 1.
        package var error: Double { simulator / device - 1 }
        /// Simulator over model, less 1.
        package var exportError: Double? { model.map { simulator / $0 - 1 } }
    }

    var export: CompactExport
    var synapse: SynapseModel
    var currents: [Campaign.CurrentPoint]
    /// The decay's pulse and its fit window, as in `Campaign`.
    private let pulse = Campaign.PulseShape(amplitude: 3.5, width: 500e-6)
    private static let window = (first: 1e-5, start: 0.01, end: 100.0, perDecade: 8)

    /// `export` at its base state; `currents` may be empty.
    package init(_ export: CompactExport, _ synapse: SynapseModel, currents: [Campaign.CurrentPoint]) {
        self.export = export
        self.export.level = 0
        self.synapse = synapse
        self.currents = currents
    }

    /// A run and the numbers that are read off it.
    private struct Case {
        var wave: BenchWave
        var quantities: [(name: String, unit: String, device: Double, model: Double?, value: ([BenchRow]) -> Double)]
    }

    /// Runs everything.
    package func rows(_ language: CompactExport.Language, progress: ProgressHandler? = nil) throws(InputError) -> [Row] {
        var cases: [Case] = []
        for point in synapse.update.points { cases.append(try cell(point)) }
        for point in synapse.decay.points { cases.append(try decay(point)) }
        if currents.contains(where: { !$0.isPulse }) { cases.append(try sweep()) }
        var found = read(cases, try export.run(language, cases.map(\.wave), progress: progress))
        for level in synapse.levels {
            var own = export
            own.level = level.train
            let one = try self.level(own, level)
            found += read([one], try own.run(language, [one.wave], progress: progress))
        }
        return Self.kinds.flatMap { kind in found.filter { $0.quantity.hasPrefix(kind) } }
    }

    private static let kinds = ["dF", "energy", "tau", "W", "current"]

    private func read(_ cases: [Case], _ runs: [[BenchRow]]) -> [Row] {
        zip(cases, runs).flatMap { one, rows in
            one.quantities.map {
                Row(quantity: $0.name, unit: $0.unit, device: $0.device, model: $0.model, simulator: $0.value(rows))
            }
        }
    }

    private func protocolOf(_ shape: Campaign.PulseShape, at bias: Double, settle: Double, hold: Double) -> BenchProtocol {
        BenchProtocol(
            stream: PulseStream(
                name: "\(number(shape.amplitude)) V, \(number(shape.width * 1e6)) us at \(number(bias)) V", bias: bias,
                settle: settle, level: 0,
                events: [.init(amplitude: shape.amplitude, width: shape.width, bias: bias, hold: hold)]))
    }

    /// dF and energy of a pulse; the current at its end where that was measured.
    private func cell(_ point: SynapseModel.PulsePoint) throws(InputError) -> Case {
        let (settle, wait, edge) = (1.0, 2e-3, BenchProtocol.edge)
        let shape = Campaign.PulseShape(amplitude: point.amplitude, width: point.width)
        let wave = protocolOf(shape, at: synapse.readVoltage, settle: settle, hold: 3e-3).wave
        let end = settle + point.width + 2 * edge
        var run = try export.start()
        run.hold(synapse.readVoltage, for: settle)
        let before = run
        run.pulse(point.amplitude, for: point.width)
        let top = run
        run.hold(synapse.readVoltage, for: wait)
        let name = "\(number(point.amplitude)) V, \(number(point.width * 1e6)) us"
        var one = Case(
            wave: wave,
            quantities: [
                (
                    "dF, \(name)", "nS", point.deltaConductance, run.conductance - before.conductance,
                    { ($0.row(at: end + wait)?.conductance ?? .nan) - ($0.row(at: settle)?.conductance ?? .nan) }
                ),
                ("energy, \(name)", "pJ", point.energy, top.energy - before.energy, { $0.energy(from: settle, to: end) }),
            ])
        if abs(point.width / Campaign.currentWidth - 1) < 1e-9,
            let known = currents.first(where: { $0.isPulse && $0.voltage == point.amplitude })
        {
            one.quantities.append(
                (
                    "current, end of \(name)", "uA", known.current, top.current(at: point.amplitude, inPulse: true),
                    { $0.row(at: settle + edge + point.width)?.current ?? .nan }
                ))
        }
        return one
    }

    /// tau at a bias as `Campaign` defines it.
    private func decay(_ point: SynapseModel.DecayPoint) throws(InputError) -> Case {
        let (settle, w) = (30.0, Self.window)
        let bench = protocolOf(pulse, at: point.bias, settle: settle, hold: w.end * 1.01)
        let end = settle + pulse.width + 2 * BenchProtocol.edge
        let decades = Int(clamped: log10(w.end / w.first))
        let times = (0...w.perDecade * decades).map { w.first * pow(10, Double($0) / Double(w.perDecade)) }
            .filter { $0 >= w.start * 0.999 }
        var run = try export.start()
        run.hold(point.bias, for: settle)
        let before = run.conductance
        run.pulse(pulse.amplitude, for: pulse.width)
        var (values, reached) = ([Double](), 0.0)
        for t in times {
            run.hold(point.bias, for: t - reached)
            reached = t
            values.append(run.conductance - before)
        }
        let model = Fits.exponential(times: times, values: values)?.tau
        return Case(
            wave: bench.wave,
            quantities: [
                (
                    "tau at \(number(point.bias)) V", "s", point.tau, model,
                    { rows in
                        let base = rows.row(at: settle)?.conductance ?? .nan
                        let course = Simulator.sample(rows, at: times.map { end + $0 }).map { $0.conductance - base }
                        return Fits.exponential(times: times, values: course)?.tau ?? .nan
                    }
                )
            ])
    }

    /// W at the end of the read after a SET train: the level's start is 30 s into it.
    private func level(_ own: CompactExport, _ level: SynapseModel.LongTermLevel) throws(InputError) -> Case {
        var run = try own.start()
        run.hold(synapse.readVoltage, for: 345)
        let wave = BenchWave(
            name: "level \(level.train)", corners: [(time: 0, voltage: synapse.readVoltage), (345, synapse.readVoltage)])
        return Case(
            wave: wave,
            quantities: [
                ("W after train \(level.train)", "nS", level.read375s, run.conductance, { $0.last?.conductance ?? .nan })
            ])
    }

    /// The sweep of `Campaign.currents`.
    private func sweep() throws(InputError) -> Case {
        let swept = currents.filter { !$0.isPulse }
        var (t, corners) = (1.0, [(time: 0.0, voltage: synapse.readVoltage), (time: 1.0, voltage: synapse.readVoltage)])
        var run = try export.start()
        run.hold(synapse.readVoltage, for: 1)
        var (here, one) = (synapse.readVoltage, Case(wave: BenchWave(name: "sweep", corners: []), quantities: []))
        for point in swept {
            let parts = 60
            let duration = abs(point.voltage - here)
            for k in 0..<parts {
                run.hold(here + (point.voltage - here) * (Double(k) + 0.5) / Double(parts), for: duration / Double(parts))
            }
            t += duration
            corners.append((time: t, voltage: point.voltage))
            here = point.voltage
            let moment = t
            one.quantities.append(
                (
                    "current, sweep at \(number(point.voltage)) V", "nA", point.current,
                    run.current(at: point.voltage, inPulse: false), { $0.row(at: moment)?.current ?? .nan }
                ))
        }
        one.wave.corners = corners
        return one
    }
}
