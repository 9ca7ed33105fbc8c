import Foundation
import Protocols

/// Decides which accepted steps of one segment become samples.
struct Sampler {
    private let recording: Recording
    private let duration: Double
    private var next = 0.0
    private var index = 0

    /// Times are counted from the start of the segment.
    init(_ recording: Recording, duration: Double) {
        self.recording = recording
        self.duration = duration
    }

    mutating func keeps(_ time: Double) -> Bool {
        switch recording {
        case .everyStep, .atMost: return true
        case .none: return false
        case .corners: return time >= duration
        case .interval(let interval):
            guard time >= next || time >= duration else { return false }
            while next <= time { next += max(interval, duration * 1e-6) }
            return true
        case .perDecade, .exactInterval: return time >= duration
        }
    }

    /// The next time to be met exactly that lies before `time` and before the end; nil when there is none.
    mutating func exactTime(before time: Double) -> Double? {
        switch recording {
        case .perDecade(let count, let first):
            let moment = first * pow(10, Double(index) / Double(max(count, 1)))
            guard moment <= time, moment < duration * (1 - 1e-12) else { return nil }
            index += 1
            return moment
        case .exactInterval(let interval):
            let moment = Double(index + 1) * max(interval, duration * 1e-6)
            guard moment <= time, moment < duration * (1 - 1e-12) else { return nil }
            index += 1
            return moment
        default: return nil
        }
    }
}
