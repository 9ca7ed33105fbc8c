import Foundation

/// An exponential that goes on as a straight line beyond `limit`, so that a wild Newton iterate cannot overflow.
@inline(__always)
func boundedExp(_ x: Double, limit: Double = 250) -> Double {
    x <= limit ? exp(x) : exp(limit) * (1 + (x - limit))
}

/// The fast redox step at the Pt plane, O_O + Pt <-> V_s** + O_ad + 2 e-(Pt).
///
///     R1 = k1 [ (N_st - N_s) e^(alpha u) - N_s (N_O / N_Oref) e^(-(1 - alpha) u) ]         [1/(m2 s)]
///     u  = z (psi_Pt - psi_0 - phi_r) / V_T
///
/// At rest N_s N_O / (N_st - N_s) = N_Oref e^u, whatever k1 and alpha. Source: Docs/device-model.md, section 2, `redox`.
struct PtRedox {
    let rate, symmetry, sites, oxygenReference, chargeNumber: Double

    init(_ p: DeviceParameters) {
        rate = p.redoxRate
        symmetry = p.redoxSymmetry
        sites = p.siteDensity
        oxygenReference = p.oxygenReference
        chargeNumber = p.chargeNumber
    }

    struct Value {
        var rate, byVacancies, byOxygen, byPotential: Double
    }

    /// R1 and its derivatives by N_s, N_O and psi_0; `drop` is psi_Pt - psi_0 - phi_r in V.
    @inline(__always)
    func evaluate(vacancies: Double, oxygen: Double, drop: Double, thermalVoltage: Double) -> Value {
        let u = chargeNumber * drop / thermalVoltage
        let forward = rate * boundedExp(symmetry * u)
        let backward = rate * boundedExp((symmetry - 1) * u) / oxygenReference
        let gain = (sites - vacancies) * forward
        let loss = vacancies * oxygen * backward
        return Value(
            rate: gain - loss,
            byVacancies: -forward - oxygen * backward,
            byOxygen: -vacancies * backward,
            byPotential: -(symmetry * gain + (1 - symmetry) * loss) * chargeNumber / thermalVoltage)
    }
}
