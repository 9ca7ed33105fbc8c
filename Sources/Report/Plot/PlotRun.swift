import CompactModel
import Essentials
import Simulation

/// One run to draw: the columns of its trace, the inside of its device where that was kept; or a synapse.
package struct PlotRun: Sendable {
    package var label: String
    /// Where it came from, for messages.
    package var source: String
    /// The trace, columns with their units in the names; nil where there is none.
    package var trace: Table?
    package var profiles: [RunRecord.Profile]
    package var synapse: SynapseModel?

    package init(
        label: String, source: String, trace: Table? = nil, profiles: [RunRecord.Profile] = [], synapse: SynapseModel? = nil
    ) {
        (self.label, self.source, self.trace, self.profiles, self.synapse) = (label, source, trace, profiles, synapse)
    }

    func has(_ column: String) -> Bool { trace?.columns.contains(column) == true }

    /// A column's numbers, nil where a field is empty; throws `InputError` naming file, line and column of a field that is none.
    func numbers(_ column: String) throws(InputError) -> [Double?] {
        var values: [Double?] = []
        for row in trace?.rows ?? [] { values.append(try row.numberIfGiven(column)) }
        return values
    }

    /// Time (s) and one column, row by row, where both are there. Throws `InputError` where the time runs backwards.
    func course(_ column: String) throws(InputError) -> [(time: Double, value: Double)] {
        var course: [(time: Double, value: Double)] = []
        for row in trace?.rows ?? [] {
            let time = try row.number("time_s")
            guard let value = try row.numberIfGiven(column) else { continue }
            if let last = course.last, time < last.time {
                throw row.error("time_s", "runs backwards", "at least \(last.time)", value: "\(time)")
            }
            course.append((time, value))
        }
        return course
    }

    /// When pulse `number` (from 1) ended, s; the last one's where no number is given; nil where the trace says nothing of it.
    func end(ofPulse number: Int?) throws(InputError) -> Double? {
        guard has("pulse"), has("time_s") else { return nil }
        let (times, pulses) = (try numbers("time_s"), try numbers("pulse"))
        let place = pulses.lastIndex { pulse in
            guard let pulse, pulse >= 0 else { return false }
            return number.map { Double($0 - 1) == pulse } ?? true
        }
        return place.flatMap { times[$0] }
    }
}
