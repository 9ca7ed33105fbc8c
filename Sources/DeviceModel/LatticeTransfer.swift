/// The slow hop between the Pt plane and the first lattice plane, V_s** <-> V_O**.
///
///     R2 = k_f N_s (1 - c_0/c_max) e^(beta w) - k_r c_0 (1 - N_s/N_st) e^(-(1 - beta) w)         [1/(m2 s)]
///     w  = z lambda E(0+) / V_T
///
/// Source: Docs/device-model.md, section 2, `transfer`.
struct LatticeTransfer {
    let fieldLength, symmetry, sites, maximumDensity, chargeNumber: Double

    init(_ p: DeviceParameters) {
        fieldLength = p.hopFieldLength
        symmetry = p.hopSymmetry
        sites = p.siteDensity
        maximumDensity = p.maximumDensity
        chargeNumber = p.chargeNumber
    }

    struct Value {
        var rate, byVacancies, byDensity, byField: Double
    }

    /// R2 and its derivatives by N_s, c_0 (at fixed field) and E(0+).
    @inline(__always)
    func evaluate(vacancies: Double, density: Double, field: Double, rates: RateConstants) -> Value {
        let perField = chargeNumber * fieldLength / rates.thermalVoltage
        let w = perField * field
        let forward = rates.forwardHop * (symmetry == 0 ? 1 : boundedExp(symmetry * w))
        let backward = rates.backwardHop * boundedExp((symmetry - 1) * w)
        let room = 1 - density / maximumDensity
        let free = 1 - vacancies / sites
        let out = forward * vacancies * room
        let back = backward * density * free
        return Value(
            rate: out - back,
            byVacancies: forward * room + backward * density / sites,
            byDensity: -forward * vacancies / maximumDensity - backward * free,
            byField: (symmetry * out + (1 - symmetry) * back) * perField)
    }
}
