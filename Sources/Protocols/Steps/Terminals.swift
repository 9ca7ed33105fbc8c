import Essentials

/// "Pre [Pulse 1 V for 1 ms; Rest for 9 ms] post [Rest for 2 ms; Pulse 1 V for 1 ms]": two terminals, each with steps of its own; the
/// device sees V_pre - V_post.
///
/// Both start at 0 V at the same time, and the one that ends first keeps its last voltage. For the energy account all of it is one
/// pulse, whose amplitude is the largest difference. The steps inside are straight ones without terms.
struct TerminalsAction: StepAction {
    let pre, post: [Step]
    /// The difference, straight between these.
    private let points: [TableAction.Point]
    /// Piece that ends at the largest difference; a flat one where there is one.
    private let top: Int
    private let refused: String?

    /// Most pieces of each terminal.
    static let mostPieces = 100_000

    static let verb = Verb(
        "Pre", example: "Pre [Pulse 1 V for 1 ms; Rest for 9 ms] post [Rest for 2 ms; Pulse 1 V for 1 ms]"
    ) { sentence throws(InputError) in
        let pre = try sentence.list("the steps of the first terminal")
        try sentence.word("post")
        return TerminalsAction(pre: pre, post: try sentence.list("the steps of the second terminal"))
    }

    init(pre: [Step], post: [Step]) {
        (self.pre, self.post) = (pre, post)
        var refused: String?
        func segments(_ steps: [Step]) -> [Segment] {
            guard steps.allSatisfy({ (try? $0.check()) != nil }) else { return [] }
            var found: [Segment] = []
            for segment in Waveform(steps: steps) {
                guard segment.isPlain, !segment.kind.isInstant, found.count < Self.mostPieces else {
                    refused = found.count < Self.mostPieces ? "\(segment.kind.rawValue)" : "more than \(Self.mostPieces) pieces"
                    return []
                }
                found.append(segment)
            }
            return found
        }
        let (a, b) = (segments(pre), segments(post))
        let points = Self.difference(a, b)
        var top = 0
        func size(_ k: Int) -> Double { abs(points[k + 1].voltage) }
        for k in 0..<max(points.count - 1, 0) {
            let isFlat = points[k].voltage == points[k + 1].voltage
            if size(k) > size(top) || (isFlat && size(k) == size(top)) { top = k }
        }
        (self.points, self.top, self.refused) = (points, top, refused)
    }

    static func == (a: TerminalsAction, b: TerminalsAction) -> Bool { a.pre == b.pre && a.post == b.post }

    /// V_pre - V_post at every corner of either.
    private static func difference(_ a: [Segment], _ b: [Segment]) -> [TableAction.Point] {
        guard let lastA = a.last, let lastB = b.last else { return [] }
        let end = max(lastA.end, lastB.end)
        var corners = (a + b).map(\.start) + [lastA.end, lastB.end]
        corners.sort()
        var (i, j) = (0, 0)
        var points: [TableAction.Point] = []
        for time in corners {
            if let last = points.last, time - last.time < 1e-12 * max(1, end) { continue }
            while i < a.count - 1, a[i].end <= time { i += 1 }
            while j < b.count - 1, b[j].end <= time { j += 1 }
            points.append(.init(time: time, voltage: a[i].voltage(at: time) - b[j].voltage(at: time)))
        }
        return points
    }

    var sentence: String {
        func list(_ steps: [Step]) -> String { "[\(steps.map(\.sentence).joined(separator: "; "))]" }
        return "Pre \(list(pre)) post \(list(post))"
    }

    func check(depth: Int) throws(InputError) {
        for step in pre + post { try step.check(depth: depth + 1) }
        if let refused {
            throw InputError(
                "terminal", problem: "holds \(refused)",
                expected: "pulses, trains, holds, sweeps, staircases, triangles, noise or waveforms, without terms of their own"
            )
        }
        guard points.count > 1 else {
            throw InputError("terminal", problem: "has no steps", expected: "at least one, such as \"Rest for 1 ms\"")
        }
        for point in points { try Step.checkVoltage(point.voltage, "difference of the terminals") }
    }

    var pieceCount: Int { max(points.count - 1, 0) }

    func piece(_ k: Int, after voltage: Double) -> Segment {
        let (a, b) = (points[k], points[k + 1])
        return .piece(
            k == top ? .top : a.voltage == b.voltage ? .hold : .edge, a.voltage, b.voltage, b.time - a.time, pulse: 0)
    }
}

extension Step {
    /// Two terminals that both start at 0 V; the device sees the voltage of `pre` less that of `post`.
    public static func terminals(pre: [Step], post: [Step]) -> Step { Step(TerminalsAction(pre: pre, post: post)) }
}
