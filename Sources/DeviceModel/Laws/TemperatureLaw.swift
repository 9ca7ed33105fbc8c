import Foundation

/// How a constant moves with temperature.
///
///     k(T) = k(T_ref) exp[ (E / k_B) (1/T_ref - 1/T) ] (T / T_ref)^p
///
/// `value` is k(T_ref) in the constant's own unit; `activation` is E in V (eV per charge).
public struct TemperatureLaw: Equatable, Sendable {
    /// k(T_ref), in the constant's own unit.
    public var value: Double
    /// E, eV per charge.
    public var activation: Double
    /// p.
    public var exponent: Double

    /// A constant of this value at T_ref; without more it does not depend on temperature.
    public init(_ value: Double, activation: Double = 0, exponent: Double = 0) {
        self.value = value
        self.activation = activation
        self.exponent = exponent
    }

    /// Activated with a known prefactor: E = k_B T_ref ln(prefactor / value); no activation where either is 0 or infinite.
    public init(_ value: Double, prefactor: Double, reference: Double) {
        self.value = value
        exponent = 0
        activation =
            prefactor > 0 && value > 0 && prefactor.isFinite ? Constants.thermalVoltage(reference) * log(prefactor / value) : 0
    }

    /// nu e^(-E / k_B T): `attempts` is nu, 1/s, and `energy` E in V (eV per charge).
    init(attempts: Double, energy: Double) {
        self.init(attempts * exp(-energy / Constants.thermalVoltage(Device.referenceTemperature)), activation: energy)
    }

    /// A constant of a reaction with its prefactor, both by their keys, at the device files' reference temperature.
    init(_ law: ReactionLaw, _ rate: String, prefactor: String) {
        self.init(law[rate], prefactor: law[prefactor], reference: Device.referenceTemperature)
    }

    /// k at `temperature` (K), for reference temperature `reference` (K).
    public func value(at temperature: Double, reference: Double) -> Double {
        value * exp(activation / Constants.thermalVoltage(reference) * (1 - reference / temperature))
            * pow(temperature / reference, exponent)
    }
}

/// Several constants at one temperature, for one device or eight.
///
/// Cost of a new temperature: one vector exponential over all of them.
final class RateTable<L: Lane> {
    let reference: L
    private(set) var temperature: L
    /// V_T in V, and its inverse.
    private(set) var thermal, inverseThermal: L
    private let storage: LaneStorage<L>
    private let values, logs, exponents, now: Stretch<L>
    private let hasPowers: Bool

    /// `laws[k][lane]`; `reference` is the temperature of the values, K, the same for all.
    init(_ laws: [[TemperatureLaw]], reference: Double) {
        self.reference = L(reference)
        temperature = L(reference)
        thermal = L(Constants.thermalVoltage(reference))
        inverseThermal = L(1) / thermal
        storage = LaneStorage(4 * laws.count)
        values = storage.take(laws.count)
        logs = storage.take(laws.count)
        exponents = storage.take(laws.count)
        now = storage.take(laws.count)
        hasPowers = laws.contains { $0.contains { $0.exponent != 0 } }
        for (k, law) in laws.enumerated() {
            for lane in 0..<L.width {
                let one = law[lane % law.count]
                values[k][lane: lane] = one.value
                logs[k][lane: lane] = one.activation / Constants.thermalVoltage(reference)
                exponents[k][lane: lane] = one.exponent
                now[k][lane: lane] = one.value
            }
        }
    }

    /// The k-th constant at the present temperature.
    @inline(__always) subscript(_ k: Int) -> L { now[k] }

    /// The k-th constant's exponent p.
    @inline(__always) func exponent(_ k: Int) -> L { exponents[k] }

    /// Moves all constants to `new` (K).
    func set(temperature new: L) {
        if L.all(L.not(L.either(L.isLess(new, temperature), L.isLess(temperature, new)))) { return }
        temperature = new
        thermal = new * L(Constants.boltzmann / Constants.charge)
        inverseThermal = L(1) / thermal
        let x = L(1) - reference / new
        let power = hasPowers ? (new / reference).map { log($0) } : L(0)
        for k in 0..<now.count { now[k] = logs[k] * x + exponents[k] * power }
        now.exponentials(now.count)
        for k in 0..<now.count { now[k] *= values[k] }
    }
}
