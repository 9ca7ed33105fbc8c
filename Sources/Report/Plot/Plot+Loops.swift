import Essentials
import Foundation

extension Plot {
    private struct Point {
        var time, voltage, height: Double
    }
    /// Size of the panel, in its template.
    private static let size = (width: 400.0, height: 260.0)
    /// Voltages nearer to 0 than this say nothing of I / V, V.
    private static let leastVoltage = 0.02
    /// Numbered arrows on one curve.
    private static let arrows = 6

    /// |I| or I / V against V, in the order in which it was run, with numbered arrows along the way.
    func loop(_ panel: PlotPanel, _ able: [PlotRun], _ isFirst: Bool) throws(InputError) -> JSON {
        let isCurrent = panel == .currentLoop
        var curves: [(run: PlotRun, points: [Point])] = []
        for run in able {
            let (times, voltages, currents) = (
                try run.numbers("time_s"), try run.numbers("voltage_V"), try run.numbers("current_A")
            )
            var points: [Point] = []
            for k in times.indices {
                guard let time = times[k], let voltage = voltages[k], let current = currents[k] else { continue }
                if isCurrent, current != 0 {
                    points.append(Point(time: time, voltage: voltage, height: abs(current)))
                } else if !isCurrent, abs(voltage) >= Self.leastVoltage {
                    points.append(Point(time: time, voltage: voltage, height: current / voltage * 1e9))
                }
            }
            let kept = Thinning.indices(of: points.map { isCurrent ? log($0.height) : $0.height }, limit: 2 * Self.points)
            curves.append((run, kept.map { points[$0] }))
        }
        let all = curves.flatMap(\.points)
        let voltages = Self.padded(all.map(\.voltage))
        let heights = isCurrent ? Self.decades(all.map(\.height)) : Self.padded(all.map(\.height))
        var rows: [JSON] = [], arrows: [JSON] = []
        for (run, points) in curves {
            for (k, point) in points.enumerated() {
                rows.append([
                    "k": .string(run.label), "i": .number(Double(k)), "t": .number(point.time), "v": .number(point.voltage),
                    "y": .number(point.height),
                ])
            }
            let places = points.map { point in
                (
                    x: (point.voltage - voltages[0]) / (voltages[1] - voltages[0]) * Self.size.width,
                    y:
                        (isCurrent
                        ? log(max(point.height, heights[0]) / heights[0]) / log(heights[1] / heights[0])
                        : (point.height - heights[0]) / (heights[1] - heights[0])) * Self.size.height
                )
            }
            for (number, mark) in Self.marks(along: places, count: Self.arrows).enumerated() {
                arrows.append([
                    "k": .string(run.label), "v": .number(points[mark.index].voltage), "y": .number(points[mark.index].height),
                    "a": .number(mark.angle), "n": .string("\(number + 1)"),
                ])
            }
        }
        return try FigureTemplate("plot-loop.vl.json", PackageResources.plot_loop_vl_json).filled(
            data: ["rows": rows, "arrows": arrows],
            values: [
                "voltages": .numbers(voltages), "heights": .numbers(heights), "heightScale": isCurrent ? "log" : "linear",
                "heightFormat": isCurrent ? "~e" : "~f", "quantity": isCurrent ? "|Current| (A)" : "I / V (nS)",
                "runs": labels, "legend": legend(isFirst),
            ])
    }

    /// Places at equal distances along a curve on the page, and the way it goes there: degrees from upwards, clockwise.
    static func marks(along curve: [(x: Double, y: Double)], count: Int) -> [(index: Int, angle: Double)] {
        var lengths = [0.0]
        for (a, b) in zip(curve, curve.dropFirst()) { lengths.append(lengths[lengths.count - 1] + hypot(b.x - a.x, b.y - a.y)) }
        guard let whole = lengths.last, whole > 0 else { return [] }
        return (0..<count).compactMap { number in
            let place = whole * (Double(number) + 0.5) / Double(count)
            guard let index = lengths.firstIndex(where: { $0 >= place }) else { return nil }
            // The direction over a few pixels, so that one sample's noise does not turn an arrow.
            let from = lengths.lastIndex { $0 <= lengths[index] - 4 } ?? 0
            let to = lengths.firstIndex { $0 >= lengths[index] + 4 } ?? curve.count - 1
            return (index, atan2(curve[to].x - curve[from].x, curve[to].y - curve[from].y) * 180 / .pi)
        }
    }

    private static func padded(_ values: [Double]) -> [Double] {
        guard let low = values.min(), let high = values.max() else { return [0, 1] }
        let margin = max(0.04 * (high - low), 1e-3 * max(abs(low), abs(high)), 1e-9)
        return [low - margin, high + margin]
    }

    /// Whole decades around the values, nine at most.
    private static func decades(_ values: [Double]) -> [Double] {
        guard let high = values.max(), let low = values.min(), low > 0 else { return [1e-12, 1e-6] }
        let top = log10(high).rounded(.up)
        return [pow(10, max(log10(low).rounded(.down), top - 9)), pow(10, max(top, log10(low).rounded(.down) + 1))]
    }
}
