import CompactModel
import Essentials
import Foundation
import Protocols

/// A user's own tables of pulses, decays, reads and traces, told apart by their columns.
///
/// Pulses: amplitude_V, width_us, delta_F_nS[, sigma_nS, energy_pJ]. Decays: bias_V, time_s, F_nS[, amplitude_V, width_us] (default: 3.5 V,
/// 500 us). Reads: trains, conductance_nS. A trace: time_s, conductance_nS or current_A, with its protocol.
package struct MeasuredData: Sendable {
    package var measurements = Measurements()
    package var traces: [TraceTarget] = []
    /// Names of the files, and the SHA-256 of all of them.
    package var names: [String] = []
    package var digest = ""
    /// Relative sigma where a file gives none.
    package var sigma: Double
    private var sigmas: [Double?] = []

    static let decayColumns = ["bias_V", "time_s", "F_nS"]
    static let readColumns = ["trains", "conductance_nS"]

    package init(sigma: Double = 0.05) { self.sigma = sigma }

    /// Reads the files; `experiment` is the protocol of a trace.
    ///
    /// - Throws: `InputError` naming file, line, column and range.
    package static func load(paths: [String], experiment: Experiment?, sigma: Double) throws -> MeasuredData {
        var data = MeasuredData(sigma: sigma)
        var all = Data()
        for path in paths {
            let bytes = try AtomicFile.read(path)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw InputError(path, problem: "is not UTF-8 text", expected: "a CSV file")
            }
            all += bytes
            try data.add(csv: text, source: path, experiment: experiment)
        }
        data.digest = Digest.sha256(all)
        return data
    }

    /// Takes over one table.
    package mutating func add(csv text: String, source: String, experiment: Experiment?) throws {
        let columns = Set(
            (text.split(whereSeparator: \.isNewline).first { !$0.hasPrefix("#") } ?? "").split(separator: ",")
                .map { $0.trimmingCharacters(in: .whitespaces) })
        names.append(URL(fileURLWithPath: source).lastPathComponent)
        if columns.isSuperset(of: CalibrationTargets.cellColumns.prefix(3)) {
            try addPulses(text, source)
        } else if columns.isSuperset(of: Self.decayColumns) {
            try addDecays(text, source)
        } else if columns.isSuperset(of: Self.readColumns) {
            try addReads(text, source)
        } else if columns.contains("time_s"), columns.contains("conductance_nS") || columns.contains("current_A") {
            guard let experiment else {
                throw InputError(source, problem: "is a trace without its protocol", expected: "--protocol pulses.yaml")
            }
            var targets = CalibrationTargets()
            try targets.addTrace(csv: text, source: source, experiment: experiment, sigma: sigma, samples: 240)
            traces += targets.traces
        } else {
            throw InputError(
                source, value: columns.sorted().joined(separator: ","), problem: "has columns of no kind of measurement",
                expected:
                    "amplitude_V,width_us,delta_F_nS (pulses), bias_V,time_s,F_nS (decays), trains,conductance_nS (reads) or "
                    + "time_s,conductance_nS (a trace)")
        }
    }

    private mutating func addPulses(_ text: String, _ source: String) throws {
        var targets = CalibrationTargets()
        try targets.addCells(csv: text, source: source, sigma: sigma)
        let rows = try Table(csv: text, source: source, columns: Array(CalibrationTargets.cellColumns.prefix(3))).rows
        for (target, row) in zip(targets.targets, rows) {
            guard case .cell(let v, let w) = target.observable else { continue }
            let energy = try row.numberIfGiven("energy_pJ")
            if let energy, energy <= 0 { throw row.error("energy_pJ", "is out of range", "above 0 pJ", value: "\(energy)") }
            measurements.pulses.append(.init(amplitude: v, width: w, step: target.value, energy: energy.map { $0 / 1e12 }))
            sigmas.append(target.sigma)
        }
    }

    private mutating func addReads(_ text: String, _ source: String) throws {
        let table = try Table(csv: text, source: source, columns: Self.readColumns)
        try table.requireRows()
        for row in table.rows {
            let (trains, g) = (try row.integer("trains"), try row.number("conductance_nS"))
            guard (0...1000).contains(trains) else {
                throw row.error("trains", "is out of range", "0 (base state) ... 1000", value: "\(trains)")
            }
            guard g > 0 else { throw row.error("conductance_nS", "is out of range", "above 0 nS", value: "\(g)") }
            guard measurements.reads.updateValue(g / 1e9, forKey: trains) == nil else {
                throw row.error("trains", "stands twice", "one read for each number of trains", value: "\(trains)")
            }
        }
    }

    private mutating func addDecays(_ text: String, _ source: String) throws {
        let table = try Table(csv: text, source: source, columns: Self.decayColumns)
        try table.requireRows()
        var courses: [Double: Measurements.Decay] = [:]
        for row in table.rows {
            let (bias, t, f) = (try row.number("bias_V"), try row.number("time_s"), try row.number("F_nS"))
            guard Step.voltageRange.contains(bias) else {
                throw row.error("bias_V", "is out of range", "-20 ... 20 V", value: "\(bias)")
            }
            guard t > 0, t < 1e9 else { throw row.error("time_s", "is out of range", "above 0, below 1e9 s", value: "\(t)") }
            let (v, w) = (try row.numberIfGiven("amplitude_V") ?? 3.5, (try row.numberIfGiven("width_us") ?? 500) / 1e6)
            var course =
                courses[bias] ?? .init(bias: bias, amplitude: v, width: w, times: [], values: [], tau: 0, residual: 0)
            if let last = course.times.last, t <= last {
                throw row.error("time_s", "runs backwards at \(bias) V", "above \(last) s", value: "\(t)")
            }
            course.times.append(t)
            course.values.append(f / 1e9)
            courses[bias] = course
        }
        for (bias, course) in courses.sorted(by: { $0.key < $1.key }) {
            var one = course
            let even = Self.even(one.times)
            guard let fit = Fits.exponential(times: even.map { one.times[$0] }, values: even.map { one.values[$0] }) else {
                throw InputError(
                    "F_nS", value: "\(bias) V, \(one.times.count) samples", problem: "does not decay",
                    expected: "three or more samples of an F that falls, between 10 ms and 100 s where that can be",
                    source: source)
            }
            (one.tau, one.residual) = (fit.tau, fit.residual)
            measurements.decays.append(one)
        }
    }

    /// Samples between 10 ms and 100 s (all where these are fewer than three), at most eight a decade, so that each decade counts alike.
    static func even(_ times: [Double]) -> [Int] {
        let inside = times.indices.filter { (0.00999...100.1).contains(times[$0]) }
        var (kept, next) = ([Int](), 0.0)
        for k in inside.count >= 3 ? inside : Array(times.indices) where times[k] >= next {
            kept.append(k)
            next = times[k] * pow(10, 0.999 / 8)
        }
        return kept
    }

    /// What a fit may see and what it may not, chosen by the seed: a fifth of the pulses (none at a corner of the map) and of the biases
    /// (neither the first nor the last), and the second half of each trace.
    package func split(seed: UInt64) -> (fit: MeasuredData, held: MeasuredData) {
        var (fit, held) = (self, self)
        var random = SeededGenerator(seed: seed, stream: 0x6d65_6173)
        func chosen(_ candidates: [Int], of count: Int, least: Int) -> Set<Int> {
            guard count >= least, !candidates.isEmpty else { return [] }
            var (left, found) = (candidates, Set<Int>())
            while found.count < max(1, count / 5), !left.isEmpty {
                found.insert(left.remove(at: random.integer(below: left.count)))
            }
            return found
        }
        let (p, d) = (measurements.pulses, measurements.decays)
        let (v, w) = (p.map(\.amplitude), p.map(\.width))
        let inner = p.indices.filter { k in
            !([v.min(), v.max()].contains(v[k]) && [w.min(), w.max()].contains(w[k]))
                && p.count { $0.amplitude == v[k] && $0.width == w[k] } == 1
        }
        let (pulses, biases) = (
            chosen(inner, of: p.count, least: 5),
            chosen(d.isEmpty ? [] : Array(d.indices.dropFirst().dropLast()), of: d.count, least: 5)
        )
        func keep<T>(_ list: [T], _ where_: (Int) -> Bool) -> [T] { list.indices.filter(where_).map { list[$0] } }
        fit.measurements.pulses = keep(p) { !pulses.contains($0) }
        fit.sigmas = keep(sigmas) { !pulses.contains($0) }
        held.measurements.pulses = keep(p) { pulses.contains($0) }
        fit.measurements.decays = keep(d) { !biases.contains($0) }
        held.measurements.decays = keep(d) { biases.contains($0) }
        for k in traces.indices {
            let half = traces[k].times.count / 2
            fit.traces[k].times = Array(traces[k].times[..<half])
            fit.traces[k].values = Array(traces[k].values[..<half])
        }
        return (fit, held)
    }

    /// The numbers as targets of a fit.
    package var targets: CalibrationTargets {
        var result = CalibrationTargets()
        result.traces = traces
        func add(_ observable: Observable, _ name: String, _ unit: String, _ value: Double, _ sigma: Double) {
            result.targets.append(
                CalibrationTarget(
                    observable: observable, id: "data.\(result.targets.count)", quantity: name, unit: unit, value: value,
                    sigma: sigma, reason: "the data's, or one for all rows without their own",
                    source: names.joined(separator: ", ")))
        }
        for (pulse, sigma) in zip(measurements.pulses, sigmas) {
            add(.cell(pulse.amplitude, pulse.width), pulse.name, "nS", pulse.step, sigma ?? self.sigma)
        }
        for d in measurements.decays {
            let usual = d.amplitude == 3.5 && abs(d.width / 500e-6 - 1) < 1e-9
            add(usual ? .tau(d.bias) : .tauAfter(d.bias, d.amplitude, d.width), d.name, "s", d.tau, sigma)
        }
        for (trains, g) in measurements.reads.sorted(by: { $0.key < $1.key }) {
            add(
                trains == 0 ? .base : .level(trains), trains == 0 ? "base conductance" : "W after \(trains) trains", "nS", g,
                sigma)
        }
        return result
    }
}
