import CompactModel
import Foundation

/// Rows against the independent prototype: same equations and parameters, another program, grid and time stepping.
struct CrossCheck {
    let reference: ReferenceDevice
    let results: ChainResults

    /// All rows that the chain's results allow, in the order of the figures.
    func rows() -> [ValidationRow] {
        base() + loops() + pulses() + decays() + lambdas() + levels() + forming()
    }

    private func row(
        _ id: String, _ figure: String, _ quantity: String, _ check: String, reference: Double, ours: Double?,
        unit: String, scale: Double
    ) -> [ValidationRow] {
        guard let ours, ours.isFinite, reference != 0, let closeness = self.reference.closeness[check] else { return [] }
        return [
            ValidationRow(
                id: "cross.\(id)", figure: figure, quantity: quantity, paper: reference / scale,
                simulated: ours / scale, unit: unit, tolerance: closeness.tolerance(around: reference), fitted: false,
                section: .crossCheck, kind: "computed", reason: closeness.reason)
        ]
    }

    private func pulses() -> [ValidationRow] {
        reference.pulses.flatMap { pulse in
            let ours = results.cell(pulse.amplitude, pulse.width)
            let name = "\(plain(pulse.amplitude)) V, \(plain(pulse.width * 1e6)) us"
            let id = "\(plain(pulse.amplitude))V.\(plain(pulse.width * 1e6))us"
            return row(
                "delta_f.\(id)", "3b", "dF, \(name)", "delta_f", reference: pulse.deltaConductance,
                ours: ours?.deltaConductance, unit: "nS", scale: 1e-9)
                + row(
                    "energy.\(id)", "3c", "pulse energy, \(name)", "pulse_energy", reference: pulse.energy,
                    ours: ours?.energy, unit: "pJ", scale: 1e-12)
        }
    }

    private func lambdas() -> [ValidationRow] {
        reference.lambdas.flatMap { point in
            row(
                "lambda.\(plain(point.bias))V", "3e", "Lambda at \(plain(point.bias)) V", "lambda",
                reference: point.lambda, ours: results.decayPoint(point.bias)?.lambda, unit: "1", scale: 1)
        }
    }

    private func levels() -> [ValidationRow] {
        reference.levels.flatMap { level in
            let ours = results.synapse?.levels.first { $0.train == level.train }
            return row(
                "long_term.\(level.train).1s", "2f", "W after train \(level.train), 1 s into the read", "long_term",
                reference: level.read1s, ours: ours?.read1s, unit: "nS", scale: 1e-9)
                + row(
                    "long_term.\(level.train).375s", "2f", "W after train \(level.train), 375 s into the read",
                    "long_term", reference: level.read375s, ours: ours?.read375s, unit: "nS", scale: 1e-9)
        }
    }

    private func base() -> [ValidationRow] {
        let reads: [(String, String, String, Double?)] = [
            ("G_rest_0V", "2d", "base after 1,000 s at 0 V", results.restConductance),
            ("G0", "2d", "base after 300 s more at 0.6 V", results.baseConductance),
            ("G0_plus375s", "2d", "base after 375 s more", results.baseAfterHold),
            ("G_after_15_pulses", "2d", "base after the fifteen pulses", results.baseAfterPulses),
            ("ret_0V_300s", "2c", "W after 300 s at 0 V", results.retention(at: 300)),
            ("ret_0V_1000s", "2c", "W after 1,000 s at 0 V", results.retention(at: 1e3)),
            ("ret_0V_3000s", "2c", "W after 3,000 s at 0 V", results.retention(at: 3e3)),
            ("ret_0V_10000s", "2c", "W after 10,000 s at 0 V", results.retention(at: 1e4)),
        ]
        let rows = reads.flatMap { key, figure, quantity, ours in
            reference.summary[key].map {
                row(
                    "base.\(key)", figure, quantity, figure == "2c" ? "retention" : "base", reference: $0 * 1e-9, ours: ours,
                    unit: "nS", scale: 1e-9)
            } ?? []
        }
        let leak = reference.summary["leak_60s_ratio"].map {
            row(
                "base.leak", "2d", "G 60 s after a 3.5 V, 500 us pulse over G before", "base", reference: $0,
                ours: results.leakRatio, unit: "1", scale: 1)
        }
        return rows + (leak ?? [])
    }

    /// For each cycle, branch and sign of the voltage, the voltage at which we differ most.
    private func loops() -> [ValidationRow] {
        let parts: [(LoopBranch, Double, String)] = [
            (.up, 1, "up, V > 0"), (.down, 1, "down, V > 0"), (.down, -1, "down, V < 0"), (.back, -1, "back, V < 0"),
        ]
        return [1, 30].flatMap { cycle -> [ValidationRow] in
            guard let points = reference.loops[cycle], let loop = results.loops.first(where: { $0.cycle == cycle })
            else { return [] }
            return parts.flatMap { branch, sign, name -> [ValidationRow] in
                var worst: (voltage: Double, reference: Double, ours: Double, error: Double)?
                for point in points
                where point.branch == branch.rawValue && point.voltage * sign > 0 && point.conductance != 0 {
                    guard let ours = loop.conductance(at: point.voltage, on: branch) else { continue }
                    let error = abs(ours / point.conductance - 1)
                    if error > worst?.error ?? -1 { worst = (point.voltage, point.conductance, ours, error) }
                }
                guard let worst else { return [] }
                return row(
                    "loop.\(cycle).\(branch)\(sign > 0 ? "+" : "-")", "2a",
                    "G, cycle \(cycle), \(name), largest difference (at \(plain(worst.voltage)) V)",
                    sign > 0 ? "loop_positive" : "loop_negative", reference: worst.reference, ours: worst.ours,
                    unit: "nS", scale: 1e-9)
            }
        }
    }

    /// For each bias, the time at which F differs most, relative to F just after the pulse.
    private func decays() -> [ValidationRow] {
        reference.decays.keys.sorted().flatMap { bias -> [ValidationRow] in
            guard let samples = reference.decays[bias], let start = samples.first?.shortTerm, start != 0,
                let curve = results.decays.first(where: { abs($0.bias - bias) < 1e-6 })
            else { return [] }
            var worst: (time: Double, reference: Double, ours: Double)?
            for sample in samples {
                guard let ours = curve.value(at: sample.time) else { continue }
                if abs(ours - sample.shortTerm) >= abs((worst?.ours ?? 0) - (worst?.reference ?? 0)) || worst == nil {
                    worst = (sample.time, sample.shortTerm, ours)
                }
            }
            guard let worst else { return [] }
            // Held relative to F(0): shift both by it, so that the tail's zero crossing is no pole.
            return row(
                "decay.\(plain(bias))V", "3d",
                "F(0) + F(t) at \(plain(bias)) V, largest difference (at \(plain(worst.time)) s)", "decay",
                reference: start + worst.reference, ours: start + worst.ours, unit: "nS", scale: 1e-9)
        }
    }

    private func forming() -> [ValidationRow] {
        guard let ours = results.formingVoltage, let forming = reference.forming else { return [] }
        return [("low", forming.low, Relation.above), ("high", forming.high, .atMost)].map { key, value, relation in
            ValidationRow(
                id: "cross.forming.\(key)", figure: "text",
                quantity: "lowest voltage that forms, \(relation == .above ? "above" : "at most")", paper: value,
                simulated: ours, unit: "V", tolerance: 0, relation: relation, fitted: false, section: .crossCheck,
                kind: "computed", reason: forming.reason)
        }
    }
}

extension ChainResults.Decay {
    /// F (S) at a time (s), linear between samples; `nil` outside them.
    func value(at target: Double) -> Double? {
        let count = min(time.count, shortTerm.count)
        guard count > 0, target >= time[0] - 1e-9, target <= time[count - 1] * (1 + 1e-9) else { return nil }
        var low = 0
        var high = count - 1
        while high - low > 1 {
            let middle = (low + high) / 2
            if time[middle] <= target { low = middle } else { high = middle }
        }
        guard high > low, time[high] > time[low] else { return shortTerm[low] }
        let share = min(max((target - time[low]) / (time[high] - time[low]), 0), 1)
        return shortTerm[low] + share * (shortTerm[high] - shortTerm[low])
    }
}

/// A number as a person would write it: no trailing zeros, six digits.
func plain(_ value: Double) -> String {
    String(format: "%.6g", value)
}
