import CKernels
import Foundation

/// The device on few unknowns: its contact sheets and three to five lumps of lattice vacancies, with the device's own rates.
///
/// Unknowns, 1/m2: N_1 ... N_m, the vacancies of the first lattice plane and of the cells beyond it, and the stored oxygen N_p. The
/// contact plane N_s follows at once, because the redox step is fast:
///
///     N_s N_O = K,   N_O = N_s + sum N_k - N_p - I
///     dN_1/dt = f N_s - b N_1 - j_1,   dN_k/dt = j_(k-1) - j_k,   j_k = f_k N_k - b_k N_(k+1)
///     dN_p/dt = l N_O^m - r N_p
///
/// I is the conserved inventory. ln K, ln f, ... are `LumpedSurface`s over the voltage, the charge and where it lies, fitted to the rates that
/// the device itself shows (`LumpedFit`), apart for biases and for pulses; self-heating is in them, since T follows V and the charge.
/// ln G of a read is one over charge and place. The ambient temperature is one of those that were sampled, or between them (linear in 1/T).
public struct LumpedDevice: Equatable, Sendable, Codable {
    /// Unknowns of one device.
    public struct State: Equatable, Sendable, Codable {
        /// N_1 ... N_m, 1/m2.
        public var lumps: [Double]
        /// N_p and the inventory I, 1/m2.
        public var stored, inventory: Double
        /// N_1 ... N_m, N_p and I.
        package init(lumps: [Double], stored: Double, inventory: Double) {
            (self.lumps, self.stored, self.inventory) = (lumps, stored, inventory)
        }

        /// sum N_k, 1/m2.
        package var charge: Double { lumps.reduce(0, +) }
    }

    /// A state to start from: the base state (0 trains), and those after SET trains.
    public struct Level: Equatable, Sendable, Codable {
        /// SET trains before it.
        public var trains: Int
        /// Its conductance in a read, S.
        public var conductance: Double
        /// Its unknowns.
        public var state: State
    }

    /// Surfaces of the rates over one range of voltages.
    package struct Kinetics: Equatable, Sendable, Codable {
        /// ln K (1/m4), ln of f and b (1/s), of l and r, and of I/V (S).
        package var redox, forward, backward, loss, back, current: LumpedSurface
        /// ln of N_s (1/m2) that was seen: where the root is sought.
        package var planes: ClosedRange<Double>
        /// ln of f_k and b_k, 1/s.
        package var spread: [Spread]

        /// Between a lump and the next: f_k and b_k.
        package struct Spread: Equatable, Sendable, Codable {
            /// ln of f_k and b_k, 1/s.
            package var forward, backward: LumpedSurface
        }
    }

    /// Surfaces at one ambient temperature.
    package struct Ambient: Equatable, Sendable, Codable {
        /// K.
        package var temperature: Double
        /// The rates at a bias, and in a pulse.
        package var bias, pulse: Kinetics
        /// ln of G (S) at the read voltage.
        package var reading: LumpedSurface
    }

    /// First cell of each lump beyond the first plane, as the device's grid counts them.
    public var boundaries: [Int]
    /// The charge coordinate is asinh(sum N / scale); 1/m2.
    public var scale: Double
    /// m: 2 where oxygen is lost in pairs, 1 where alone.
    public var lossOrder: Int
    /// The base state and the levels, from the lowest.
    public var levels: [Level]
    /// V.
    public var readVoltage: Double
    /// One set of surfaces for each ambient temperature, from the lowest.
    package var ambients: [Ambient]

    /// Lumps of lattice vacancies.
    public var lumpCount: Int { boundaries.count + 1 }
    /// Biases and pulse amplitudes that the fit saw, V.
    public var biasRange: ClosedRange<Double> { ambients[0].bias.redox.voltages }
    /// Amplitudes that the fit saw, V.
    public var pulseRange: ClosedRange<Double> { ambients[0].pulse.redox.voltages }
    /// Ambient temperatures that the fit saw, K.
    public var ambientRange: ClosedRange<Double> { ambients[0].temperature...ambients[ambients.count - 1].temperature }

    func coordinate(_ charge: Double) -> Double { kernelAsinh(charge / scale) }

    /// G of a read, S, at an ambient temperature (K; nil: the first).
    public func conductance(_ state: State, ambient: Double? = nil) -> Double {
        let charge = state.charge
        let (q, shares) = (coordinate(charge), state.lumps.dropFirst().map { $0 / charge })
        return kernel_exp(blend(ambient) { $0.reading.slice(at: readVoltage, shares: shares.count).value(q, shares) })
    }

    /// A quantity between two ambient temperatures, linear in 1/T.
    func blend(_ ambient: Double?, _ f: (Ambient) -> Double) -> Double {
        let (first, share) = place(ambient)
        return share == 0 ? f(ambients[first]) : (1 - share) * f(ambients[first]) + share * f(ambients[first + 1])
    }

    /// The interval that an ambient temperature lies in and how far along, held within the range.
    func place(_ ambient: Double?) -> (first: Int, share: Double) {
        guard let ambient, ambients.count > 1 else { return (0, 0) }
        let k = max(0, min(ambients.count - 2, ambients.lastIndex { $0.temperature <= ambient } ?? 0))
        let (a, b) = (1 / ambients[k].temperature, 1 / ambients[k + 1].temperature)
        return (k, min(max((1 / ambient - a) / (b - a), 0), 1))
    }

    /// The level whose conductance is nearest to one (S).
    public func level(near conductance: Double) -> Level? {
        levels.min { abs($0.conductance - conductance) < abs($1.conductance - conductance) }
    }
}
