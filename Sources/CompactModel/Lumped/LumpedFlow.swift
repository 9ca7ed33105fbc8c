import Foundation

/// dy/dt at one voltage and the step in time.
struct LumpedFlow {
    let rates: LumpedRun.Rates
    let scale: Double
    let order: Int
    let charges: ClosedRange<Double>
    var wasClipped = false
    private var lnPlane: Double?

    init(_ rates: LumpedRun.Rates, _ device: LumpedDevice) {
        self.rates = rates
        scale = device.scale
        order = device.lossOrder
        charges = rates.redox[0].charges
    }

    private func value(_ slices: [LumpedSurface.Slice], _ q: Double, _ shares: [Double]) -> Double {
        let first = slices[0].value(q, shares)
        return slices.count == 1 ? first : (1 - rates.share) * first + rates.share * slices[1].value(q, shares)
    }

    /// dy/dt, 1/(m2 s), and the electrical power, W.
    mutating func slope(_ y: [Double], _ inventory: Double) -> (slope: [Double], power: Double) {
        let m = y.count - 1
        let charge = y[..<m].reduce(0, +)
        let rest = charge - y[m] - inventory
        var shares = [Double](repeating: 0, count: m - 1)
        var q = 0.0
        func look(_ p: Double) {
            let all = charge + p
            q = asinh(all / scale)
            for k in 1..<m { shares[k - 1] = y[k] / all }
        }
        // ln N_s + ln N_O = ln K(charge + N_s) has one root, because more charge makes the redox step harder; ln N_s is kept in a bracket.
        func miss(_ x: Double) -> Double {
            let p = exp(x)
            look(p)
            return x + log(max(rest + p, 1e-300)) - value(rates.redox, q, shares)
        }
        let margin = 2.0
        let floor = max(rates.planes.lowerBound - margin, rest < 0 ? log(-rest) : -.infinity)
        // The largest root: the surfaces say nothing of charges far below those that were seen at this voltage.
        var high = lnPlane.map { $0 + 0.2 } ?? rates.planes.upperBound + 0.5
        while lnPlane != nil, miss(high) < 0, high < rates.planes.upperBound + 5 { high += 0.4 }
        var low = high - 0.4
        while miss(low) > 0, low > floor { (low, high) = (low - 0.4, low) }
        low = max(low, floor)
        var x = min(max(lnPlane ?? 0.5 * (low + high), low), high)
        for _ in 0..<60 {
            let f = miss(x)
            if abs(f) < 1e-9 || high - low < 1e-12 { break }
            if f > 0 { high = x } else { low = x }
            let d = 1e-5
            let next = x - f / max((miss(x + d) - f) / d, 0.5)
            x = next > low && next < high ? next : 0.5 * (low + high)
        }
        lnPlane = x
        let p = exp(x)
        look(p)
        if q < charges.lowerBound - 0.02 || q > charges.upperBound + 0.02 { wasClipped = true }
        let oxygen = max(rest + p, 0)
        var out = [Double](repeating: 0, count: m + 1)
        out[0] = exp(value(rates.forward, q, shares)) * p - exp(value(rates.backward, q, shares)) * y[0]
        for k in 0..<(m - 1) {
            let j =
                exp(value(rates.spreadForward[k], q, shares)) * y[k] - exp(value(rates.spreadBackward[k], q, shares)) * y[k + 1]
            out[k] -= j
            out[k + 1] += j
        }
        let lost = order == 2 ? oxygen * oxygen : oxygen
        out[m] = exp(value(rates.loss, q, shares)) * lost - exp(value(rates.back, q, shares)) * y[m]
        let power = rates.voltage * rates.voltage * exp(value(rates.current, q, shares))
        return (out, power)
    }

    /// One step of length h from y, where dy/dt is `slope`: the extrapolated result and its error; nil where it is no state.
    mutating func step(_ y: [Double], _ slope: [Double], _ h: Double, _ inventory: Double, _ scale: Double) -> (
        [Double], Double
    )? {
        let n = y.count
        var jacobian = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
        for j in 0..<n {
            var moved = y
            let d = 1e-5 * max(y[j], 1e-6 * scale)
            moved[j] += d
            let (f, _) = self.slope(moved, inventory)
            for i in 0..<n { jacobian[i][j] = (f[i] - slope[i]) / d }
        }
        func euler(_ f: [Double], _ h: Double) -> [Double]? {
            var a = jacobian.map { $0.map { -h * $0 } }
            var b = f.map { $0 * h }
            for i in 0..<n { a[i][i] += 1 }
            return solve(&a, &b) ? b : nil
        }
        guard let whole = euler(slope, h), let first = euler(slope, h / 2) else { return nil }
        let between = zip(y, first).map { $0 + $1 }
        guard between.allSatisfy({ $0 >= -1e-9 * scale && $0.isFinite }) else { return nil }
        let (f, _) = self.slope(between, inventory)
        guard let second = euler(f, h / 2) else { return nil }
        var (next, error) = (y, 0.0)
        for i in 0..<n {
            let half = between[i] + second[i]
            next[i] = 2 * half - (y[i] + whole[i])
            error = max(error, abs(half - y[i] - whole[i]) / (max(y[i], half) + 1e-4 * scale))
        }
        guard next.allSatisfy({ $0 >= -1e-9 * scale && $0.isFinite }) else { return nil }
        return (next.map { max($0, 0) }, error)
    }

    /// Gaussian elimination with row exchange; false where a pivot vanishes.
    private func solve(_ a: inout [[Double]], _ b: inout [Double]) -> Bool {
        let n = b.count
        for k in 0..<n {
            guard let best = (k..<n).max(by: { abs(a[$0][k]) < abs(a[$1][k]) }), a[best][k] != 0 else { return false }
            a.swapAt(k, best)
            b.swapAt(k, best)
            for i in (k + 1)..<max(n, k + 1) {
                let f = a[i][k] / a[k][k]
                for j in k..<n { a[i][j] -= f * a[k][j] }
                b[i] -= f * b[k]
            }
        }
        for k in stride(from: n - 1, through: 0, by: -1) {
            for j in (k + 1)..<max(n, k + 1) { b[k] -= a[k][j] * b[j] }
            b[k] /= a[k][k]
        }
        return b.allSatisfy(\.isFinite)
    }
}
