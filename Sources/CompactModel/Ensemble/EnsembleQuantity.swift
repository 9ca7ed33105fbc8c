import Essentials

/// A number that every device of an ensemble is measured for.
public enum EnsembleQuantity: Hashable, Sendable {
    /// G_min: the frozen read at the read voltage after 1e3 s at 0 V and 300 s at the read voltage, S.
    case baseConductance
    /// dF of the first pulse of this amplitude (V) and width (s) from the base state, S.
    case step(amplitude: Double, width: Double)
    /// tau at this bias (V) after the decay pulse, s.
    case decayTime(bias: Double)
    /// The least voltage that forms the device within the forming hold, V.
    case formingVoltage

    /// Name on the command line and in tables: G_min, dF_3.5V_500us, tau_-0.6V, forming.
    public var key: String {
        switch self {
        case .baseConductance: "G_min"
        case .step(let v, let w): "dF_\(PhysicalUnit.shortest(v))V_\(PhysicalUnit.shortest((w * 1e9).rounded() / 1e3))us"
        case .decayTime(let v): "tau_\(PhysicalUnit.shortest(v))V"
        case .formingVoltage: "forming"
        }
    }

    /// The unit it is written in: nS, s, V.
    public var unit: PhysicalUnit {
        let symbol =
            switch self {
            case .baseConductance, .step: "nS"
            case .decayTime: "s"
            case .formingVoltage: "V"
            }
        return PhysicalUnit.named(symbol) ?? PhysicalUnit("-", .none)
    }

    /// Column of a table: the key with the unit.
    public var column: String { "\(key)_\(unit.symbol)" }
}
