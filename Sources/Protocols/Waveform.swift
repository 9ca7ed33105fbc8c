/// The voltage that a list of steps makes: a lazy sequence of linear segments without gaps in time.
///
/// V(t) is continuous: where two steps meet at different voltages an edge of `Step.jumpEdge` joins them. Segments are
/// made one at a time, so memory does not grow with the number of repeats or pulses, and every pass over the sequence
/// gives the same segments. Cost per segment: O(depth of nesting).
public struct Waveform: Sequence, Sendable {
    /// What is unfolded.
    public let steps: [Step]
    /// Voltage before the first step, V.
    public let initialVoltage: Double
    /// Voltage of `.read(voltage: nil)`, V.
    public let readVoltage: Double

    /// The steps must be valid (`Experiment` checks them): counts of at least 1, positive widths, edges and rates.
    public init(steps: [Step], initialVoltage: Double = 0, readVoltage: Double = 0.6) {
        self.steps = steps
        self.initialVoltage = initialVoltage
        self.readVoltage = readVoltage
    }

    public func makeIterator() -> Iterator { Iterator(self) }

    /// Walks the tree of steps with an explicit stack; holds at most the segments of one pulse at a time.
    public struct Iterator: IteratorProtocol, Sendable {
        private struct Frame {
            var steps: [Step]
            var index = 0
            var passesLeft: Int
        }
        private struct TrainLeft {
            var count: Int
            let amplitude, width, gap, base, edge: Double
        }

        private var stack: [Frame]
        private var train: TrainLeft?
        /// Segments made and not yet handed out, last one first; never more than five.
        private var pending: [Segment] = []
        private var voltage: Double
        private let readVoltage: Double
        private var clock = Clock()
        private var pulses = 0
        private var topStep = 0

        init(_ waveform: Waveform) {
            stack = [Frame(steps: waveform.steps, passesLeft: 1)]
            voltage = waveform.initialVoltage
            readVoltage = waveform.readVoltage
            pending.reserveCapacity(5)
        }

        public mutating func next() -> Segment? {
            while true {
                if var segment = pending.popLast() {
                    if segment.kind.isInstant {
                        segment.start = clock.now
                        return segment
                    }
                    guard segment.duration > 0 else { continue }
                    segment.start = clock.now
                    clock.advance(by: segment.duration)
                    return segment
                }
                if train != nil {
                    nextPulseOfTrain()
                } else if !nextStep() {
                    return nil
                }
            }
        }

        /// Takes the next step off the stack; false when there is none.
        private mutating func nextStep() -> Bool {
            while let frame = stack.last {
                let last = stack.count - 1
                if frame.index == frame.steps.count {
                    stack[last].passesLeft -= 1
                    stack[last].index = 0
                    if stack[last].passesLeft <= 0 || frame.steps.isEmpty { stack.removeLast() }
                    continue
                }
                if last == 0 { topStep = frame.index }
                stack[last].index += 1
                start(frame.steps[frame.index])
                return true
            }
            return false
        }

        private mutating func start(_ step: Step) {
            switch step {
            case .hold(let level, let duration):
                queue([joint(to: level), piece(.hold, level, level, duration)], endingAt: level)
            case .sweep(let from, let to, let rate):
                let first = from ?? voltage
                queue([joint(to: first), piece(.sweep, first, to, abs(to - first) / rate)], endingAt: to)
            case .read(let level):
                let read = level ?? readVoltage
                queue([piece(.read, read, read, 0)], endingAt: voltage)
            case .ambient(let temperature):
                var segment = piece(.ambient, voltage, voltage, 0)
                segment.temperature = temperature
                queue([segment], endingAt: voltage)
            case .pulse(let amplitude, let width, let base, let edge):
                let level = base ?? voltage
                queue([joint(to: level)] + pulse(amplitude, width, level, edge), endingAt: level)
            case .train(let count, let amplitude, let width, let gap, let base, let edge):
                train = TrainLeft(
                    count: count, amplitude: amplitude, width: width, gap: gap, base: base ?? voltage, edge: edge)
                queue([joint(to: base ?? voltage)], endingAt: base ?? voltage)
            case .repeat(let count, let steps):
                stack.append(Frame(steps: steps, passesLeft: count))
            }
        }

        private mutating func nextPulseOfTrain() {
            guard var left = train else { return }
            var segments = pulse(left.amplitude, left.width, left.base, left.edge)
            left.count -= 1
            if left.count > 0 {
                segments.append(piece(.hold, left.base, left.base, left.gap))
                train = left
            } else {
                train = nil
            }
            queue(segments, endingAt: left.base)
        }

        private mutating func pulse(
            _ amplitude: Double, _ width: Double, _ base: Double, _ edge: Double
        ) -> [Segment] {
            defer { pulses += 1 }
            return [
                piece(.edge, base, amplitude, edge, pulse: pulses),
                piece(.top, amplitude, amplitude, width, pulse: pulses),
                piece(.edge, amplitude, base, edge, pulse: pulses),
            ]
        }

        /// The edge from the present voltage to the next step's; of no duration (and dropped) where they agree.
        private func joint(to level: Double) -> Segment {
            piece(.edge, voltage, level, voltage == level ? 0 : Step.jumpEdge)
        }

        private func piece(
            _ kind: Segment.Kind, _ from: Double, _ to: Double, _ duration: Double, pulse: Int? = nil
        ) -> Segment {
            Segment(start: 0, duration: duration, from: from, to: to, kind: kind, pulse: pulse, step: topStep)
        }

        private mutating func queue(_ segments: [Segment], endingAt level: Double) {
            pending.append(contentsOf: segments.reversed())
            voltage = level
        }
    }
}

/// Compensated sum of durations (Neumaier), so that 10^9 segments of a microsecond do not lose time.
private struct Clock: Sendable {
    private var sum = 0.0
    private var lost = 0.0
    var now: Double { sum + lost }
    mutating func advance(by duration: Double) {
        let next = sum + duration
        lost += abs(sum) >= duration ? (sum - next) + duration : (duration - next) + sum
        sum = next
    }
}
