import CompactModel
import Essentials
import Foundation

/// A number that a campaign measures and the paper (or a user) states; SI units.
package enum Observable: Sendable, Equatable, Codable, Hashable {
    /// Base conductance after 1e3 s at 0 V and 300 s at 0.6 V, S.
    case base
    /// dF of the last pulse of this amplitude (V) among the fifteen of Fig. 2d, S.
    case shortTermStep(Double)
    /// dF of one pulse (V, s) from the base state, read 2 ms after it, S.
    case cell(Double, Double)
    /// E = c dF^alpha over the twelve cells: alpha, and c in J for dF in nS.
    case energyExponent, energyPrefactor
    /// Decay time at a bias (V), s.
    case tau(Double)
    /// W read 1 s after the wait that follows the n-th SET train (0: the last), S.
    case level(Int)
    /// G after 375 s at 0.6 V over G before; the same with the fifteen pulses over without; G 60 s after a pulse over before.
    case drift, baseAfterPulses, leak
    /// W `settleAfterPulses` after the fifteen pulses over W as long without.
    case baseSettled
    /// Decay time at a bias (V) after one pulse (V, s), s.
    case tauAfter(Double, Double, Double)
    /// Decay time at a bias (V) after one pulse (V, s) over that after the decay pulse of Fig. 3d.
    case tauRatio(Double, Double, Double)
    /// dF of a 100 us pulse (V) on the level of the last SET train over that from the base state.
    case stepRatio(Double)
    /// Voltage that forms within the forming scan's hold, V; left half's share of a read's change.
    case forming, leftShare
    /// By which factor the decay time at the read voltage changes, up or down, where nothing moves in the layer; share of a pulse's
    /// vacancies beyond the first plane when F has fallen to 1/e.
    case transportFactor, beyondFirstPlane
    /// G at this voltage (V) in the last loop, on the way up or, below zero, on the way down, S.
    case loopConductance(Double)
    /// Last over first loop: G at this voltage (V), on the way up or, below zero, on the way down.
    case loopRatio(Double)
    /// W after this time (s) at 0 V over W at its start.
    case retention(Double)

    /// The runs that it needs.
    var parts: Campaign.Parts {
        switch self {
        case .base: []
        case .shortTermStep: .shortTerm
        case .cell: []
        case .energyExponent, .energyPrefactor: .map
        case .tau, .tauRatio: .decays
        case .level, .retention: .trains
        case .drift, .leak: .leak
        case .baseAfterPulses: [.leak, .shortTerm]
        case .baseSettled: [.leak, .shortTerm]
        case .tauAfter, .forming, .leftShare, .transportFactor, .beyondFirstPlane: []
        case .stepRatio: .trains
        case .loopConductance, .loopRatio: .loops
        }
    }

    /// The name in a targets file: "base", "step 2 V", "cell 2 V 20 us", "tau 0.6 V", "level 6", "retention 1000 s", ...
    ///
    /// Nil for a name that is not known.
    package init?(name: String) {
        let words = name.split(separator: " ").map(String.init)
        func number(_ index: Int) -> Double? { words.indices.contains(index) ? Double(words[index]) : nil }
        switch words.first {
        case "base" where words.count == 1: self = .base
        case "energy_exponent" where words.count == 1: self = .energyExponent
        case "energy_prefactor" where words.count == 1: self = .energyPrefactor
        case "drift" where words.count == 1: self = .drift
        case "base_after_pulses" where words.count == 1: self = .baseAfterPulses
        case "leak" where words.count == 1: self = .leak
        case "loop_conductance":
            guard let v = number(1), words.count == 3, words[2] == "V" else { return nil }
            self = .loopConductance(v)
        case "step":
            guard let v = number(1), words.count == 3, words[2] == "V" else { return nil }
            self = .shortTermStep(v)
        case "cell":
            guard let v = number(1), let w = number(3), words.count == 5, words[2] == "V", words[4] == "us" else { return nil }
            self = .cell(v, w / 1e6)
        case "base_settled" where words.count == 1: self = .baseSettled
        case "forming_voltage" where words.count == 1: self = .forming
        case "left_share" where words.count == 1: self = .leftShare
        case "transport_factor" where words.count == 1: self = .transportFactor
        case "beyond_first_plane" where words.count == 1: self = .beyondFirstPlane
        case "step_ratio":
            guard let v = number(1), words.count == 3, words[2] == "V" else { return nil }
            self = .stepRatio(v)
        case "tau" where words.count == 8, "tau_ratio":
            guard words.count == 8, let bias = number(1), let v = number(4), let w = number(6), words[2] == "V",
                words[3] == "after", words[5] == "V", words[7] == "us"
            else { return nil }
            self = words[0] == "tau" ? .tauAfter(bias, v, w / 1e6) : .tauRatio(bias, v, w / 1e6)
        case "tau":
            guard let v = number(1), words.count == 3, words[2] == "V" else { return nil }
            self = .tau(v)
        case "level":
            guard words.count == 2, let n = Int(words[1]), n >= 0 else { return nil }
            self = .level(n)
        case "loop_ratio":
            guard let v = number(1), words.count == 3, words[2] == "V" else { return nil }
            self = .loopRatio(v)
        case "retention":
            guard let t = number(1), t > 0, words.count == 3, words[2] == "s" else { return nil }
            self = .retention(t)
        default: return nil
        }
    }

    /// Example names, for error messages.
    package static let examples = [
        "base", "step 2 V", "cell 2 V 20 us", "energy_exponent", "energy_prefactor", "tau 0.6 V", "tau 0.6 V after 2 V 100 us",
        "tau_ratio 0 V after 2 V 100 us",
        "level 6", "drift", "base_settled", "step_ratio 3 V", "forming_voltage", "left_share", "transport_factor",
        "beyond_first_plane",
        "base_after_pulses", "leak", "loop_conductance 2 V", "loop_ratio 0.6 V", "retention 1000 s",
    ]

    /// Reads the number off a campaign; nil when the campaign did not make that run.
    func value(in c: Characterisation, grid: Set<[Double]>) -> Double? {
        switch self {
        case .base: return positive(c.baseConductance)
        case .shortTermStep(let v): return c.shortTerm.pulses.last { abs($0.amplitude - v) < 1e-9 }?.deltaConductance
        case .cell(let v, let w):
            return c.map.first { abs($0.amplitude - v) < 1e-9 && abs($0.width / w - 1) < 1e-9 }?.deltaConductance.first
        case .energyExponent: return law(c, grid)?.exponent
        case .energyPrefactor: return law(c, grid)?.prefactor
        case .tau(let v): return c.decays.first { abs($0.bias - v) < 1e-9 }?.tau
        case .level(let n): return (n == 0 ? c.trains.last : c.trains.first { $0.train == n })?.read1s
        case .drift: return positive(c.baseConductance).flatMap { base in positive(c.baseAfterHold).map { $0 / base } }
        case .baseAfterPulses:
            return positive(c.baseAfterHold).flatMap { held in positive(c.baseAfterPulses).map { $0 / held } }
        case .leak: return positive(c.leakRatio)
        case .baseSettled:
            return positive(c.settledAfterHold).flatMap { held in positive(c.settledAfterPulses).map { $0 / held } }
        case .tauAfter(let bias, let v, let w): return tau(c, bias, v, w)
        case .tauRatio(let bias, let v, let w):
            guard let after = tau(c, bias, v, w), let tau = Observable.tau(bias).value(in: c, grid: grid) else { return nil }
            return positive(after / tau)
        case .stepRatio(let v):
            guard
                let fresh = c.map.first(where: { abs($0.amplitude - v) < 1e-9 && abs($0.width / 100e-6 - 1) < 1e-9 })?
                    .deltaConductance.first,
                fresh > 0, let step = c.probes.stepsOnLevel[v]
            else { return nil }
            return positive(step / fresh)
        case .forming: return c.probes.formingVoltage
        case .leftShare: return c.probes.leftShareOfChange.flatMap(positive)
        case .transportFactor: return (c.probes.transport?.factor).flatMap(positive)
        case .beyondFirstPlane: return (c.probes.transport?.beyondFirstPlane).flatMap(positive)
        case .loopConductance(let v): return c.loops.last.flatMap { conductance($0, v) }
        case .loopRatio(let v):
            guard c.loops.count > 1, let first = c.loops.first.flatMap({ conductance($0, v) }),
                let last = c.loops.last.flatMap({ conductance($0, v) }), first > 0
            else { return nil }
            return last / first
        case .retention(let time):
            guard let start = c.retention.first?.value, start > 0 else { return nil }
            return c.retention.first { abs($0.time / time - 1) < 1e-9 }.map { $0.value / start }
        }
    }

    private func tau(_ c: Characterisation, _ bias: Double, _ v: Double, _ w: Double) -> Double? {
        c.probes.decays.first {
            abs($0.bias - bias) < 1e-9 && abs($0.amplitude - v) < 1e-9 && abs($0.width / w - 1) < 1e-9
        }?.tau
    }

    private func positive(_ value: Double) -> Double? { value > 0 && value.isFinite ? value : nil }

    private func law(_ c: Characterisation, _ grid: Set<[Double]>) -> (prefactor: Double, exponent: Double, residual: Double)? {
        let cells = c.map.filter { grid.contains([$0.amplitude, $0.width]) }
        return Fits.powerLaw(cells.map { ($0.deltaConductance.first ?? 0) * 1e9 }, cells.map { $0.energy.first ?? 0 })
    }

    /// G at a recorded voltage: on the way up above 0 V, on the way down below.
    private func conductance(_ loop: Characterisation.Loop, _ voltage: Double) -> Double? {
        let quarter = (loop.voltage.count - 1) / 4
        let range = voltage >= 0 ? 0...quarter : (2 * quarter)...(3 * quarter)
        guard quarter > 0, let index = range.first(where: { abs(loop.voltage[$0] - voltage) < 1e-6 }) else { return nil }
        return loop.current[index] / voltage
    }
}
