import CompactModel
import Essentials
import Foundation

extension Figure {
    /// Cumulative distributions of G_min, of dF by cell, of tau by bias, and of the forming voltage where it was sought.
    ///
    /// - measured: the values of each quantity (SI), one for each device that could be measured.
    /// - spreads: what was varied, in words.
    ///
    /// Returns nil when no device could be measured; throws `InputError` when the template is broken.
    package static func ensemble(
        _ measured: [(quantity: EnsembleQuantity, values: [Double])], devices: Int, spreads: String
    ) throws(InputError) -> Figure? {
        var (conductance, steps, decays, forming): ([JSON], [JSON], [JSON], [JSON]) = ([], [], [], [])
        var (amplitudes, widths, biases): ([Double], [String], [String]) = ([], [], [])
        var (stepRange, tauRange) = ([Double.infinity, 0], [Double.infinity, 0])
        for (quantity, values) in measured {
            let points = cumulative(values.map(quantity.unit.fromSI))
            guard let first = points.first, let last = points.last else { continue }
            func rows(_ more: [(String, JSON)]) -> [JSON] {
                points.map { .object([("x", .number($0.value)), ("y", .number($0.share))] + more) }
            }
            switch quantity {
            case .baseConductance: conductance = rows([])
            case .formingVoltage: forming = rows([])
            case .step(let amplitude, let width) where first.value > 0:
                let name = String(format: "%g us", width * 1e6)
                if !amplitudes.contains(amplitude) { amplitudes.append(amplitude) }
                if !widths.contains(name) { widths.append(name) }
                steps += rows([
                    ("v", .string(FigureBuilder.label(amplitude))), ("w", .string(name)), ("k", .string(quantity.key)),
                ])
                stepRange = [min(stepRange[0], first.value), max(stepRange[1], last.value)]
            case .decayTime(let bias) where first.value > 0:
                let name = bias == 0 ? "0 V" : String(format: "%+g V", bias)
                biases.append(name)
                decays += rows([("k", .string(name))])
                tauRange = [min(tauRange[0], first.value), max(tauRange[1], last.value)]
            case .step, .decayTime: continue
            }
        }
        guard !conductance.isEmpty else { return nil }
        let roles = ["@ours", "@second", "@third", "@fourth"]
        let colours: JSON = [
            "domain": .strings(biases), "range": .strings(biases.indices.map { roles[$0 % roles.count] }),
        ]
        let spec = try FigureTemplate("ensemble.vl.json", PackageResources.ensemble_vl_json).filled(
            data: ["conductance": conductance, "steps": steps, "decays": decays, "forming": forming],
            values: [
                "amplitudes": FigureBuilder.amplitudeScale(amplitudes), "widths": .strings(widths), "biases": colours,
                "stepRange": .numbers(widened(stepRange)), "stepTicks": LogarithmicAxis.ticks(widened(stepRange)),
                "tauRange": .numbers(widened(tauRange)), "tauTicks": LogarithmicAxis.ticks(widened(tauRange)),
            ])
        return Figure(
            "ensemble", "Device to device", "Cumulative distributions over \(devices) devices", wide: true,
            paper: "The paper shows single devices.", ours: spreads,
            difference: "Parameters vary independently; their spreads are chosen, not measured.",
            unstated: "The paper shows single devices.",
            spec: spec)
    }

    /// Value and share (%) of the devices up to it; at most some 250 points, the ends among them.
    static func cumulative(_ values: [Double]) -> [(value: Double, share: Double)] {
        let sorted = values.sorted()
        let stride = max(1, sorted.count / 250)
        return sorted.enumerated().filter { $0.offset % stride == 0 || $0.offset == sorted.count - 1 }
            .map { ($0.element, 100 * Double($0.offset + 1) / Double(sorted.count)) }
    }

    private static func widened(_ range: [Double]) -> [Double] { [range[0] * 0.9, range[1] * 1.1] }
}
