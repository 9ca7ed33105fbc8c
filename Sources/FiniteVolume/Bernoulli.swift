import CKernels
import LinearAlgebra

/// The Bernoulli function of the Scharfetter-Gummel flux, B(u) = u / (e^u - 1), and its derivative.
///
/// B(-u) = B(u) + u and B(u) = e^-u B(-u), so one exponential serves both directions. Below |u| = 0.05 a series replaces
/// the quotient; relative error below 1e-14 everywhere. Source: D. L. Scharfetter, H. K. Gummel, IEEE Trans. Electron
/// Devices 16, 64 (1969).
public enum Bernoulli {
    /// B and dB/du from u and its exponential.
    @inlinable
    public static func evaluate(_ u: Double, exponential: Double) -> (value: Double, slope: Double) {
        if abs(u) < 0.05 {
            let s = u * u
            return (
                1 - u / 2 + s * (1.0 / 12 - s * (1.0 / 720 - s / 30240)),
                -0.5 + u * (1.0 / 6 - s * (1.0 / 180 - s / 5040))
            )
        }
        let reciprocal = 1 / (exponential - 1)
        let value = u * reciprocal
        return (value, reciprocal * (1 - value - u))
    }

    /// B(u) alone, for tests and set-up code.
    public static func value(_ u: Double) -> Double {
        let bounded = min(max(u, -708), 708)
        return evaluate(u, exponential: exp(bounded)).value
    }

    /// Replaces every entry by its exponential; arguments are taken within +-708.
    @inlinable
    public static func exponentials(_ values: Row) {
        values.withPointer { tausonite_exp($0, values.count) }
    }
}

import Foundation
