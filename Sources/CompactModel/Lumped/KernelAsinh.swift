import CKernels

/// ln(x + sqrt(x^2 + 1)) by the kernels' logarithm. With `kernel_exp` and `kernel_log` the bits of a state model depend neither on the
/// processor nor on the C library, so that its file says what a game on it is. Cost: 5 to 10 ns.
func kernelAsinh(_ x: Double) -> Double { x < 0 ? -kernelAsinh(-x) : kernel_log(x + (x * x + 1).squareRoot()) }
