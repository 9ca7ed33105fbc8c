import CKernels
import Essentials

/// The processor's vector instructions that the kernels use. A choice of speed: every level gives the same bits.
package enum KernelLevel: Int32, CaseIterable, Comparable, Sendable {
    /// AVX2 and FMA (x86-64-v3), or the base set of a processor that is no x86-64.
    case avx2 = 1
    /// AVX-512 (x86-64-v4).
    case avx512 = 2

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    /// The highest level of this processor. Throws `InputError` where it has none.
    package static func best() throws(InputError) -> KernelLevel {
        guard let level = KernelLevel(rawValue: kernel_level()) else {
            throw InputError(
                "processor", problem: "has no AVX2 and FMA, which the network's kernels are made of",
                expected: "an x86-64 processor of level x86-64-v3 (Intel from Haswell, AMD from Excavator on)")
        }
        return level
    }

    /// `wanted`, or the best where nothing is asked for. Throws `InputError` where the processor does not have it.
    package static func resolve(_ wanted: KernelLevel?) throws(InputError) -> KernelLevel {
        let best = try best()
        guard let wanted, wanted > best else { return wanted ?? best }
        throw InputError("kernels", value: "\(wanted)", problem: "are beyond this processor", expected: "\(best)")
    }
}

/// Elementary functions whose bits do not depend on the processor or the C library. Cost: 5 to 10 ns.
package enum Elementary {
    static func exp(_ x: Double) -> Double { kernel_exp(x) }
    package static func log(_ x: Double) -> Double { kernel_log(x) }
    /// What the cell kernels use.
    static func tanh(_ x: Float) -> Float { kernel_tanh(x) }

    /// base^exponent by repeated squaring, each product rounded.
    static func power(_ base: Double, _ exponent: Int) -> Double {
        var (result, square, left) = (1.0, base, exponent)
        while left > 0 {
            if left & 1 == 1 { result *= square }
            square *= square
            left >>= 1
        }
        return result
    }
}
