/// Decides when the first-order effect of the electrons' charge is worked out anew: it costs as much as a Newton correction.
///
/// What electrons do that carry the current grows about as the current does (near a runaway faster, as its gain does); what those do that
/// a fixed charge holds does not hang on it. So between two looks the effect is bounded by that of the last one, times the cube of
/// the ratio of the currents where that is above one.
struct ChargeWatch: Sendable {
    private var current = 0.0
    private var effect = 0.0

    /// Share of the threshold that holds at a voltage: below 0 V half of it, where the charge raises the very barrier that emits, so that
    /// what is beyond first order counts more.
    static func share(voltage: Double) -> Double { voltage < 0 ? 0.5 : 1 }

    /// Whether the effect at `current` (A) may lie beyond `threshold`; `look` works it out where the bound does not rule it out.
    mutating func exceeds(_ threshold: Double, current now: Double, look: () -> Double) -> Bool {
        let ratio = abs(now) / max(abs(current), 1e-300)
        guard ratio > 4 || now * current < 0 || effect * max(ratio * ratio * ratio, 1) > threshold else { return false }
        effect = abs(look())
        current = now
        return effect > threshold
    }
}
