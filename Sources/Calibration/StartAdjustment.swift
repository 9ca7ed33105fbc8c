import CompactModel
import DeviceModel
import Essentials
import Foundation

/// Brings a start from which no descent is possible to one from which it is: the right base conductance, and no thermal runaway
/// in the runs that the targets need.
struct StartAdjustment {
    let problem: CalibrationProblem

    /// Returns the adjusted point and what was done, in words; throws `InputError` when the runs fail for another
    /// reason or cannot be saved.
    func adjust(_ start: [Double]) throws -> (point: [Double], remarks: [String]) {
        var point = start
        var remarks: [String] = []
        if let remark = level(&point) { remarks.append(remark) }
        guard problem.residuals(point) == nil else { return (point, remarks) }
        guard let heat = problem.free.firstIndex(where: { $0.key == "thermal_resistance" }) else {
            throw failure(point, "thermal_resistance is not free, so the device cannot be cooled")
        }
        let from = problem.free[heat].value(point[heat])
        for _ in 0..<24 {
            guard point[heat] > problem.free[heat].lower else { break }
            point[heat] = max(point[heat] - 0.1, problem.free[heat].lower)
            if problem.residuals(point) != nil {
                let specification = problem.free[heat].specification
                remarks.append(
                    "the start runs away thermally: cooled, \(specification.key) \(specification.unit.rounded(from)) -> "
                        + specification.unit.rounded(problem.free[heat].value(point[heat])))
                return (point, remarks)
            }
        }
        throw failure(point, "lowering thermal_resistance did not help")
    }

    private func failure(_ point: [Double], _ hint: String) -> InputError {
        let why = problem.evaluateTolerantly(point).failures.first ?? "a target has no value"
        return InputError(
            problem.device.path ?? problem.device.name, problem: "cannot start a calibration (\(why); \(hint))",
            expected: "a start whose runs all reach their end")
    }

    /// Moves the Pt barrier until the base conductance is right within 20 %, by the secant rule on ln G.
    private func level(_ point: inout [Double]) -> String? {
        guard let barrier = problem.free.firstIndex(where: { $0.key == "platinum_barrier" }),
            let target = problem.targets.targets.first(where: { $0.observable == .base && $0.relation == .equal })
        else { return nil }
        let parameter = problem.free[barrier]
        func miss(_ scaled: Double) -> Double? {
            var trial = point
            trial[barrier] = scaled
            var campaign = Campaign(problem.parameters(at: trial), options: problem.options)
            campaign.parts = []
            campaign.chargeThreshold = problem.chargeThreshold
            guard let measured = try? campaign.runSerially(), measured.baseConductance > 0 else { return nil }
            return log(measured.baseConductance / target.value)
        }
        guard var error = miss(point[barrier]), abs(error) > 0.2 else { return nil }
        let from = point[barrier]
        var best = (error: abs(error), scaled: from)
        // A factor e in G per V_T of barrier, until measured.
        var slope = -1.0
        var scaled = from
        for _ in 0..<25 {
            let step = min(max(-error / slope, -2), 2)
            let next = min(max(scaled + step, parameter.lower), parameter.upper)
            guard next != scaled, let now = miss(next) else { break }
            if abs(next - scaled) > 1e-6, (now - error) / (next - scaled) < -0.05 { slope = (now - error) / (next - scaled) }
            (scaled, error) = (next, now)
            if abs(error) < best.error { best = (abs(error), scaled) }
            if abs(error) < 0.02 { break }
        }
        guard best.scaled != from else { return nil }
        point[barrier] = best.scaled
        let unit = parameter.specification.unit
        return
            "the start's base conductance is off: \(parameter.key) \(unit.rounded(parameter.value(from))) -> \(unit.rounded(parameter.value(best.scaled)))"
    }
}
