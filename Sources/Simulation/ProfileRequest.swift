import Essentials
import Foundation
import Protocols

/// When the inside of the device is to be kept: at times of the protocol, so long after a pulse, or at every corner of the voltage.
public struct ProfileRequest: Sendable, Equatable, Codable {
    /// A moment.
    public enum Moment: Sendable, Equatable, Codable {
        /// s from the start of the protocol.
        case time(Double)
        /// s after the end of a pulse; pulses are counted from 1.
        case afterPulse(Int, Double)
        /// Every corner of the voltage, and the end.
        case corners
    }
    /// What was asked for, in order, and in which words.
    public private(set) var moments: [Moment]
    private(set) var labels: [String] = []

    /// Reads "0 s, 10 us after pulse 1, 1 s" or "corners"; throws `InputError` naming the part that is none of these.
    public init(_ text: String, key: String = "--profiles") throws(InputError) {
        moments = []
        for part in text.split(separator: ",") {
            let part = part.trimmingCharacters(in: .whitespaces)
            labels.append(part)
            if part == "corners" {
                moments.append(.corners)
                continue
            }
            let halves = part.components(separatedBy: " after pulse ")
            guard let time = try? Quantity.si(halves[0], as: .time, key: key), time >= 0, time.isFinite, halves.count <= 2
            else {
                throw Self.refused(part, key)
            }
            guard halves.count == 2 else {
                moments.append(.time(time))
                continue
            }
            guard let pulse = Int(halves[1].trimmingCharacters(in: .whitespaces)), pulse >= 1 else {
                throw Self.refused(part, key)
            }
            moments.append(.afterPulse(pulse, time))
        }
        if moments.isEmpty { throw Self.refused(text, key) }
    }

    private static func refused(_ part: String, _ key: String) -> InputError {
        InputError(
            key, value: part, problem: "is no moment of a protocol",
            expected: "times such as \"0 s, 10 us after pulse 1, 1 s\", or \"corners\"")
    }

    /// Throws `InputError` naming `key` where a moment lies beyond the end of `experiment`, as far as that is known before it runs.
    public func checkFits(_ experiment: Experiment, key: String = "--profiles") throws(InputError) {
        guard !experiment.mayEndEarly, latest > experiment.duration * (1 + 1e-9) else { return }
        throw InputError(
            key, value: labels.joined(separator: ", "), problem: "goes beyond the end of the protocol",
            expected: "times up to \(engineering(experiment.duration, "s"))")
    }

    /// Latest of the plain times, s; 0 where there is none.
    public var latest: Double { moments.reduce(0) { if case .time(let time) = $1 { max($0, time) } else { $0 } } }
}

/// Hands out the moments of a request as the run comes to them.
struct Profiler: Sendable, Equatable, Codable {
    private struct Due: Sendable, Equatable, Codable {
        var time: Double
        var label: String
    }
    private struct Waiting: Sendable, Equatable, Codable {
        var pulse: Int
        var delay: Double
        var label: String
    }
    private var due: [Due] = []
    private var waiting: [Waiting] = []
    private var corners = false
    private var pulse: Int?

    init(_ request: ProfileRequest) {
        for (moment, label) in zip(request.moments, request.labels) {
            switch moment {
            case .time(let time): due.append(Due(time: time, label: label))
            case .afterPulse(let pulse, let delay):
                waiting.append(Waiting(pulse: pulse - 1, delay: delay, label: label))
            case .corners: corners = true
            }
        }
        due.sort { $0.time < $1.time }
    }

    /// The next moment up to `time` (s).
    mutating func next(before time: Double) -> (time: Double, label: String)? {
        guard let first = due.first, first.time <= time else { return nil }
        due.removeFirst()
        return (first.time, first.label)
    }

    /// A stretch of the voltage begins (s), part of a pulse or none; `show` gets what is due there.
    mutating func begin(at start: Double, pulse now: Int?, show: (String, Double) -> Void) {
        if let ended = pulse, ended != now {
            for wait in waiting where wait.pulse == ended { due.append(Due(time: start + wait.delay, label: wait.label)) }
            waiting.removeAll { $0.pulse == ended }
            due.sort { $0.time < $1.time }
        }
        pulse = now
        if corners { show("corner", start) }
        while let (_, label) = next(before: start) { show(label, start) }
    }

    /// Moments that the protocol did not come to.
    var missed: [String] { due.map(\.label) + waiting.map(\.label) }
}
