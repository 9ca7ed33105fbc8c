/// How long a list of steps takes and what it counts, without walking through its repeats.
struct Extent {
    var duration = 0.0
    var pulses = 0
    var reads = 0
    /// Pieces of V(t), reads and ambient temperatures included.
    var segments = 0
    /// Voltage after the last step, V.
    var voltage: Double
    /// Whether a condition may end a step early, so that all of this is at most.
    var isUpperBound = false

    init(of steps: [Step], startingAt voltage: Double) {
        self.voltage = voltage
        for step in steps { add(step) }
    }

    /// The edge to `level`, where there is one.
    mutating func join(_ level: Double) {
        if level != voltage {
            duration += Step.jumpEdge
            count(segments: 1)
        }
        voltage = level
    }

    mutating func count(segments more: Int) { segments = segments.addingSaturated(more) }
    mutating func count(pulses more: Int) { pulses = pulses.addingSaturated(more) }

    /// One piece with the edge to it.
    mutating func add(_ piece: Segment) {
        if piece.kind.isInstant {
            count(segments: 1)
            if piece.kind == .read { reads = reads.addingSaturated(1) }
            return
        }
        guard piece.duration > 0 else { return }
        if piece.kind == .imposed {
            duration += Step.jumpEdge
            count(segments: 1)
            isUpperBound = true
        } else {
            join(piece.from)
        }
        duration += piece.duration
        count(segments: 1)
        voltage = piece.to
    }

    mutating func add(_ step: Step) {
        // To the ambient temperature and back.
        if step.terms.temperature != nil { count(segments: 2) }
        if !step.terms.until.isEmpty { isUpperBound = true }
        guard let (count, inner) = step.action.repeated else { return step.action.add(to: &self) }
        if !step.terms.until.isEmpty { self.count(segments: count) }
        // The first pass may begin at another voltage than the later ones, which all begin where one ends.
        let first = Extent(of: inner, startingAt: voltage)
        let later = Extent(of: inner, startingAt: first.voltage)
        duration += first.duration + Double(count - 1) * later.duration
        self.count(pulses: first.pulses.multipliedSaturated(count))
        self.count(segments: first.segments.addingSaturated(later.segments.multipliedSaturated(count - 1)))
        reads = reads.addingSaturated(first.reads.multipliedSaturated(count))
        isUpperBound = isUpperBound || first.isUpperBound
        voltage = later.voltage
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
