import DeviceModel
import Essentials
import Foundation
import Simulation

/// Which parameter of a device to look at first when its run ended in a numerical error.
///
/// Of those that stand in the equation of the unknown that could not be followed, the one farthest from a working device: in decades of
/// itself, or, for an energy, of the rate that it is the barrier of. A hint, not a proof: parameters act together.
package struct Suspect: Equatable, Sendable {
    package var key: String
    /// Decades from the working device.
    package var decades: Double
    /// "redox_potential = -3.07 V, 52 decades of a rate from 0.0216 V".
    package var text: String

    /// Parameters in the equation of each kind of unknown.
    private static let potential = [
        "permittivity", "high_field_permittivity", "permittivity_field", "compact_capacitance", "donor_density", "thickness",
        "first_plane", "plane_distance", "platinum_barrier", "titanium_barrier",
    ]
    private static let electrons = [
        "electron_mobility", "density_of_states", "richardson_velocity", "optical_permittivity", "image_core",
        "platinum_barrier",
        "titanium_barrier",
    ]
    private static let vacancies = [
        "vacancy_background", "vacancy_diffusivity", "hop_distance", "first_plane", "maximum_density", "charge_number",
        "forward_hop_rate", "backward_hop_velocity", "hop_field_length", "forward_hop_energy", "backward_hop_energy",
    ]
    private static let sheets = [
        "redox_potential", "redox_rate", "redox_symmetry", "oxygen_reference", "site_density", "forward_hop_rate",
        "hop_activation", "backward_hop_velocity", "hop_field_length", "hop_symmetry", "attempt_frequency",
        "forward_hop_energy",
        "backward_hop_energy", "plane_distance", "compact_capacitance", "oxygen_loss_rate", "oxygen_return_rate",
        "oxygen_capacity", "trap_capture_rate", "trap_release_rate", "trap_density", "trap_field_length", "vacancy_background",
    ]
    private static let heat = [
        "thermal_resistance", "area", "ambient_temperature", "maximum_temperature", "mobility_exponent", "electron_mobility",
        "platinum_barrier", "titanium_barrier",
    ]

    private static func keys(of unknown: String) -> [String] {
        let word = unknown.split(separator: " ").first.map(String.init) ?? ""
        switch word {
        case "psi": return potential
        case "n": return electrons
        case "c": return vacancies
        case "T": return heat
        default: break
        }
        if unknown.contains("potential") { return potential }
        if unknown.contains("vacanc") { return vacancies }
        if unknown.contains("steady state") { return electrons + potential }
        // The name of a sheet, or "a sheet at the contact".
        return sheets
    }

    /// The suspect of a numerical stop; nil for one that is none.
    package init?(_ cause: Trace.Cause, _ parameters: DeviceParameters) {
        let unknown: String
        switch cause {
        case .notFinite(let name), .newton(_, let name), .stepTooSmall(let name): unknown = name
        case .stepBudget, .singularMatrix: unknown = "a sheet"
        case .electroforming, .interrupted, .outOfRange: return nil
        }
        let usual = RandomTrial.working.first { $0.hop == parameters.hop } ?? RandomTrial.working[0]
        let unused = RandomTrial.unused(parameters.hop)
        let named = Suspect.keys(of: unknown)
        let all = ParameterSpecification.all.filter { named.contains($0.key) && !unused.contains($0.key) }
        let ranked = all.map { (specification: $0, decades: Suspect.distance($0, parameters, usual)) }
        guard let worst = ranked.max(by: { $0.decades < $1.decades }), worst.decades > 0 else { return nil }
        let specification = worst.specification
        (key, decades) = (specification.key, worst.decades)
        func shown(_ p: DeviceParameters) -> String { specification.unit.rounded(p[keyPath: specification.path]) }
        text =
            "\(key) = \(shown(parameters)), \(String(format: "%.1f", decades)) decades "
            + (Suspect.isEnergy(specification) ? "of a rate " : "") + "from \(shown(usual))"
    }

    /// Whether a parameter stands in an exponent, over k_B T.
    private static func isEnergy(_ s: ParameterSpecification) -> Bool { s.isEnergyPerCharge || s.key == "redox_potential" }

    private static func distance(_ s: ParameterSpecification, _ p: DeviceParameters, _ usual: DeviceParameters) -> Double {
        let (a, b) = (p[keyPath: s.path], usual[keyPath: s.path])
        guard a.isFinite, b.isFinite else { return 0 }
        if isEnergy(s) { return abs(a - b) / (0.02585 * log(10)) }
        // From or to none at all: a law that is on where it is usually off counts as much as three decades.
        guard a > 0, b > 0 else { return a == b ? 0 : 3 }
        return abs(log10(a / b))
    }
}
