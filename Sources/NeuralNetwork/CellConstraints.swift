import Essentials

/// Which plastic cell runs, and what the device lets it do.
public struct CellConstraints: Equatable, Sendable {
    /// How F decays.
    public enum Kind: String, Sendable, CaseIterable {
        /// F' = Lambda F + dF (Weilenmann 2024).
        case mstpn
        /// F' = Lambda F / n + dF, n the row norm of G (Garcia Rodriguez 2022, PMLR 162, 18704).
        case stpn
    }

    /// Which of the two cells it is.
    public var kind: Kind
    /// Range that Lambda is clamped to; nil leaves it free.
    public var lambdaRange: ClosedRange<Float>?
    /// Grid that dF is rounded to (unitless; paper: 0.5); 0 leaves dF continuous and unclipped.
    public var deltaFStep: Float
    /// Largest |dF| (unitless; paper: 20); used with `deltaFStep` > 0 only.
    public var deltaFMaximum: Float
    /// Window that W is clipped to when an agent is put on the device (unitless); nil leaves it free.
    public var weightRange: ClosedRange<Float>?

    /// The m-STPN of the paper without rounding, as it is trained.
    public static let continuous = CellConstraints(lambdaRange: 0.08...0.92)
    /// The m-STPN of the paper with dF on the device's grid.
    public static let device = CellConstraints(lambdaRange: 0.08...0.92, deltaFStep: 0.5, deltaFMaximum: 20)

    /// Constraints of a cell; a step of 0 leaves dF continuous.
    public init(
        kind: Kind = .mstpn, lambdaRange: ClosedRange<Float>?, deltaFStep: Float = 0, deltaFMaximum: Float = 20,
        weightRange: ClosedRange<Float>? = nil
    ) {
        self.kind = kind
        self.lambdaRange = lambdaRange
        self.deltaFStep = deltaFStep
        self.deltaFMaximum = deltaFMaximum
        self.weightRange = weightRange
    }

    /// True when dF is rounded and clipped.
    public var isRounded: Bool { deltaFStep > 0 }
    /// Number of grid levels k = 1 ... maximum / step; 0 when dF is continuous.
    public var levels: Int { isRounded ? Int(clamped: deltaFMaximum / deltaFStep, rounded: .down) : 0 }

    /// Throws `InputError` naming what cannot be.
    public func validate() throws(InputError) {
        guard deltaFStep == 0 || (1e-12...1e12).contains(deltaFStep) else {
            throw InputError(
                "deltaFStep", value: "\(deltaFStep)", problem: "is not a grid", expected: "0 (continuous), or 1e-12 ... 1e12")
        }
        if isRounded {
            guard deltaFMaximum >= deltaFStep, deltaFMaximum.isFinite, levels <= 255 else {
                throw InputError(
                    "deltaFMaximum", value: "\(deltaFMaximum)", problem: "does not fit deltaFStep = \(deltaFStep)",
                    expected: "1 ... 255 times the step")
            }
        }
        for range in [lambdaRange, weightRange] {
            if let range, !range.lowerBound.isFinite || !range.upperBound.isFinite {
                throw InputError("range", value: "\(range)", problem: "is not finite", expected: "two finite numbers")
            }
        }
    }

    /// Lambda as the forward pass uses it.
    func effectiveLambda(_ lambda: Float) -> Float {
        guard let lambdaRange else { return lambda }
        return min(max(lambda, lambdaRange.lowerBound), lambdaRange.upperBound)
    }

    /// W as the forward pass uses it.
    func effectiveWeight(_ weight: Float) -> Float {
        guard let weightRange else { return weight }
        return min(max(weight, weightRange.lowerBound), weightRange.upperBound)
    }
}
