import Essentials
import Foundation
import Simulation

/// Keeps the trace so far beside the one to come while a run lasts: what a kill leaves.
///
/// `trace.csv.partial` and `trace.json.partial` are written every two seconds, or more seldom where writing takes more than a tenth
/// of the time. They are removed when the trace itself is written. A run of less than two seconds writes none.
final class PartialTrace {
    static let pause = Duration.seconds(2)
    /// Least ratio of the time between two writes to that of a write.
    static let restPerWrite = 10.0
    /// The clock is read once in so many steps.
    private static let stepsPerLook = 64

    static let ending = ".partial"
    private let paths: (csv: String, json: String, state: String)
    private let duration: Double
    private let record: (Trace) throws -> Data
    /// The state of a run that was cut; nil until the run has begun.
    private let cut: (Trace) -> StateFile?
    private let remark: (String) -> Void
    private var next = ContinuousClock.now + pause
    private var steps = 0

    /// nil where `path` is no plain file, such as /dev/null. `duration` is that of the protocol, s.
    init?(
        beside path: String, duration: Double, record: @escaping (Trace) throws -> Data, cut: @escaping (Trace) -> StateFile?,
        remark: @escaping (String) -> Void
    ) {
        if AtomicFile.isStream(path) { return nil }
        (self.duration, self.record, self.cut, self.remark) = (duration, record, cut, remark)
        paths = (path + Self.ending, RunRecord.path(beside: path) + Self.ending, Self.statePath(beside: path) + Self.ending)
        if FileManager.default.fileExists(atPath: paths.csv) {
            remark(
                "\(paths.csv) is what a killed run left; it is replaced, and removed when the trace is written "
                    + "(to go on with it instead: --from-state \(paths.state), under that name or another)")
        }
    }

    /// Where the state of a run that was cut lies: `trace.csv` has `trace.state.json`.
    static func statePath(beside path: String) -> String { OutputPath.beside(path, "state.json") }

    var keeper: TraceKeeper { TraceKeeper(isDue: isDue, keep: keep) }

    private func isDue() -> Bool {
        steps += 1
        return steps % Self.stepsPerLook == 0 && ContinuousClock.now >= next
    }

    private func keep(_ trace: Trace) {
        let start = ContinuousClock.now
        let time = trace.stopped?.time ?? 0
        let share = duration > 0 ? String(format: "%.3g %%, ", time / duration * 100) : ""
        let header =
            "# partial trace: the run was at t = \(time) s of \(duration) s (\(share)\(trace.samples.count) samples) and went on\n"
        do {
            try AtomicFile.write(header + trace.csv, to: paths.csv)
            try cut(trace)?.save(path: paths.state)
            try AtomicFile.write(record(trace), to: paths.json)
            let end = ContinuousClock.now
            next = end + max(Self.pause, (end - start) * Self.restPerWrite)
        } catch {
            // The run goes on: its trace may find room in the end.
            remark("the trace so far cannot be kept: \(error)")
            next = start + .seconds(1_000_000_000)
        }
    }

    /// Removes the files, also those of a run before: the trace itself is there.
    func remove() {
        for path in [paths.csv, paths.json, paths.state] { try? FileManager.default.removeItem(atPath: path) }
    }
}
