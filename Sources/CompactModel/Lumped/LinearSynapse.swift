import CKernels
import Foundation

/// The paper's synapse in time: F grows by the map's dF and decays with one time constant for each bias.
///
///     F <- F + dF(V, w),   F <- F e^(-t / tau(V)),   E = c dF^alpha
///
/// dF between cells of the map by bilinear interpolation of ln dF in V and ln w; tau between biases by ln tau; beyond the border the border's.
/// Source: Weilenmann 2024, eq. 1, Figs. 3a-e.
public struct LinearSynapse: Sendable {
    private let amplitudes, widths: [Double]
    private let steps: [[Double]]
    private let biases, times: [Double]
    private let law: SynapseModel.EnergyLaw
    /// F, S.
    public private(set) var weight = 0.0

    /// Of a synapse whose map is a grid of amplitudes and widths.
    public init(_ synapse: SynapseModel) {
        let points = synapse.update.points
        let (amplitudes, widths) = (Set(points.map(\.amplitude)).sorted(), Set(points.map(\.width)).sorted())
        steps = amplitudes.map { a in
            widths.map { w in
                kernel_log(max(points.first { $0.amplitude == a && $0.width == w }?.deltaConductance ?? 1e-15, 1e-15))
            }
        }
        (self.amplitudes, self.widths) = (amplitudes, widths)
        let decays = synapse.decay.points.sorted { $0.bias < $1.bias }
        (biases, times) = (decays.map(\.bias), decays.map { kernel_log($0.tau) })
        law = synapse.energy
    }

    private static func place(_ x: Double, _ grid: [Double], _ scale: (Double) -> Double) -> (Int, Double) {
        guard grid.count > 1 else { return (0, 0) }
        let k = max(0, min(grid.count - 2, grid.lastIndex { $0 <= x } ?? 0))
        return (k, min(max((scale(x) - scale(grid[k])) / (scale(grid[k + 1]) - scale(grid[k])), 0), 1))
    }

    /// dF of a pulse, S.
    public func step(_ amplitude: Double, _ width: Double) -> Double {
        let (i, a) = Self.place(amplitude, amplitudes) { $0 }
        let (j, b) = Self.place(width, widths, kernel_log)
        let (i1, j1) = (min(i + 1, amplitudes.count - 1), min(j + 1, widths.count - 1))
        let low = (1 - b) * steps[i][j] + b * steps[i][j1], high = (1 - b) * steps[i1][j] + b * steps[i1][j1]
        return kernel_exp((1 - a) * low + a * high)
    }

    /// A pulse of an amplitude (V) and a width (s); its energy, J.
    public mutating func pulse(_ amplitude: Double, for width: Double) -> Double {
        let step = step(amplitude, width)
        weight += step
        return law.prefactorPerNanosiemens * pow(step * 1e9, law.exponent)
    }

    /// The pulse that adds a wanted dF (S): the shortest width of the map that reaches it, and the amplitude there; the border's beyond it.
    public func shape(for wanted: Double) -> Campaign.PulseShape {
        let (low, high) = (amplitudes[0], amplitudes[amplitudes.count - 1])
        let width = widths.first { step(high, $0) >= wanted } ?? widths[widths.count - 1]
        var (a, b) = (low, high)
        guard step(a, width) < wanted, step(b, width) > wanted else {
            return .init(amplitude: step(a, width) >= wanted ? a : b, width: width)
        }
        for _ in 0..<50 {
            let middle = 0.5 * (a + b)
            if step(middle, width) < wanted { a = middle } else { b = middle }
        }
        return .init(amplitude: 0.5 * (a + b), width: width)
    }

    /// tau at a bias (V), s.
    package func decayTime(at bias: Double) -> Double {
        let (k, a) = Self.place(bias, biases) { $0 }
        return kernel_exp((1 - a) * times[k] + a * times[min(k + 1, times.count - 1)])
    }

    /// Decays at a bias (V) for a time (s).
    public mutating func hold(_ bias: Double, for duration: Double) {
        weight *= kernel_exp(-duration / decayTime(at: bias))
    }
}
