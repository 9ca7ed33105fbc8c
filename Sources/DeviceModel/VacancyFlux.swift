import FiniteVolume
import LinearAlgebra

/// Scharfetter-Gummel flux of a lattice gas with Mott-Gurney hopping between two neighbouring nodes.
///
///     J = D g / h [ c_l (1 - c_r/c_max) B(z du) - c_r (1 - c_l/c_max) B(-z du) ],   du = (psi_r - psi_l) / V_T
///     g = sinh(w) / w,   w = z a E / (2 V_T) = -z a du / (2 h)                       [1/(m2 s)]
///
/// Exactly zero for c/(1 - c/c_max) ~ exp(-z psi / V_T). Source: Scharfetter & Gummel (1969); N. F. Mott, R. W. Gurney,
/// Electronic Processes in Ionic Crystals (1948) for g; Docs/device-model.md, section 2.
struct VacancyFlux {
    struct Value {
        /// J and its derivatives by c_l, c_r and psi_r (by psi_l it is the negative of the latter).
        var flux, byLeft, byRight, byPotential: Double
    }

    /// - Parameters:
    ///   - exponential: e^(z du); `hopExponential`: e^|w|.
    ///   - hopPerStep: z a / (2 h), so that |w| = hopPerStep |du|.
    @inline(__always)
    static func evaluate(
        left: Double, right: Double, step du: Double, exponential: Double, hopExponential: Double,
        chargeNumber z: Double, hopPerStep: Double, diffusivityPerLength: Double, inverseMaximum: Double,
        inverseThermalVoltage: Double
    ) -> Value {
        let u = z * du
        let (b, slope) = Bernoulli.evaluate(u, exponential: exponential)
        let bMinus = b + u
        let w = hopPerStep * abs(du)
        var (g, gSlope): (Double, Double)
        if w < 0.02 {
            let s = w * w
            g = 1 + s * (1.0 / 6 + s / 120)
            gSlope = w * (1.0 / 3 + s / 30)
        } else {
            let inverse = 1 / hopExponential
            g = (hopExponential - inverse) / (2 * w)
            gSlope = ((hopExponential + inverse) / 2 - g) / w
        }
        let leftRoom = 1 - left * inverseMaximum
        let rightRoom = 1 - right * inverseMaximum
        let driving = left * rightRoom * b - right * leftRoom * bMinus
        let scale = diffusivityPerLength * g
        let bySlope = scale * z * (left * rightRoom * slope - right * leftRoom * (slope + 1))
        let byHop = diffusivityPerLength * gSlope * driving * (du < 0 ? -hopPerStep : hopPerStep)
        return Value(
            flux: scale * driving,
            byLeft: scale * (rightRoom * b + right * inverseMaximum * bMinus),
            byRight: -scale * (left * inverseMaximum * b + leftRoom * bMinus),
            byPotential: (bySlope + byHop) * inverseThermalVoltage)
    }
}
