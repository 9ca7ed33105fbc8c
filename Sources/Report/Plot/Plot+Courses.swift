import Essentials
import Foundation
import Simulation

extension Plot {
    typealias Course = [(time: Double, value: Double)]

    /// A quantity against time.
    func course(_ panel: PlotPanel, _ able: [PlotRun], _ isFirst: Bool) throws(InputError) -> JSON {
        let (column, quantity, isLogarithmic) = Self.quantity(panel)
        let axis = panel == .retention && time != .decade ? .log : time
        var rows: [JSON] = [], drawn: [Double] = []
        for run in able {
            var course = try shifted(run.course(column), run, panel, axis)
            if isLogarithmic { course = course.map { ($0.time, abs($0.value)) }.filter { $0.value > 0 } }
            let kept = Thinning.indices(of: course.map { isLogarithmic ? log($0.value) : $0.value }, limit: Self.points)
            let pieces = axis == .decade ? Self.decades(kept.map { course[$0] }) : [("", kept.map { course[$0] })]
            for (decade, samples) in pieces {
                for sample in samples {
                    drawn.append(sample.time)
                    rows.append([
                        "k": .string(run.label), "t": .number(sample.time), "y": .number(sample.value), "d": .string(decade),
                    ])
                }
            }
        }
        let height: [String: JSON] = [
            "quantity": .string(quantity), "heightScale": FigureTemplate.scale(isLogarithmic: isLogarithmic),
            "heightFormat": isLogarithmic ? "~e" : panel == .current ? "~s" : "~f", "runs": labels, "legend": legend(isFirst),
        ]
        if axis == .decade {
            let names = Self.decadeNames(drawn)
            return try FigureTemplate("plot-decades.vl.json", PackageResources.plot_decades_vl_json).filled(
                data: ["rows": rows],
                values: height.merging(
                    ["decades": .strings(names), "width": .number((800 / Double(max(names.count, 4))).rounded())]
                ) { $1 })
        }
        return try FigureTemplate("plot-course.vl.json", PackageResources.plot_course_vl_json).filled(
            data: ["rows": rows], values: height.merging(times(drawn, axis, panel)) { $1 })
    }

    /// Column, what it is with its unit, and whether its size is drawn on a logarithmic axis.
    private static func quantity(_ panel: PlotPanel) -> (column: String, quantity: String, isLogarithmic: Bool) {
        switch panel {
        case .voltage: ("voltage_V", "Voltage (V)", false)
        case .current: ("current_A", "Current (A)", false)
        case .currentSize: ("current_A", "|Current| (A)", true)
        case .temperature: ("temperature_K", "Temperature (K)", false)
        default: ("conductance_nS", "Conductance (nS)", false)
        }
    }

    /// Scale, domain and title of a time axis.
    func times(_ drawn: [Double], _ axis: TimeAxis, _ panel: PlotPanel?) -> [String: JSON] {
        let (low, high) = (drawn.min() ?? 0, drawn.max() ?? 1)
        let place: String =
            switch origin ?? (panel == .retention ? .pulse(nil) : nil) {
            case .time(let time): " after \(JSON.digits(time)) s"
            case .pulse(let number?): " after pulse \(number)"
            case .pulse(nil): " after the last pulse"
            case nil: ""
            }
        return [
            "scale": .string(axis == .log ? "log" : "linear"), "times": .numbers(high > low ? [low, high] : [low, low + 1]),
            "time": .string("Time\(place) (s)"), "format": axis == .log ? "~g" : high - low < 0.05 ? "~s" : "~f",
        ]
    }

    /// Times counted from the origin, of which those behind it are kept; on a logarithmic axis the start itself is left out.
    func shifted(_ course: Course, _ run: PlotRun, _ panel: PlotPanel, _ axis: TimeAxis) throws(InputError) -> Course {
        let asked = origin ?? (panel == .retention ? .pulse(nil) : nil)
        let start: Double
        switch asked {
        case .time(let time): start = time
        case .pulse(let number):
            guard let end = try run.end(ofPulse: number) else {
                throw InputError(
                    "--since", value: number.map { "pulse \($0)" }, problem: "\(run.source) knows no such pulse",
                    expected: "a pulse of the trace (its column \"pulse\" counts from 0), or a time such as \"10 s\"")
            }
            start = end
        case nil: start = course.first?.time ?? 0
        }
        let isOpen = axis != .linear
        let rest = course.filter { isOpen ? $0.time > start : $0.time >= start }
            .map { (time: asked == nil && !isOpen ? $0.time : $0.time - start, value: $0.value) }
        guard !rest.isEmpty else {
            throw InputError(
                "--since", value: "\(start) s", problem: "leaves nothing of \(run.source)",
                expected: "a moment before its end at \(course.last?.time ?? 0) s")
        }
        // Less than a nanosecond behind the start is round-off of the difference.
        return axis == .linear ? rest : rest.filter { $0.time >= 1e-9 }
    }

    private static func decadeName(_ power: Int) -> String { "from 1e\(power) s" }
    private static func power(_ time: Double) -> Int { Int(clamped: log10(time) + 1e-9, rounded: .down) }

    private static func decadeNames(_ times: [Double]) -> [String] {
        guard let low = times.min(), let high = times.max(), low > 0 else { return [] }
        return (power(low)...power(high)).map(decadeName)
    }

    /// The pieces of a course by decades, joined at their borders; of more than eight the last eight.
    static func decades(_ course: Course) -> [(name: String, samples: Course)] {
        guard let last = course.last else { return [] }
        let highest = power(last.time * (1 - 1e-9))
        var pieces: [(power: Int, samples: Course)] = []
        for sample in course {
            let decade = min(power(sample.time), highest)
            guard decade > highest - 8 else { continue }
            guard let before = pieces.last, before.power != decade, let from = before.samples.last else {
                if pieces.isEmpty { pieces.append((decade, [])) }
                pieces[pieces.count - 1].samples.append(sample)
                continue
            }
            // Straight lines on the way: a point on each border that lies between two samples.
            for border in (before.power + 1)...decade {
                let time = pow(10, Double(border))
                let share = (time - from.time) / max(sample.time - from.time, 1e-300)
                let value = from.value + min(max(share, 0), 1) * (sample.value - from.value)
                pieces[pieces.count - 1].samples.append((time, value))
                pieces.append((border, [(time, value)]))
            }
            pieces[pieces.count - 1].samples.append(sample)
        }
        return pieces.map { (decadeName($0.power), $0.samples) }
    }

    /// Vacancies and oxygen, each as its change since the start.
    func inventory(_ able: [PlotRun]) throws(InputError) -> JSON {
        let columns = [
            ("lattice_vacancies_per_m2", "vacancies in the layer"),
            ("plane_vacancies_per_m2", "vacancies in the contact plane"),
            ("interfacial_oxygen_per_m2", "oxygen at the contact"), ("stored_oxygen_per_m2", "oxygen in the store"),
        ]
        let axis = time == .decade ? .log : time
        var rows: [JSON] = [], drawn: [Double] = [], names: [String] = []
        for run in able {
            for (column, name) in columns where run.has(column) {
                let all = try run.course(column)
                guard let first = all.first?.value, all.contains(where: { $0.value != 0 }) else { continue }
                if !names.contains(name) { names.append(name) }
                let course = try shifted(all, run, .inventory, axis)
                for k in Thinning.indices(of: course.map(\.value), limit: Self.points) {
                    drawn.append(course[k].time)
                    rows.append([
                        "k": .string(run.label), "q": .string(name), "t": .number(course[k].time),
                        "y": .number(course[k].value - first), "n": .number(course[k].value),
                    ])
                }
            }
        }
        return try FigureTemplate("plot-inventory.vl.json", PackageResources.plot_inventory_vl_json).filled(
            data: ["rows": rows],
            values: times(drawn, axis, nil).merging(["runs": labels, "quantities": .strings(names), "legend": legend(true)]) {
                $1
            })
    }
}
