import Foundation

/// A lumped device under voltage: its rates at one voltage, and steps in time.
///
/// Steps are linearly implicit Euler steps, extrapolated to second order; the difference of one whole and two half steps is held below
/// `tolerance` of each unknown. The model has no memory of steps: any sequence of `advance` gives the same to that tolerance.
public struct LumpedRun: Sendable {
    /// What runs.
    public let device: LumpedDevice
    /// The present unknowns.
    public var state: LumpedDevice.State
    /// Ambient temperature, K; nil: the first that was sampled.
    public var ambient: Double?
    /// Relative error of a step.
    public var tolerance = 1e-4
    /// Energy taken from the source so far, J.
    public private(set) var energy = 0.0
    /// How often a voltage or a charge lay outside what the fit saw.
    public private(set) var clipped = 0
    /// Whether a step could not be taken, which ends the run: from there on the state has not moved. Then nothing that it says holds.
    public private(set) var isLost = false
    private var rates: Rates?
    private var step = 0.0

    /// Starts at a state of the device.
    public init(_ device: LumpedDevice, from state: LumpedDevice.State, ambient: Double? = nil) {
        self.device = device
        self.state = state
        self.ambient = ambient
    }

    /// G of a read now, S.
    public var conductance: Double { device.conductance(state, ambient: ambient) }

    /// Rates at one voltage.
    struct Rates: Sendable {
        var voltage: Double
        var isPulse: Bool
        var redox, forward, backward, loss, back, current: [LumpedSurface.Slice]
        var spreadForward, spreadBackward: [[LumpedSurface.Slice]]
        var share: Double
        /// ln of N_s (1/m2) between which it is sought.
        var planes: ClosedRange<Double>
    }

    mutating func set(voltage: Double, isPulse: Bool) {
        if let rates, rates.voltage == voltage, rates.isPulse == isPulse { return }
        let (first, share) = device.place(ambient)
        let used = share == 0 ? [device.ambients[first]] : [device.ambients[first], device.ambients[first + 1]]
        let range = isPulse ? device.pulseRange : device.biasRange
        if voltage < range.lowerBound - 1e-9 || voltage > range.upperBound + 1e-9 { clipped += 1 }
        let shares = device.lumpCount - 1
        func slices(_ f: (LumpedDevice.Kinetics) -> LumpedSurface) -> [LumpedSurface.Slice] {
            used.map { f(isPulse ? $0.pulse : $0.bias).slice(at: voltage, shares: shares) }
        }
        rates = Rates(
            voltage: voltage, isPulse: isPulse, redox: slices(\.redox), forward: slices(\.forward), backward: slices(\.backward),
            loss: slices(\.loss), back: slices(\.back), current: slices(\.current),
            spreadForward: device.boundaries.indices.map { k in slices { $0.spread[k].forward } },
            spreadBackward: device.boundaries.indices.map { k in slices { $0.spread[k].backward } }, share: share,
            planes: used.map { (isPulse ? $0.pulse : $0.bias).planes }.reduce(nil) { a, b in
                a.map { min($0.lowerBound, b.lowerBound)...max($0.upperBound, b.upperBound) } ?? b
            } ?? 0...0)
        step = 0
    }

    /// Holds a bias (V) for a time (s).
    public mutating func hold(_ voltage: Double, for duration: Double) {
        set(voltage: voltage, isPulse: false)
        advance(duration)
    }

    /// A pulse of an amplitude (V) and a width (s).
    public mutating func pulse(_ voltage: Double, for width: Double) {
        set(voltage: voltage, isPulse: true)
        advance(width)
    }

    private mutating func advance(_ duration: Double) {
        guard let rates, !isLost else { return }
        var y = state.lumps + [state.stored]
        let inventory = state.inventory
        var (t, h) = (0.0, step > 0 ? min(step, duration) : duration * 1e-3)
        var flow = Flow(rates, device)
        var (slope, power) = flow.slope(y, inventory)
        while t < duration {
            h = min(h, duration - t)
            guard let (next, error) = flow.step(y, slope, h, inventory, device.scale) else {
                h *= 0.25
                if h < duration * 1e-12 {
                    isLost = true
                    break
                }
                continue
            }
            let ratio = error / tolerance
            if ratio > 1, h > duration * 1e-9 {
                h *= max(0.2, 0.9 / ratio.squareRoot())
                continue
            }
            t += h
            y = next
            let before = power
            (slope, power) = flow.slope(y, inventory)
            energy += 0.5 * (before + power) * h
            step = h
            h *= min(4, 0.9 / max(ratio, 1e-6).squareRoot())
        }
        if flow.wasClipped { clipped += 1 }
        state.lumps = Array(y.dropLast())
        state.stored = y[y.count - 1]
    }
}

/// dy/dt at one voltage and the step in time.
private struct Flow {
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
            let j = exp(value(rates.spreadForward[k], q, shares)) * y[k] - exp(value(rates.spreadBackward[k], q, shares)) * y[k + 1]
            out[k] -= j
            out[k + 1] += j
        }
        let lost = order == 2 ? oxygen * oxygen : oxygen
        out[m] = exp(value(rates.loss, q, shares)) * lost - exp(value(rates.back, q, shares)) * y[m]
        let power = rates.voltage * rates.voltage * exp(value(rates.current, q, shares))
        return (out, power)
    }

    /// One step of length h from y, where dy/dt is `slope`: the extrapolated result and its error; nil where it is no state.
    mutating func step(_ y: [Double], _ slope: [Double], _ h: Double, _ inventory: Double, _ scale: Double) -> ([Double], Double)? {
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
