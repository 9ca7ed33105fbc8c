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
            voltage: voltage, isPulse: isPulse, redox: slices(\.redox), forward: slices(\.forward),
            backward: slices(\.backward),
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
        var y = LumpedFlow.Vector.zero
        let m = state.lumps.count
        for k in 0..<m { y[k] = state.lumps[k] }
        y[m] = state.stored
        let inventory = state.inventory
        var (t, h) = (0.0, step > 0 ? min(step, duration) : duration * 1e-3)
        var flow = LumpedFlow(rates, device)
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
        for k in 0..<m { state.lumps[k] = y[k] }
        state.stored = y[m]
    }
}
