import CompactModel
import Essentials
import Foundation

/// What a panel of `tausonite plot` shows.
package enum PlotPanel: String, CaseIterable, Sendable {
    case voltage = "V"
    case current = "I"
    case currentSize = "|I|"
    case conductance = "G"
    case temperature = "T"
    case inventory
    case currentLoop = "I-V"
    case conductanceLoop = "G-V"
    case retention
    case band
    case vacancies
    case electrons
    case potential
    case field
    case charge
    case flux
    case map = "dF"

    /// The four that are drawn where nothing else is asked for.
    package static let usual: [PlotPanel] = [.voltage, .currentSize, .conductance, .temperature]

    /// Reads "V, I-V, band"; throws `InputError` naming a word that is none.
    package static func list(_ text: String, key: String = "--what") throws(InputError) -> [PlotPanel] {
        var panels: [PlotPanel] = []
        for word in text.split(separator: ",").map({ $0.trimmingCharacters(in: .whitespaces) }) {
            guard
                let panel = allCases.first(where: { $0.rawValue == word })
                    ?? allCases.first(where: { $0.rawValue.lowercased() == word.lowercased() })
            else {
                throw InputError(
                    key, value: word, problem: "is nothing that can be drawn",
                    expected: allCases.map(\.rawValue).joined(separator: ", "))
            }
            if !panels.contains(panel) { panels.append(panel) }
        }
        guard !panels.isEmpty else {
            throw InputError(
                key, value: text, problem: "names nothing", expected: allCases.map(\.rawValue).joined(separator: ", "))
        }
        return panels
    }

    /// Columns of a trace that it is made of.
    var columns: [String] {
        switch self {
        case .voltage: ["time_s", "voltage_V"]
        case .current, .currentSize: ["time_s", "current_A"]
        case .conductance, .retention: ["time_s", "conductance_nS"]
        case .temperature: ["time_s", "temperature_K"]
        case .inventory: ["time_s", "lattice_vacancies_per_m2"]
        case .currentLoop, .conductanceLoop: ["time_s", "voltage_V", "current_A"]
        case .band, .vacancies, .electrons, .potential, .field, .charge, .flux, .map: []
        }
    }

    /// Whether it shows the inside of a device at chosen moments.
    var isInside: Bool {
        switch self {
        case .band, .vacancies, .electrons, .potential, .field, .charge, .flux: true
        default: false
        }
    }

    /// What a run would need for it, nil where it has that.
    func lack(of run: PlotRun) -> String? {
        if self == .map { return run.synapse?.update.points.isEmpty == false ? nil : "a synapse.yaml with a map" }
        if isInside { return run.profiles.isEmpty ? "profiles (simulate --profiles)" : nil }
        guard run.trace != nil else { return "a trace" }
        let missing = columns.filter { !run.has($0) }
        return missing.isEmpty ? nil : "the column\(missing.count == 1 ? "" : "s") \(missing.joined(separator: ", "))"
    }
}
