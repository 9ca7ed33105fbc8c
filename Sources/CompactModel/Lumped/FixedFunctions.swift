import CKernels

/// Elementary functions whose bits do not depend on the processor or the C library, so that a state model's file says what a game on it is.
/// Cost: 5 to 10 ns.
enum Fixed {
    static func exp(_ x: Double) -> Double { kernel_exp(x) }
    static func log(_ x: Double) -> Double { kernel_log(x) }
    /// ln(x + sqrt(x^2 + 1)).
    static func asinh(_ x: Double) -> Double { x < 0 ? -asinh(-x) : kernel_log(x + (x * x + 1).squareRoot()) }
}
