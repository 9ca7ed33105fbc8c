import Essentials
import Foundation

/// A stream of pulses with holds between them: what a synapse lives through, seeded.
public struct PulseStream: Equatable, Sendable {
    /// A pulse from the bias before it, and the hold after it.
    public struct Event: Equatable, Sendable {
        /// Amplitude (V) and width (s) of the pulse.
        public var amplitude, width: Double
        /// Bias (V) and duration (s) of the hold after it.
        public var bias, hold: Double

        /// V, s, V, s.
        public init(amplitude: Double, width: Double, bias: Double, hold: Double) {
            self.amplitude = amplitude
            self.width = width
            self.bias = bias
            self.hold = hold
        }
    }

    /// What it is, such as "mixed, 0.6 V".
    public var name: String
    /// Bias before the first pulse, V; held for `settle` s.
    public var bias: Double
    /// Duration of the hold before the first pulse, s.
    public var settle = 30.0
    /// SET trains given before.
    public var level: Int
    /// The pulses in order.
    public var events: [Event]

    /// Ranges that a stream draws from, uniform in V, log-uniform in times.
    public struct Ranges: Equatable, Sendable {
        /// V.
        public var amplitude: ClosedRange<Double>
        /// s.
        public var width, hold: ClosedRange<Double>
        /// V, s, s.
        public init(amplitude: ClosedRange<Double>, width: ClosedRange<Double>, hold: ClosedRange<Double>) {
            self.amplitude = amplitude
            self.width = width
            self.hold = hold
        }

        /// 2 to 3.5 V, 20 to 500 us, 0.35 to 26 s apart: the paper's pulses.
        public static let paper = Ranges(amplitude: 2...3.5, width: 20e-6...500e-6, hold: 0.35...26)
        /// 2 V, 100 us: the paper's weak pulse.
        public static let weak = Ranges(amplitude: 2...2, width: 100e-6...100e-6, hold: 0.35...26)
        /// A margin around `paper`, so that a fit's border lies outside it.
        static let training = Ranges(amplitude: 1.85...3.6, width: 15e-6...600e-6, hold: 0.25...40)
    }

    /// These events after `settle` (s) at `bias` (V).
    public init(name: String, bias: Double, settle: Double, level: Int, events: [Event]) {
        self.name = name
        self.bias = bias
        self.settle = settle
        self.level = level
        self.events = events
    }

    /// `count` events drawn from `ranges`; the bias of each hold is one of `biases`.
    public init(name: String, seed: UInt64, count: Int = 40, ranges: Ranges, biases: [Double], level: Int = 0) {
        var random = SeededGenerator(seed: seed, stream: 0x57_7265_616d)
        func log(_ r: ClosedRange<Double>) -> Double {
            let (a, b) = (Foundation.log(r.lowerBound), Foundation.log(r.upperBound))
            return exp(a + (b - a) * random.uniform())
        }
        self.name = name
        self.level = level
        bias = biases.count == 1 ? biases[0] : 0.6
        events = (0..<count).map { _ in
            Event(
                amplitude: random.uniform(ranges.amplitude.lowerBound, ranges.amplitude.upperBound), width: log(ranges.width),
                bias: biases[random.integer(below: biases.count)], hold: log(ranges.hold))
        }
    }

    /// `count` updates of a network's synapse: sizes drawn from `activity`, exponential gaps, at one bias.
    public init(
        name: String, seed: UInt64, count: Int = 40, activity: NetworkActivity, bias: Double, level: Int = 0,
        synapse: LinearSynapse
    ) {
        var random = SeededGenerator(seed: seed, stream: 0x67_616d_65)
        let total = activity.sizes.reduce(0) { $0 + $1.weight }
        self.name = name
        self.level = level
        self.bias = bias
        events = (0..<count).map { _ in
            var left = random.uniform() * total
            let size =
                activity.sizes.first {
                    left -= $0.weight; return left <= 0
                } ?? activity.sizes[activity.sizes.count - 1]
            let shape = synapse.shape(for: size.step)
            let gap = -activity.meanGap * Foundation.log(max(random.uniform(), 1e-12))
            return Event(amplitude: shape.amplitude, width: shape.width, bias: bias, hold: max(gap, activity.shortestGap))
        }
    }
}

extension PulseStream {
    /// G of whatever lives through the stream (S): before the first pulse, after each pulse, and at the end of each hold.
    ///
    /// `pulse` and `hold` take a voltage (V) and a time (s).
    func course(
        pulse: (Double, Double) throws -> Void, hold: (Double, Double) throws -> Void, read: () throws -> Double
    ) rethrows -> [Double] {
        try hold(bias, settle)
        var course = [try read()]
        for e in events {
            try pulse(e.amplitude, e.width)
            course.append(try read())
            try hold(e.bias, e.hold)
            course.append(try read())
        }
        return course
    }
}

/// How a network writes to one synapse.
public struct NetworkActivity: Equatable, Sendable {
    /// |dF| (S) and how often.
    public var sizes: [(step: Double, weight: Double)]
    /// Mean and least time between two writes, s.
    public var meanGap, shortestGap: Double

    /// Sizes in S, times in s.
    public init(sizes: [(step: Double, weight: Double)], meanGap: Double, shortestGap: Double) {
        self.sizes = sizes
        self.meanGap = meanGap
        self.shortestGap = shortestGap
    }

    /// Whether both have the same sizes and gaps.
    public static func == (a: NetworkActivity, b: NetworkActivity) -> Bool {
        a.meanGap == b.meanGap && a.shortestGap == b.shortestGap && a.sizes.elementsEqual(b.sizes, by: ==)
    }
}
