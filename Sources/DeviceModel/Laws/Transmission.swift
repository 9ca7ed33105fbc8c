import Foundation

/// How many electrons of an energy pass a barrier, and what a metal sends: closed forms and integrals along a band.
///
///     below the top   T(E) = 1 / (1 + e^(2 theta)),   theta = integral sqrt(2 m_t m_e (E_c - E)) / hbar dx over E_c > E
///     above it        T(E) = 1 / (1 + e^(-2 pi (E - E_m) / hbar w)),   m_t m_e w^2 = -d2E_c/dx2 at the top
///
/// Source: E. C. Kemble, Phys. Rev. 48, 549 (1935); E. L. Murphy, R. H. Good, Phys. Rev. 102, 1464 (1956).
enum Transmission {
    static let hbar = 1.054571817e-34, electronMass = 9.1093837015e-31

    /// 2 sqrt(2 m_t m_e q) / hbar, 1/(m sqrt(V)): 2 theta is this times the integral of the square root of a potential.
    static func wave(_ mass: Double) -> Double { 2 * (2 * mass * electronMass * Constants.charge).squareRoot() / hbar }

    /// hbar w / q of a top with curvature `bend` (V/m2, positive), V.
    static func quantum(_ bend: Double, mass: Double) -> Double {
        bend > 0 && mass.isFinite ? hbar * (bend / (mass * electronMass * Constants.charge)).squareRoot() : 0
    }

    /// integral_0^inf e^(-t) / (1 + e^(-t/z)) dt = sum (-1)^k z / (z + k): the share of the electrons above the top that pass, for
    /// z = hbar w / (2 pi k_B T), and its derivative by z.
    static func passing(_ z: Double) -> (value: Double, slope: Double) {
        guard z > 0 else { return (1, -0.6931471805599453) }
        var (value, slope, sign) = (0.0, 0.0, 1.0)
        for k in 0..<8 {
            let d = 1 / (z + Double(k))
            value += sign * z * d
            slope += sign * Double(k) * d * d
            sign = -sign
        }
        // The rest by its asymptotic series, 1/(2x) + 1/(4x^2) - 1/(8x^4) + 1/(4x^6), x = z + 8: error below 1e-8.
        let x = 1 / (z + 8), s = x * x
        let rest = x * (0.5 + x * (0.25 - s * (0.125 - s * 0.25)))
        let restSlope = -s * (0.5 + x * (0.5 - s * (0.5 - s * 1.5)))
        return (value + z * rest, slope + rest + z * restSlope)
    }

    /// ln(1 + e^y) / e^y: what Fermi's function leaves of Boltzmann's, y = (E_F - E) / k_B T; its logarithm, and the derivative of that by y.
    static func supply(_ y: Double) -> (logarithm: Double, slope: Double) {
        if y < -30 { return (0, 0) }
        let l = y > 30 ? y : log1p(exp(y))
        return (log(l) - y, 1 / ((1 + exp(-y)) * l) - 1)
    }
}
