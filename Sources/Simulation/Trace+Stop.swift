import Essentials
import FiniteVolume

extension Trace {
    /// A run that could not go on: the trace up to `time` is valid.
    public struct Stop: Sendable, Equatable {
        /// Where the run stood: s, V, K, A.
        public var time, voltage, temperature, current: Double
        /// Why it could not go on.
        public var cause: Cause
        /// Size of the last attempted step, s.
        public var stepSize: Double

        /// A stop at this time (s), voltage (V), temperature (K) and current (A).
        public init(time: Double, voltage: Double, temperature: Double, current: Double, cause: Cause, stepSize: Double = 0) {
            self.time = time
            self.voltage = voltage
            self.temperature = temperature
            self.current = current
            self.cause = cause
            self.stepSize = stepSize
        }

        /// True for thermal runaway, false for a numerical failure or an interruption.
        public var isElectroforming: Bool {
            if case .electroforming = cause { true } else { false }
        }
    }

    /// Why a run stopped; words are made from it, never the other way round.
    public enum Cause: Error, Equatable, Codable {
        /// The heat balance lost its root: `detail` says at what voltage and what was last in balance.
        case electroforming(detail: String)
        /// A block of the matrix could not be inverted.
        case singularMatrix
        /// `unknown` became infinite or not a number.
        case notFinite(unknown: String)
        /// Newton's correction of `unknown` did not shrink; its last size in tolerances.
        case newton(lastCorrection: Double, unknown: String)
        /// The step had to shrink below the smallest one; `unknown` asked for it.
        case stepTooSmall(unknown: String)
        /// So many steps were attempted.
        case stepBudget(Int)
        /// The caller asked for it.
        case interrupted
        /// The protocol asks for what the device is not described for; `detail` says what.
        case outOfRange(detail: String)

        /// The cause that a failure of Newton's method stands for.
        public init(_ failure: NewtonFailure) {
            self =
                switch failure {
                case .singularMatrix: .singularMatrix
                case .notFinite(let unknown): .notFinite(unknown: unknown)
                case .tooManyIterations(let last, let unknown): .newton(lastCorrection: last, unknown: unknown)
                case .stepTooSmall(let unknown): .stepTooSmall(unknown: unknown)
                case .noState(let detail): .electroforming(detail: detail)
                case .stepBudget(let steps): .stepBudget(steps)
                }
        }

        /// The failure that a solver would have thrown; nil where none failed.
        var failure: NewtonFailure? {
            switch self {
            case .electroforming(let detail): .noState(detail)
            case .singularMatrix: .singularMatrix
            case .notFinite(let unknown): .notFinite(unknown: unknown)
            case .newton(let last, let unknown): .tooManyIterations(lastCorrection: last, unknown: unknown)
            case .stepTooSmall(let unknown): .stepTooSmall(unknown: unknown)
            case .stepBudget(let steps): .stepBudget(steps)
            case .interrupted, .outOfRange: nil
            }
        }
    }
}

extension Trace.Stop: Error, CustomStringConvertible {
    /// Time, cause and place in one sentence.
    public var reason: String {
        let place = "at t = \(time) s, \(voltage) V, \(temperature) K"
        if case .outOfRange(let detail) = cause { return "\(detail), \(place)" }
        guard let failure = cause.failure else { return "interrupted \(place)" }
        let text = IntegrationFailure(time: time, stepSize: stepSize, reason: failure).description
        return isElectroforming ? text : "\(text), \(voltage) V, \(temperature) K"
    }

    public var description: String { reason }

    /// The same for people, with SI prefixes; `maximum` is the temperature (K) up to which a heat balance was sought.
    package func sentence(below maximum: Double) -> String {
        let place = "after \(engineering(time, "s")) at \(PhysicalUnit("V", .voltage).rounded(voltage))"
        let state = "T = \(engineering(temperature, "K")), I = \(engineering(current, "A"))"
        return isElectroforming
            ? "electroforming \(place): the heat balance has no solution below \(engineering(maximum, "K")) (\(state))"
            : "stopped \(place): \(reason) (\(state))"
    }
}

extension Trace.Stop: Codable {
    private enum CodingKeys: String, CodingKey {
        case time, voltage, temperature, current, cause, stepSize, reason, isElectroforming
    }

    /// Files of older programs have words only: forming is read from their flag, anything else as an interruption.
    public init(from decoder: Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        time = try container.decode(Double.self, forKey: .time)
        voltage = try container.decode(Double.self, forKey: .voltage)
        temperature = try container.decode(Double.self, forKey: .temperature)
        current = try container.decode(Double.self, forKey: .current)
        stepSize = try container.decodeIfPresent(Double.self, forKey: .stepSize) ?? 0
        if let given = try container.decodeIfPresent(Trace.Cause.self, forKey: .cause) {
            cause = given
        } else {
            let forming = try container.decodeIfPresent(Bool.self, forKey: .isElectroforming) ?? false
            cause = forming ? .electroforming(detail: "electroforming") : .interrupted
        }
    }

    public func encode(to encoder: Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(time, forKey: .time)
        try container.encode(voltage, forKey: .voltage)
        try container.encode(temperature, forKey: .temperature)
        try container.encode(current, forKey: .current)
        try container.encode(stepSize, forKey: .stepSize)
        try container.encode(cause, forKey: .cause)
        try container.encode(reason, forKey: .reason)
        try container.encode(isElectroforming, forKey: .isElectroforming)
    }
}
