/// How long a list of steps takes and what it counts, without walking through its repeats.
struct Extent {
    var duration = 0.0
    var pulses = 0
    var reads = 0
    /// Linear segments, reads and ambient temperatures included.
    var segments = 0
    /// Voltage after the last step, V.
    var voltage: Double

    init(of steps: [Step], startingAt voltage: Double) {
        self.voltage = voltage
        for step in steps { add(step) }
    }

    private mutating func join(_ level: Double) {
        if level != voltage {
            duration += Step.jumpEdge
            count(segments: 1)
        }
        voltage = level
    }

    private mutating func count(segments more: Int) { segments = segments.addingSaturated(more) }

    private mutating func add(_ step: Step) {
        switch step {
        case .hold(let level, let time):
            join(level)
            duration += time
            count(segments: 1)
        case .sweep(let from, let to, let rate):
            join(from ?? voltage)
            duration += abs(to - voltage) / rate
            count(segments: to == voltage ? 0 : 1)
            voltage = to
        case .read:
            count(segments: 1)
            reads = reads.addingSaturated(1)
        case .ambient: count(segments: 1)
        case .pulse(_, let width, let base, let edge):
            join(base ?? voltage)
            duration += width + 2 * edge
            pulses = pulses.addingSaturated(1)
            count(segments: 3)
        case .train(let count, _, let width, let gap, let base, let edge):
            join(base ?? voltage)
            duration += Double(count) * (width + 2 * edge) + Double(count - 1) * gap
            pulses = pulses.addingSaturated(count)
            self.count(segments: (gap > 0 ? 4 : 3).multipliedSaturated(count) - (gap > 0 ? 1 : 0))
        case .repeat(let count, let inner):
            // The first pass may begin at another voltage than the later ones, which all begin where one ends.
            let first = Extent(of: inner, startingAt: voltage)
            let later = Extent(of: inner, startingAt: first.voltage)
            duration += first.duration + Double(count - 1) * later.duration
            pulses = pulses.addingSaturated(first.pulses.multipliedSaturated(count))
            self.count(segments: first.segments.addingSaturated(later.segments.multipliedSaturated(count - 1)))
            reads = reads.addingSaturated(first.reads.multipliedSaturated(count))
            voltage = later.voltage
        }
    }
}

extension Int {
    /// Sum that stops at the largest integer instead of trapping.
    func addingSaturated(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
    /// Product of non-negative numbers that stops at the largest integer instead of trapping.
    func multipliedSaturated(_ other: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }
}
