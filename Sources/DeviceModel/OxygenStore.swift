/// Second-order loss of interfacial oxygen into the porous Pt and its slow return.
///
///     R_p = k_p N_O^2 (1 - N_p/N_pm) - k_mp N_p          [1/(m2 s)];      N_pm may be infinite
///
/// Source: Docs/device-model.md, section 2, `oxygen store`.
struct OxygenStore {
    let inverseCapacity: Double

    init(_ p: DeviceParameters) {
        inverseCapacity = p.oxygenCapacity.isFinite ? 1 / p.oxygenCapacity : 0
    }

    struct Value {
        var rate, byOxygen, byStored: Double
    }

    /// R_p and its derivatives by N_O and N_p.
    @inline(__always)
    func evaluate(oxygen: Double, stored: Double, rates: RateConstants) -> Value {
        let room = 1 - stored * inverseCapacity
        let loss = rates.oxygenLoss * oxygen * oxygen
        return Value(
            rate: loss * room - rates.oxygenReturn * stored,
            byOxygen: 2 * rates.oxygenLoss * oxygen * room,
            byStored: -loss * inverseCapacity - rates.oxygenReturn)
    }
}
