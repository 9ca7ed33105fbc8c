import Essentials
import Foundation
import Simulation

/// One run as the explorer shows it: its course and the inside of its device at moments along it.
package struct ExploreRun: Sendable {
    package var label, device: String
    /// The protocol's sentences.
    package var sentences: [String]
    package var trace: Trace
    package var moments: [Trace.Profile]

    package init(label: String, device: String, sentences: [String], trace: Trace, moments: [Trace.Profile]) {
        (self.label, self.device, self.sentences) = (label, device, sentences)
        (self.trace, self.moments) = (trace, moments)
    }

    /// Moments that a page holds of one run: a hundred kilobytes or two.
    package static let moments = 120
    /// Most points of one curve; where several curves have their extremes, up to three times that.
    private static let points = 300

    /// As the page reads it: units of its axes, five digits.
    var json: JSON {
        let samples = trace.samples
        let kept = Set(
            [samples.map(\.voltage), samples.map { log(abs($0.current) + 1e-15) }, samples.map(\.conductance)]
                .flatMap { Thinning.indices(of: $0, limit: Self.points) }
        ).sorted().map { samples[$0] }
        func list(_ values: [Double]) -> JSON { .written("[" + values.map(Self.short).joined(separator: ",") + "]") }
        // Nine digits: moments of one run lie close together.
        func times(_ values: [Double]) -> JSON { .written("[" + values.map(\.field).joined(separator: ",") + "]") }
        func lists(_ path: KeyPath<RunRecord.Profile, [Double]>, _ factor: Double = 1) -> JSON {
            .array(profiles.map { profile in list(profile[keyPath: path].map { $0 * factor }) })
        }
        let profiles = moments.map(RunRecord.Profile.init)
        let inside: JSON = .object([
            ("t", times(profiles.map(\.time_s))), ("V", list(profiles.map(\.voltage_V))),
            ("T", list(profiles.map(\.temperature_K))), ("x", list(profiles.first?.x_nm ?? [])),
            ("xe", list(profiles.first?.edge_x_nm ?? [])), ("band", lists(\.band_edge_eV)), ("fermi", lists(\.fermi_level_eV)),
            ("vacancies", lists(\.vacancies_per_m3, 1e-6)), ("field", lists(\.field_V_per_m, 1e-8)), ("psi", lists(\.psi_V)),
        ])
        return .object([
            ("label", .string(label)), ("device", .string(device)), ("protocol", .strings(sentences)),
            ("t", times(kept.map(\.time))), ("V", list(kept.map(\.voltage))), ("I", list(kept.map(\.current))),
            ("G", list(kept.map { $0.conductance * 1e9 })), ("T", list(kept.map(\.temperature))), ("moments", inside),
        ])
    }

    /// Five digits; null where there is no number.
    private static func short(_ value: Double) -> String {
        guard value.isFinite else { return "null" }
        guard value != 0 else { return "0" }
        let scale = pow(10, 4 - log10(abs(value)).rounded(.down))
        return (scale.isFinite ? (value * scale).rounded() / scale : value).field
    }
}
