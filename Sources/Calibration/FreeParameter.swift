import DeviceModel
import Essentials
import Foundation

/// A parameter that the calibration may move, and the scale on which it moves.
///
/// Positive quantities move as ln p; potentials (phi_B, phi_Ti, phi_r) as p / V_T at 300 K, and plain numbers that may
/// be zero or negative likewise on their own scale. One unit is thus a factor e in a rate or in a Boltzmann factor.
package struct FreeParameter: Sendable {
    package let specification: ParameterSpecification
    /// Allowed values, SI.
    package let bounds: ClosedRange<Double>
    package let isLogarithmic: Bool

    package var key: String { specification.key }

    /// Scale of a linear parameter: V_T at 300 K for potentials, V.
    static let thermalVoltage = Constants.thermalVoltage(300)

    /// Throws `InputError` for bounds that are empty or leave the catalogue's range.
    package init(_ specification: ParameterSpecification, bounds: ClosedRange<Double>? = nil) throws {
        self.specification = specification
        let range = specification.range
        let chosen = bounds ?? range
        guard chosen.lowerBound >= range.lowerBound, chosen.upperBound <= range.upperBound else {
            throw InputError(
                specification.key,
                value:
                    "\(specification.unit.text(of: chosen.lowerBound)) ... \(specification.unit.text(of: chosen.upperBound))",
                problem: "are bounds outside the valid range", expected: "bounds within \(specification.rangeText)")
        }
        isLogarithmic =
            specification.unit.dimension != .voltage
            && !["hop_symmetry", "redox_symmetry", "mobility_exponent"].contains(specification.key)
        // On a logarithmic scale zero is infinitely far away: a floor far below any use.
        self.bounds = isLogarithmic && chosen.lowerBound <= 0 ? (chosen.upperBound * 1e-30)...chosen.upperBound : chosen
    }

    /// Step of the finite differences on the scaled axis: well above the solver's noise (1e-3 of a result), well below
    /// curvature. R_th has a smaller one, because W after a SET train rises steeply with it near the thermal fold.
    package var difference: Double {
        switch key {
        case "thermal_resistance": 0.004
        case "area", "hop_field_length": 0.01
        default: 0.02
        }
    }

    func scaled(_ value: Double) -> Double {
        isLogarithmic ? log(max(value, .leastNormalMagnitude)) : value / scale
    }

    func value(_ scaled: Double) -> Double {
        min(max(isLogarithmic ? exp(scaled) : scaled * scale, bounds.lowerBound), bounds.upperBound)
    }

    private var scale: Double { specification.unit.dimension == .voltage ? Self.thermalVoltage : 1 }

    var lower: Double { scaled(bounds.lowerBound) }
    var upper: Double { scaled(bounds.upperBound) }
}
