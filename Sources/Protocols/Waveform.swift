/// The voltage that a list of steps makes: a lazy sequence of segments without gaps in time.
///
/// V(t) is continuous: where two steps meet at different voltages an edge of `Step.jumpEdge` joins them. Segments are
/// made one at a time, so memory does not grow with the number of repeats or pulses, and every pass over the sequence
/// gives the same segments. Where a condition ends a step, or the device alone knows its voltage, whoever runs the segments tells the
/// iterator (`Iterator.ended`). Cost per segment: O(depth of nesting).
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

    /// How a segment ended that was not run as it stood.
    public struct Ending: Sendable, Equatable, Codable {
        /// How many segments had been handed out, this one included.
        public var segment: Int
        /// Voltage that the next step begins from, V, and how long the segment took, s.
        public var voltage, duration: Double
        /// Voltage on the device, V, where the source held another.
        public var device: Double?
        /// Depth of the step that it ended (`Segment.Until`); nil where the step goes on.
        public var depth: Int?

        /// An ending; V and s.
        public init(segment: Int, voltage: Double, duration: Double, device: Double? = nil, depth: Int? = nil) {
            self.segment = segment
            self.voltage = voltage
            self.duration = duration
            self.device = device
            self.depth = depth
        }
    }

    /// Walks the tree of steps with an explicit stack; makes one piece at a time.
    public struct Iterator: IteratorProtocol, Sendable {
        /// Terms of a step and of all repeats around it.
        private struct Terms {
            var until: [Segment.Until] = []
            var compliance: Double?
            var readVoltage: Double?

            /// Those of a step at this depth; the conditions of a repeat are looked at between its passes alone.
            func with(_ own: StepTerms, depth: Int) -> Terms {
                Terms(
                    until: own.until.map { Segment.Until(condition: $0, depth: depth) },
                    compliance: own.compliance ?? compliance, readVoltage: own.readVoltage ?? readVoltage)
            }
        }
        /// An ambient temperature to go back to; nil: the device's own.
        private struct Restored { var temperature: Double? }
        private struct Frame {
            var steps: [Step]
            var index = 0
            var passesLeft: Int
            var terms = Terms()
            var restored: Restored?
            /// Whether the conditions were looked at after this pass.
            var isChecked = false
        }
        private struct Current {
            let action: any StepAction
            var terms: Terms
            var restored: Restored?
            /// Voltage before the step, V, and pulses before it.
            let before: Double
            let pulses: Int
            var next = 0
            var end: Int
            /// Whether a condition has ended it, but for one last piece.
            var isCut = false
        }

        private var stack: [Frame]
        private var current: Current?
        /// The piece behind the edge that was handed out last.
        private var held: Segment?
        /// Ambient temperatures to be handed out next.
        private var instants: [Segment] = []
        private var voltage: Double
        private var device: Double?
        private var ambient: Double?
        private let readVoltage: Double
        private var clock = Clock()
        private var pulses = 0
        private var topStep = 0
        /// Whether what was handed out last takes no time.
        private var isInstant = false
        /// Segments handed out.
        public private(set) var count = 0

        init(_ waveform: Waveform) {
            stack = [Frame(steps: waveform.steps, passesLeft: 1)]
            voltage = waveform.initialVoltage
            readVoltage = waveform.readVoltage
        }

        public mutating func next() -> Segment? {
            while true {
                if let segment = held {
                    held = nil
                    return out(segment)
                }
                if !instants.isEmpty { return out(instants.removeFirst()) }
                if let segment = nextPiece() {
                    if segment.kind.isInstant { return out(segment) }
                    // A limit that is gone lets the source's voltage through: an edge from the device's.
                    if segment.compliance == nil, let at = device { voltage = at }
                    if segment.compliance == nil { device = nil }
                    if segment.kind == .imposed || segment.from != voltage {
                        held = segment
                        return out(joint(to: segment))
                    }
                    return out(segment)
                }
                if !nextStep() { return nil }
            }
        }

        /// Tells how the segment handed out last was run: the protocol goes on from there.
        public mutating func ended(_ ending: Ending) {
            if !isInstant { clock.replace(by: ending.duration) }
            (voltage, device) = (ending.voltage, ending.device)
            guard let depth = ending.depth else { return }
            held = nil
            if var cut = current, let last = cut.next > 0 ? cut.action.pieceAfterStop(cut.next - 1) : nil {
                (cut.next, cut.end, cut.isCut) = (last, last + 1, true)
                cut.terms.until = []
                current = cut
            } else if let cut = current {
                restore(cut.restored)
                current = nil
            }
            while stack.count > depth { restore(stack.removeLast().restored) }
        }

        private mutating func out(_ segment: Segment) -> Segment {
            var segment = segment
            segment.start = clock.now
            segment.step = topStep
            count += 1
            isInstant = segment.kind.isInstant
            if segment.kind == .ambient { ambient = segment.temperature }
            guard !segment.kind.isInstant else { return segment }
            // What the device's voltage is behind a compliance is told of each segment anew.
            device = nil
            clock.advance(by: segment.duration)
            if segment.current == nil { voltage = segment.to }
            return segment
        }

        /// The next piece of the present step that is any; nil where it has no more.
        private mutating func nextPiece() -> Segment? {
            while var step = current, step.next < step.end {
                var piece = step.action.piece(step.next, after: step.before)
                step.next += 1
                current = step
                if piece.kind == .read {
                    if piece.from.isNaN { (piece.from, piece.to) = (readVoltage, readVoltage) }
                    return piece
                }
                if piece.kind.isInstant { return piece }
                guard piece.duration > 0 else { continue }
                if let pulse = piece.pulse {
                    piece.pulse = step.pulses + pulse
                    pulses = step.pulses + pulse + 1
                }
                if step.isCut { piece.from = voltage }
                return stamped(piece, step.terms)
            }
            return nil
        }

        private func stamped(_ piece: Segment, _ terms: Terms) -> Segment {
            var piece = piece
            (piece.until, piece.readVoltage) = (terms.until, terms.readVoltage)
            piece.compliance = piece.current == nil ? terms.compliance : nil
            return piece
        }

        /// Takes the next step off the stack; false when there is none.
        private mutating func nextStep() -> Bool {
            if let done = current {
                current = nil
                restore(done.restored)
                return true
            }
            while let frame = stack.last {
                let last = stack.count - 1
                if frame.index == frame.steps.count {
                    if !frame.terms.until.isEmpty, !frame.isChecked {
                        stack[last].isChecked = true
                        instants.append(stamped(.piece(.check, voltage, voltage, 0), frame.terms))
                        return true
                    }
                    stack[last].passesLeft -= 1
                    (stack[last].index, stack[last].isChecked) = (0, false)
                    if stack[last].passesLeft <= 0 || frame.steps.isEmpty {
                        restore(stack.removeLast().restored)
                        if !instants.isEmpty { return true }
                    }
                    continue
                }
                if last == 0 { topStep = frame.index }
                stack[last].index += 1
                begin(frame.steps[frame.index], frame.terms)
                return true
            }
            return false
        }

        private mutating func begin(_ step: Step, _ around: Terms) {
            let terms = around.with(step.terms, depth: stack.count)
            var restored: Restored?
            if let temperature = step.terms.temperature {
                restored = Restored(temperature: ambient)
                instants.append(ambient(temperature))
            }
            if let (count, steps) = step.action.repeated {
                stack.append(Frame(steps: steps, passesLeft: count, terms: terms, restored: restored))
            } else {
                current = Current(
                    action: step.action, terms: terms, restored: restored, before: voltage, pulses: pulses,
                    end: step.action.pieceCount)
            }
        }

        private mutating func restore(_ restored: Restored?) {
            if let restored { instants.append(ambient(restored.temperature)) }
        }

        private func ambient(_ temperature: Double?) -> Segment {
            var segment = Segment.piece(.ambient, voltage, voltage, 0)
            segment.temperature = temperature
            return segment
        }

        /// The edge from the present voltage to a piece that begins at another.
        private func joint(to piece: Segment) -> Segment {
            var edge = piece
            (edge.kind, edge.pulse, edge.sine) = (.edge, nil, nil)
            edge.duration = Step.jumpEdge
            edge.from = voltage
            edge.to = piece.kind == .imposed ? voltage : piece.from
            return edge
        }
    }
}

/// Compensated sum of durations (Neumaier), so that 10^9 segments of a microsecond do not lose time.
private struct Clock: Sendable {
    private var sum = 0.0
    private var lost = 0.0
    /// Both before the last duration.
    private var before = (sum: 0.0, lost: 0.0)
    var now: Double { sum + lost }
    mutating func advance(by duration: Double) {
        before = (sum, lost)
        let next = sum + duration
        lost += abs(sum) >= duration ? (sum - next) + duration : (duration - next) + sum
        sum = next
    }
    /// Puts another duration in place of the last one.
    mutating func replace(by duration: Double) {
        (sum, lost) = before
        advance(by: duration)
    }
}
