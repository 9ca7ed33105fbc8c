import Foundation

/// A sine of the voltage, V(t) = mean + amplitude sin(2 pi f t + phase), t from the start of its segment.
public struct Sine: Equatable, Sendable {
    /// V.
    public var mean, amplitude: Double
    /// Hz, and rad.
    public var frequency, phase: Double

    /// V, Hz and rad.
    public init(mean: Double, amplitude: Double, frequency: Double, phase: Double = 0) {
        self.mean = mean
        self.amplitude = amplitude
        self.frequency = frequency
        self.phase = phase
    }

    /// V at `time` (s) after the start; whole periods are taken off first, so that late ones are as exact as the first.
    public func value(at time: Double) -> Double {
        let cycles = frequency * time
        return mean + amplitude * sin(2 * .pi * (cycles - cycles.rounded(.down)) + phase)
    }
}
