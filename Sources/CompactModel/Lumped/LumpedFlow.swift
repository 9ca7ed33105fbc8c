import CKernels
import Foundation

/// dy/dt at one voltage and the step in time. Nothing is allocated on the way.
struct LumpedFlow {
    /// N_1 ... N_m and N_p, or as many shares; the lanes behind them are 0.
    typealias Vector = SIMD8<Double>
    /// The most lumps that a vector holds beside N_p.
    static let mostLumps = 7

    let rates: LumpedRun.Rates
    let scale: Double
    let order: Int
    let charges: ClosedRange<Double>
    /// Lumps.
    let m: Int
    var wasClipped = false
    /// The last root, and d miss / d ln N_s there.
    private var root: (lnPlane: Double, slope: Double)?

    init(_ rates: LumpedRun.Rates, _ device: LumpedDevice) {
        self.rates = rates
        scale = device.scale
        order = device.lossOrder
        charges = rates.redox[0].charges
        m = device.lumpCount
    }

    private func value(_ slices: [LumpedSurface.Slice], _ q: Double, _ shares: Vector) -> Double {
        let first = slices[0].value(q, shares)
        return slices.count == 1 ? first : (1 - rates.share) * first + rates.share * slices[1].value(q, shares)
    }

    /// dy/dt, 1/(m2 s), and the electrical power, W.
    mutating func slope(_ y: Vector, _ inventory: Double) -> (slope: Vector, power: Double) {
        var charge = 0.0
        for k in 0..<m { charge += y[k] }
        let rest = charge - y[m] - inventory
        var shares = Vector.zero
        var q = 0.0
        func look(_ p: Double) {
            let all = charge + p
            q = kernelAsinh(all / scale)
            for k in 1..<max(m, 1) { shares[k - 1] = y[k] / all }
        }
        // ln N_s + ln N_O = ln K(charge + N_s) has one root, because more charge makes the redox step harder; ln N_s is kept in a bracket.
        func miss(_ x: Double) -> Double {
            let p = kernel_exp(x)
            look(p)
            return x + kernel_log(max(rest + p, 1e-300)) - value(rates.redox, q, shares)
        }
        let margin = 2.0
        let floor = max(rates.planes.lowerBound - margin, rest < 0 ? kernel_log(-rest) : -.infinity)
        /// Newton's chord from the last root: between two steps it hardly moves. Nil where it does not converge at once.
        func near(_ last: (lnPlane: Double, slope: Double)) -> Double? {
            var x = last.lnPlane
            for _ in 0..<6 {
                let f = miss(x)
                if abs(f) < 1e-9 { return x }
                x -= f / last.slope
                guard abs(x - last.lnPlane) < 0.2, x > floor else { return nil }
            }
            return nil
        }
        /// The largest root: the surfaces say nothing of charges far below those that were seen at this voltage.
        func search() -> (lnPlane: Double, slope: Double) {
            let start = root?.lnPlane
            var high = start.map { $0 + 0.2 } ?? rates.planes.upperBound + 0.5
            while start != nil, miss(high) < 0, high < rates.planes.upperBound + 5 { high += 0.4 }
            var low = high - 0.4
            while miss(low) > 0, low > floor { (low, high) = (low - 0.4, low) }
            low = max(low, floor)
            var (x, slope) = (min(max(start ?? 0.5 * (low + high), low), high), 1.0)
            for _ in 0..<60 {
                let f = miss(x)
                if abs(f) < 1e-9 || high - low < 1e-12 { break }
                if f > 0 { high = x } else { low = x }
                let d = 1e-5
                slope = max((miss(x + d) - f) / d, 0.5)
                let next = x - f / slope
                x = next > low && next < high ? next : 0.5 * (low + high)
            }
            return (x, slope)
        }
        if let last = root, let x = near(last) { root = (x, last.slope) } else { root = search() }
        let p = kernel_exp(root?.lnPlane ?? 0)
        look(p)
        if q < charges.lowerBound - 0.02 || q > charges.upperBound + 0.02 { wasClipped = true }
        let oxygen = max(rest + p, 0)
        var out = Vector.zero
        out[0] = kernel_exp(value(rates.forward, q, shares)) * p - kernel_exp(value(rates.backward, q, shares)) * y[0]
        for k in 0..<(m - 1) {
            let j =
                kernel_exp(value(rates.spreadForward[k], q, shares)) * y[k] - kernel_exp(
                    value(rates.spreadBackward[k], q, shares)) * y[k + 1]
            out[k] -= j
            out[k + 1] += j
        }
        let lost = order == 2 ? oxygen * oxygen : oxygen
        out[m] = kernel_exp(value(rates.loss, q, shares)) * lost - kernel_exp(value(rates.back, q, shares)) * y[m]
        let power = rates.voltage * rates.voltage * kernel_exp(value(rates.current, q, shares))
        return (out, power)
    }

    /// One step of length h from y, where dy/dt is `slope`: the extrapolated result and its error; nil where it is no state.
    mutating func step(_ y: Vector, _ slope: Vector, _ h: Double, _ inventory: Double, _ scale: Double) -> (Vector, Double)? {
        let n = m + 1
        var jacobian = Matrix(repeating: .zero)
        for j in 0..<n {
            var moved = y
            let d = 1e-5 * max(y[j], 1e-6 * scale)
            moved[j] += d
            let (f, _) = self.slope(moved, inventory)
            for i in 0..<n { jacobian[i][j] = (f[i] - slope[i]) / d }
        }
        func euler(_ f: Vector, _ h: Double) -> Vector? {
            var a = jacobian
            var b = f * h
            for i in 0..<n {
                a[i] *= -h
                a[i][i] += 1
            }
            return solve(&a, &b, n) ? b : nil
        }
        guard let whole = euler(slope, h), let first = euler(slope, h / 2) else { return nil }
        let between = y + first
        guard isState(between, scale) else { return nil }
        let (f, _) = self.slope(between, inventory)
        guard let second = euler(f, h / 2) else { return nil }
        var (next, error) = (y, 0.0)
        for i in 0..<n {
            let half = between[i] + second[i]
            next[i] = 2 * half - (y[i] + whole[i])
            error = max(error, abs(half - y[i] - whole[i]) / (max(y[i], half) + 1e-4 * scale))
        }
        guard isState(next, scale) else { return nil }
        return (next.clamped(lowerBound: .zero, upperBound: Vector(repeating: .infinity)), error)
    }

    private func isState(_ y: Vector, _ scale: Double) -> Bool {
        (0...m).allSatisfy { y[$0] >= -1e-9 * scale && y[$0].isFinite }
    }

    private typealias Matrix = InlineArray<8, Vector>

    /// Gaussian elimination with row exchange; false where a pivot vanishes.
    private func solve(_ a: inout Matrix, _ b: inout Vector, _ n: Int) -> Bool {
        for k in 0..<n {
            var best = k
            for i in k..<n where abs(a[i][k]) > abs(a[best][k]) { best = i }
            guard a[best][k] != 0 else { return false }
            if best != k { (a[k], a[best], b[k], b[best]) = (a[best], a[k], b[best], b[k]) }
            for i in (k + 1)..<max(n, k + 1) {
                let f = a[i][k] / a[k][k]
                a[i] -= f * a[k]
                b[i] -= f * b[k]
            }
        }
        for k in stride(from: n - 1, through: 0, by: -1) {
            for j in (k + 1)..<max(n, k + 1) { b[k] -= a[k][j] * b[j] }
            b[k] /= a[k][k]
        }
        return (0..<n).allSatisfy { b[$0].isFinite }
    }
}
