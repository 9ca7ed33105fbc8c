import Essentials
import Foundation

/// "Waveform pulse.csv [hold] [within 1 mV]" and "Waveform 0 s 0 V, 1 ms 2 V, 3 ms 0 V": a voltage given point by point.
///
/// A file has the columns time_s and voltage_V. Its points are joined by straight lines, or each is held until the next one (`hold`);
/// two rows at one time are a corner where the voltage jumps. A file is resampled: the fewest of its own points are kept from which
/// straight lines stay within the tolerance of all others. The voltage jumps within `Step.jumpEdge`, or half of what follows where that
/// is less, taken from what follows, so that all times stay what they are.
struct TableAction: StepAction {
    struct Point: Equatable, Sendable {
        /// s from the first point, V.
        var time, voltage: Double
    }
    var points: [Point]
    var remark: String?

    /// Largest distance of the resampled voltage from the file's where the sentence names none, V.
    static let tolerance = 1e-3
    /// Most points after resampling.
    static let mostPoints = 2_000_000

    static func == (a: TableAction, b: TableAction) -> Bool { a.points == b.points }

    static let verb = Verb("Waveform", example: "Waveform 0 s 0 V, 1 ms 2 V, 3 ms 0 V") { sentence throws(InputError) in
        if sentence.dimension != nil { return TableAction(points: try inline(&sentence), remark: nil) }
        let name = try sentence.name("the name of a CSV file with the columns time_s and voltage_V, or points")
        let isHeld = sentence.takes("hold")
        if !isHeld { _ = sentence.takes("linear") }
        let tolerance = sentence.takes("within") ? try sentence.measure(.voltage, "the tolerance") : tolerance
        guard tolerance >= 0 else { throw sentence.failure("a tolerance below zero", expected: "0 V or more") }
        guard sentence.context.readsFiles else {
            throw sentence.failure("a file cannot be named here", expected: "the points, written out")
        }
        let path = URL(fileURLWithPath: name, relativeTo: sentence.context.folder.map { URL(fileURLWithPath: $0) }).path
        let rows = try load(path)
        let points = isHeld ? held(rows, tolerance) : resampled(rows, tolerance)
        return TableAction(
            points: points,
            remark: "\(name): \(rows.count) rows as \(points.count - 1) straight pieces, within \(Step.volts(tolerance))")
    }

    private static func inline(_ sentence: inout Sentence) throws(InputError) -> [Point] {
        var points: [Point] = []
        repeat {
            let time = try sentence.measure(.time, "a time")
            points.append(Point(time: time, voltage: try sentence.measure(.voltage, "the voltage at that time")))
        } while sentence.takes(",")
        guard let first = points.first?.time else { return points }
        return first == 0 ? points : points.map { Point(time: $0.time - first, voltage: $0.voltage) }
    }

    private static func load(_ path: String) throws(InputError) -> [Point] {
        let table = try Table.load(path: path, columns: ["time_s", "voltage_V"])
        try table.requireRows()
        var points: [Point] = []
        points.reserveCapacity(table.rows.count)
        var start = 0.0
        for row in table.rows {
            let (time, voltage) = (try row.number("time_s"), try row.number("voltage_V"))
            if points.isEmpty { start = time }
            if let last = points.last, time - start < last.time {
                throw row.error("time_s", "runs backwards", "at least \(last.time + start)", value: "\(time)")
            }
            if points.count > 1, points[points.count - 2].time == time - start {
                throw row.error("time_s", "stands in three rows", "one, or two where the voltage jumps", value: "\(time)")
            }
            guard Step.voltageRange.contains(voltage) else {
                throw row.error("voltage_V", "is out of range", "-20 V ... 20 V", value: "\(voltage)")
            }
            points.append(Point(time: time - start, voltage: voltage))
        }
        return points
    }

    /// The fewest points that a cone from each kept point on finds: every point left out lies within `tolerance` of the lines. Cost: linear
    /// for most tables.
    static func resampled(_ rows: [Point], _ tolerance: Double) -> [Point] {
        guard rows.count > 2 else { return rows }
        var kept = [rows[0]]
        var anchor = 0
        while anchor < rows.count - 1 {
            let origin = rows[anchor]
            var (low, high) = (-Double.infinity, Double.infinity)
            var best = anchor + 1
            for k in (anchor + 1)..<rows.count {
                let time = rows[k].time - origin.time
                // A jump is kept as it stands.
                if time == 0 { break }
                let slope = (rows[k].voltage - origin.voltage) / time
                if slope >= low, slope <= high { best = k }
                low = max(low, (rows[k].voltage - tolerance - origin.voltage) / time)
                high = min(high, (rows[k].voltage + tolerance - origin.voltage) / time)
                let isJump = k + 1 < rows.count && rows[k + 1].time == rows[k].time
                if low > high || isJump { break }
            }
            kept.append(rows[best])
            anchor = best
        }
        return kept
    }

    /// Each row held until the next; rows within `tolerance` of a level belong to it.
    static func held(_ rows: [Point], _ tolerance: Double) -> [Point] {
        var points = [rows[0]]
        for row in rows.dropFirst() {
            let level = points[points.count - 1].voltage
            guard abs(row.voltage - level) > tolerance, row.time > points[points.count - 1].time else {
                if row.time == points[points.count - 1].time { points[points.count - 1].voltage = row.voltage }
                continue
            }
            points.append(Point(time: row.time, voltage: level))
            points.append(row)
        }
        if let last = rows.last, last.time > points[points.count - 1].time {
            points.append(Point(time: last.time, voltage: points[points.count - 1].voltage))
        }
        return points
    }

    var sentence: String {
        let time = PhysicalUnit("s", .time)
        return "Waveform " + points.map { "\(time.text(of: $0.time)) \(Step.volts($0.voltage))" }.joined(separator: ", ")
    }

    func check(depth: Int) throws(InputError) {
        guard points.count >= 2 else {
            throw InputError("waveform", problem: "has fewer than two points", expected: "a start and an end")
        }
        guard points.count <= Self.mostPoints else {
            throw InputError(
                "waveform", problem: "has \(points.count) points after resampling",
                expected: "at most \(Self.mostPoints): a larger tolerance, such as \"within 5 mV\"")
        }
        for (k, point) in points.enumerated() {
            try Step.inRange(point.time, 0...Step.timeRange.upperBound, .time, "time of a point")
            try Step.checkVoltage(point.voltage, "voltage of a point")
            guard k > 0 else { continue }
            let gap = point.time - points[k - 1].time
            guard gap == 0 || gap >= 1e-12 else {
                throw InputError(
                    "time of a point", value: Step.timeText(point.time),
                    problem: gap < 0 ? "runs backwards" : "is less than 1 ps after the one before", expected: "times that rise")
            }
            if gap == 0, k > 1, points[k - 2].time == point.time {
                throw InputError(
                    "time of a point", value: Step.timeText(point.time), problem: "is given three times",
                    expected: "once, or twice where the voltage jumps")
            }
        }
        guard let last = points.last, last.time >= Step.timeRange.lowerBound else {
            throw InputError("waveform", problem: "takes no time", expected: "at least 1 ns")
        }
    }

    var pieceCount: Int { points.count - 1 }

    /// Time that a jump from point k to the next takes, s.
    private func edge(_ k: Int) -> Double {
        guard k >= 0, points[k + 1].time == points[k].time else { return 0 }
        guard k + 2 < points.count else { return Step.jumpEdge }
        return min(Step.jumpEdge, 0.5 * (points[k + 2].time - points[k + 1].time))
    }

    func piece(_ k: Int, after voltage: Double) -> Segment {
        let (a, b) = (points[k], points[k + 1])
        if a.time == b.time { return .piece(.edge, a.voltage, behind(k), edge(k)) }
        let from = k > 0 && edge(k - 1) > 0 ? behind(k - 1) : a.voltage
        return .piece(
            from == b.voltage ? .hold : .sweep, from, b.voltage, b.time - a.time - (k > 0 ? edge(k - 1) : 0))
    }

    /// Where the jump from point k leads: to where the line behind it is when its edge ends.
    private func behind(_ k: Int) -> Double {
        let b = points[k + 1]
        guard k + 2 < points.count else { return b.voltage }
        let c = points[k + 2]
        return b.voltage + (c.voltage - b.voltage) * edge(k) / (c.time - b.time)
    }
}

extension Step {
    /// A voltage through points (s, V), joined by straight lines; two points at one time are a jump. Times count from the first.
    public static func waveform(_ points: [(time: Double, voltage: Double)]) -> Step {
        let start = points.first?.time ?? 0
        return Step(TableAction(points: points.map { TableAction.Point(time: $0.time - start, voltage: $0.voltage) }))
    }
}
