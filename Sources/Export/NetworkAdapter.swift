import CompactModel
import Essentials
import Foundation

/// What a network simulator with one kind of pulse keeps of the state model: the step of a pulse against F, and one decay for each step of time.
///
///     F <- F + s(F) after a pulse,   F <- Lambda F after each step,   s straight between evenly spaced F
///
/// aihwkit's `PiecewiseStepDevice` is this with weight F / `top`.
struct StepAdapter: Sendable {
    /// The pulse, V and s; bias (V) and duration (s) of a step of time.
    var pulse: Campaign.PulseShape
    var bias, step: Double
    /// W, and the F that repeats of the pulse lead to, S.
    var weight, top: Double
    /// s at F = 0 ... `top`, evenly spaced, S.
    var nodes: [Double]
    /// exp(-step / tau(bias)).
    var lambda: Double

    /// aihwkit takes away 1 / lifetime of a weight in each step.
    var lifetime: Double { 1 / (1 - lambda) }

    /// Of a level's state; the pulse is repeated every 10 ms until it adds less than a thousandth of its first step.
    init(
        _ model: LumpedDevice, level: LumpedDevice.Level, synapse: SynapseModel, pulse: Campaign.PulseShape, bias: Double,
        nodes count: Int = 11
    ) throws(InputError) {
        guard model.pulseRange.contains(pulse.amplitude) else {
            throw InputError(
                "--pulse", value: "\(pulse.amplitude) V", problem: "lies outside the state model",
                expected: "\(number(model.pulseRange.lowerBound)) ... \(number(model.pulseRange.upperBound)) V")
        }
        guard let decay = synapse.decay.points.first(where: { abs($0.bias - bias) < 1e-9 }) else {
            throw InputError(
                "--bias", value: "\(bias) V", problem: "has no decay in the synapse",
                expected: synapse.decay.points.map { "\($0.bias)" }.joined(separator: ", "))
        }
        (self.pulse, self.bias, step) = (pulse, bias, synapse.decay.step)
        lambda = exp(-synapse.decay.step / decay.tau)
        var run = LumpedRun(model, from: level.state)
        weight = run.conductance
        var points: [(f: Double, step: Double)] = []
        for _ in 0..<400 {
            let before = run.conductance
            run.pulse(pulse.amplitude, for: pulse.width)
            run.hold(model.readVoltage, for: AdapterFile.wait)
            points.append((before - weight, run.conductance - before))
            run.hold(model.readVoltage, for: 10e-3 - AdapterFile.wait)
            if let first = points.first, points[points.count - 1].step < 1e-3 * first.step { break }
        }
        top = points[points.count - 1].f
        guard top > 0, !run.isLost else {
            throw InputError("--pulse", value: "\(pulse.amplitude) V", problem: "leaves no F", expected: "a stronger pulse")
        }
        let (f, s) = (points.map(\.f), points.map(\.step))
        let top = self.top
        self.nodes = (0..<count).map { Straight.value(at: top * Double($0) / Double(count - 1), f, s) }
    }

    /// F after a pulse.
    func pulsed(_ f: Double) -> Double {
        let places = nodes.indices.map { top * Double($0) / Double(nodes.count - 1) }
        return min(max(f + Straight.value(at: f, places, nodes), 0), top)
    }

    /// A seeded run: in each step a pulse with this probability. Errors of F at the end of each step.
    func check(_ model: LumpedDevice, level: LumpedDevice.Level, probability: Double, seed: UInt64 = 1, steps: Int = 300)
        -> CompactExport.Row
    {
        var random = SeededGenerator(seed: seed, stream: 0x61_6968_77)
        var run = LumpedRun(model, from: level.state)
        run.hold(bias, for: 30)
        let start = run.conductance
        var (f, own, found) = (0.0, [Double](), [Double]())
        for _ in 0..<steps {
            if random.uniform() < probability {
                run.pulse(pulse.amplitude, for: pulse.width)
                f = pulsed(f)
            }
            run.hold(bias, for: step)
            f *= lambda
            own.append(run.conductance - start)
            found.append(f)
        }
        return .init(
            name: "a pulse in \(number(probability * 100)) % of the steps, decay at \(number(bias)) V",
            largest: own.max() ?? 0, error: Fits.relativeError(found, of: own))
    }
}

/// Straight lines between points, the border's value beyond.
enum Straight {
    static func value(at x: Double, _ xs: [Double], _ ys: [Double]) -> Double {
        guard let k = xs.lastIndex(where: { $0 <= x }) else { return ys[0] }
        guard k + 1 < xs.count else { return ys[k] }
        return ys[k] + (ys[k + 1] - ys[k]) * (x - xs[k]) / (xs[k + 1] - xs[k])
    }
}

/// What CrossSim's devices keep of the state model: the share of F that is left after a time at one bias, by F and ln(1 + t / 1 ms).
struct DriftAdapter: Sendable {
    var bias, weight: Double
    /// F 2 ms after the pulses, S, from 0; seconds since then; the share that is left [F][t].
    var weights: [Double]
    var times: [Double]
    var left: [[Double]]

    /// F by `counts` conditioning pulses of 3 V, 100 us, 10 ms apart, on a level.
    init(_ model: LumpedDevice, level: LumpedDevice.Level, bias: Double, counts: [Int] = [1, 2, 4, 8, 16, 32]) {
        let times = [0] + (0...24).map { 1e-3 * pow(10, Double($0) / 4) }
        var run = LumpedRun(model, from: level.state)
        run.hold(bias, for: 30)
        let start = run.conductance
        (self.bias, weight, self.times) = (bias, start, times)
        var (weights, left, done) = ([0.0], [[Double]](), 0)
        for count in counts {
            while done < count {
                run.pulse(3, for: 100e-6)
                run.hold(model.readVoltage, for: done + 1 < count ? 10e-3 : AdapterFile.wait)
                done += 1
            }
            let f = run.conductance - start
            weights.append(f)
            left.append(Self.course(run, bias, times).map { ($0 - start) / f })
            run.hold(model.readVoltage, for: 10e-3 - AdapterFile.wait)
        }
        (self.weights, self.left) = (weights, [left[0]] + left)
    }

    private static func course(_ start: LumpedRun, _ bias: Double, _ times: [Double]) -> [Double] {
        var (run, reached) = (start, 0.0)
        return times.map { t in
            run.hold(bias, for: t - reached)
            reached = t
            return run.conductance
        }
    }

    static func place(_ t: Double) -> Double { log(1 + t / 1e-3) }

    /// F that is left of F after t seconds.
    func drifted(_ f: Double, after t: Double) -> Double {
        let places = times.map(Self.place)
        let shares = left.map { Straight.value(at: Self.place(t), places, $0) }
        return f * Straight.value(at: f, weights, shares)
    }

    /// Errors over times from 3 ms to 300 s after pulses that the table was not made from.
    func check(_ model: LumpedDevice, level: LumpedDevice.Level) -> [CompactExport.Row] {
        let kinds: [(amplitude: Double, width: Double, count: Int)] = [
            (3.5, 500e-6, 1), (2.5, 100e-6, 5), (2, 500e-6, 3), (3.5, 20e-6, 10),
        ]
        let moments = (0...20).map { 3e-3 * pow(10, Double($0) / 4) }
        return kinds.map { kind in
            var run = LumpedRun(model, from: level.state)
            run.hold(bias, for: 30)
            for k in 0..<kind.count {
                run.pulse(kind.amplitude, for: kind.width)
                run.hold(model.readVoltage, for: k + 1 < kind.count ? 0.1 : AdapterFile.wait)
            }
            let f = run.conductance - weight
            let own = Self.course(run, bias, moments).map { $0 - weight }
            return .init(
                name:
                    "decay at \(number(bias)) V after \(kind.count) x \(number(kind.amplitude)) V, \(number(kind.width * 1e6)) us",
                largest: f, error: Fits.relativeError(moments.map { drifted(f, after: $0) }, of: own))
        }
    }
}
