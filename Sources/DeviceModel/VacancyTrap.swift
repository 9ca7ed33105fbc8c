/// Deep sites inside the layer that vacancies of the first plane reach by one activated, field-assisted jump.
///
///     R_t = k_t a1 c_0 (1 - N_t/N_tm) e^(w/2) - k_mt N_t (1 - c_0/c_max) e^(-w/2)         [1/(m2 s)]
///     w   = z lambda_t E(0+) / V_T
///
/// The N_t vacancies sit at depth d_t, where their charge z q N_t enters Poisson's equation. R_t vanishes for
/// N_t / (1 - N_t/N_tm) = (k_t / k_mt) a1 c_0 / (1 - c_0/c_max) e^w. An assumption, off unless k_t > 0; the field law is that of a
/// symmetric barrier (N. F. Mott, R. W. Gurney, 1948). Source: Docs/F-and-W.md.
struct VacancyTrap {
    let inverseDensity, fieldLength, chargeNumber, firstPlane, inverseMaximum: Double

    init(_ p: DeviceParameters) {
        inverseDensity = p.trapDensity.isFinite ? 1 / p.trapDensity : 0
        fieldLength = p.trapFieldLength
        chargeNumber = p.chargeNumber
        firstPlane = p.firstPlane
        inverseMaximum = 1 / p.maximumDensity
    }

    struct Value {
        var rate, byTrapped, byDensity, byField: Double
    }

    /// R_t and its derivatives by N_t, c_0 (at fixed field) and E(0+).
    @inline(__always)
    func evaluate(trapped: Double, density: Double, field: Double, rates: RateConstants) -> Value {
        let perField = 0.5 * chargeNumber * fieldLength / rates.thermalVoltage
        let half = perField * field
        let capture = rates.trapCapture * boundedExp(half)
        let release = rates.trapRelease * boundedExp(-half)
        let room = 1 - trapped * inverseDensity
        let free = 1 - density * inverseMaximum
        let into = capture * firstPlane * density * room
        let out = release * trapped * free
        return Value(
            rate: into - out,
            byTrapped: -capture * firstPlane * density * inverseDensity - release * free,
            byDensity: capture * firstPlane * room + release * trapped * inverseMaximum,
            byField: (into + out) * perField)
    }
}
