import Essentials
import Foundation
import Protocols
import Simulation

/// A number read off one run of a protocol.
package enum RunOutput: Equatable, Sendable {
    /// Which of several: the n-th from 1, or the last.
    package enum Place: Equatable, Sendable {
        case number(Int), last

        /// "read 2", "last read".
        func words(_ noun: String) -> String {
            switch self {
            case .number(let n): "\(noun) \(n)"
            case .last: "last \(noun)"
            }
        }
    }

    /// What stands at the end of the run.
    package enum Final: String, Sendable, CaseIterable {
        case conductance = "G", current = "I", voltage = "V", temperature = "T", time = "time"
    }

    case read(Place)
    /// G of the second read less that of the first.
    case change(Int, Int)
    case energy(Place), allEnergy
    case peakTemperature(Place), pulseCurrent(Place)
    case markTime(Place), markVoltage(Place)
    case end(Final)
    case largestCurrent, largestTemperature

    static let examples = [
        "G of read 2", "G of the last read", "dG from read 1 to read 2", "energy of pulse 1", "energy of the last pulse",
        "energy of all pulses", "peak T of pulse 1", "I of pulse 1", "time of mark 1",
        "V of mark 1 (a mark: a condition that was met)",
        "G at the end", "I at the end", "V at the end", "T at the end", "time at the end", "largest |I|", "largest T",
    ]

    /// From words without "the".
    init?(_ given: [String]) {
        let words = given.map { $0.lowercased() }
        func place(_ tail: ArraySlice<String>, _ noun: String) -> Place? {
            let tail = Array(tail)
            guard tail.count == 2 else { return nil }
            if tail[1] == noun { return tail[0] == "last" ? .last : tail[0] == "first" ? .number(1) : nil }
            guard tail[0] == noun, let n = Int(tail[1]), n >= 1 else { return nil }
            return .number(n)
        }
        let tail = words.count > 2 ? words[2...] : []
        let joined = words.joined(separator: " ")
        if words.count == 3, words[1...] == ["at", "end"] {
            guard let final = Final.allCases.first(where: { $0.rawValue.lowercased() == words[0] }) else { return nil }
            self = .end(final)
        } else if joined == "largest |i|" || joined == "largest i" {
            self = .largestCurrent
        } else if joined == "largest t" {
            self = .largestTemperature
        } else if joined == "energy of all pulses" {
            self = .allEnergy
        } else if words.count == 7, words[0] == "dg", words[1] == "from", words[2] == "read", words[4] == "to",
            words[5] == "read",
            let a = Int(words[3]), let b = Int(words[6]), a >= 1, b >= 1, a != b
        {
            self = .change(a, b)
        } else if words.first == "g", words.count == 4, ["of", "after", "at"].contains(words[1]),
            let place = place(tail, "read")
        {
            self = .read(place)
        } else if words.count == 4, words[1] == "of", let place = place(tail, "pulse"), words[0] == "energy" || words[0] == "i"
        {
            self = words[0] == "energy" ? .energy(place) : .pulseCurrent(place)
        } else if words.count == 5, words[0] == "peak", words[1] == "t", words[2] == "of",
            let place = place(words[3...], "pulse")
        {
            self = .peakTemperature(place)
        } else if words.count == 4, words[1] == "of", let place = place(tail, "mark"), words[0] == "time" || words[0] == "v" {
            self = words[0] == "time" ? .markTime(place) : .markVoltage(place)
        } else {
            return nil
        }
    }

    package var name: String {
        func of(_ place: Place, _ noun: String) -> String { place == .last ? "the last \(noun)" : place.words(noun) }
        return switch self {
        case .read(let place): "G of \(of(place, "read"))"
        case .change(let a, let b): "dG from read \(a) to read \(b)"
        case .energy(let place): "energy of \(of(place, "pulse"))"
        case .allEnergy: "energy of all pulses"
        case .peakTemperature(let place): "peak T of \(of(place, "pulse"))"
        case .pulseCurrent(let place): "I of \(of(place, "pulse"))"
        case .markTime(let place): "time of \(of(place, "mark"))"
        case .markVoltage(let place): "V of \(of(place, "mark"))"
        case .end(let final): "\(final.rawValue) at the end"
        case .largestCurrent: "largest |I|"
        case .largestTemperature: "largest T"
        }
    }

    var column: String {
        func of(_ place: Place, _ noun: String) -> String { place.words(noun).replacingOccurrences(of: " ", with: "_") }
        return switch self {
        case .read(let place): "G_\(of(place, "read"))"
        case .change(let a, let b): "dG_read_\(a)_to_\(b)"
        case .energy(let place): "energy_\(of(place, "pulse"))"
        case .allEnergy: "energy_all_pulses"
        case .peakTemperature(let place): "peak_T_\(of(place, "pulse"))"
        case .pulseCurrent(let place): "I_\(of(place, "pulse"))"
        case .markTime(let place): "time_\(of(place, "mark"))"
        case .markVoltage(let place): "V_\(of(place, "mark"))"
        case .end(let final): "\(final.rawValue)_end"
        case .largestCurrent: "largest_I"
        case .largestTemperature: "largest_T"
        }
    }

    var unit: PhysicalUnit {
        let symbol =
            switch self {
            case .read, .change, .end(.conductance): "nS"
            case .energy, .allEnergy: "pJ"
            case .peakTemperature, .largestTemperature, .end(.temperature): "K"
            case .pulseCurrent, .largestCurrent, .end(.current): "nA"
            case .markVoltage, .end(.voltage): "V"
            case .markTime, .end(.time): "s"
            }
        return PhysicalUnit.named(symbol) ?? PhysicalUnit("-", .none)
    }

    /// Whether every sample of the run is needed for it, and not only its corners.
    var needsEveryStep: Bool { self == .largestCurrent || self == .largestTemperature }

    /// SI value; nil where the run has no such number: fewer reads, or an end that it did not reach.
    func value(_ trace: Trace, readAtEnd: Double?) -> Double? {
        let isWhole = trace.stopped == nil
        func pick<Item>(_ items: [Item], _ place: Place) -> Item? {
            switch place {
            case .number(let n): items.indices.contains(n - 1) ? items[n - 1] : nil
            case .last: isWhole ? items.last : nil
            }
        }
        // A pulse in which the run stopped has only a part of its energy.
        let pulses = trace.stopped.map { stop in trace.pulses.filter { $0.end < stop.time } } ?? trace.pulses
        switch self {
        case .read(let place): return pick(trace.reads, place)?.conductance
        case .change(let a, let b):
            guard let first = pick(trace.reads, .number(a)), let second = pick(trace.reads, .number(b)) else { return nil }
            return second.conductance - first.conductance
        case .energy(let place): return pick(pulses, place)?.energy
        case .allEnergy: return isWhole ? trace.pulseEnergy : nil
        case .peakTemperature(let place): return pick(pulses, place)?.peakTemperature
        case .pulseCurrent(let place): return pick(pulses, place)?.endCurrent
        case .markTime(let place): return pick(trace.marks, place)?.time
        case .markVoltage(let place): return pick(trace.marks, place)?.voltage
        case .largestCurrent: return isWhole ? trace.samples.map { abs($0.current) }.max() : nil
        case .largestTemperature: return isWhole ? trace.samples.map(\.temperature).max() : nil
        case .end(let final):
            guard isWhole, let last = trace.samples.last else { return nil }
            switch final {
            case .conductance: return readAtEnd
            case .current: return last.current
            case .voltage: return last.voltage
            case .temperature: return last.temperature
            case .time: return last.time
            }
        }
    }
}
