import Dispatch
import Essentials
import Foundation
import Synchronization

extension StudyFolder {
    /// How a process's part in a study ended.
    package struct Outcome: Equatable, Sendable {
        /// Units that this process made, and that are there in all.
        package var made = 0, present = 0
        /// Whether it was stopped before its share was done.
        package var isInterrupted = false
    }

    /// Makes the units of a share that are not there yet; returns when all of the share are there, made here or elsewhere.
    ///
    /// A unit that another process works on is left to it; at the end those are waited for, and taken over where their process
    /// has ended without a result. `work` gives the bytes of a unit's file, or nil where `stop` cut it. Threads: `threads` units
    /// side by side. Throws the first error of `work` or of a write, with the units that were done kept.
    /// Cost beside `work`: Docs/scale.md.
    package func run(
        _ share: WorkShare, threads: Int, progress: ProgressHandler? = nil, stop: @escaping @Sendable () -> Bool = { false },
        work: @escaping @Sendable (_ unit: Int) throws -> Data?
    ) throws -> Outcome {
        let board = StudyBoard(order: share.order(of: identity.units), finished: finished(), total: identity.units)
        DispatchQueue.concurrentPerform(iterations: max(1, min(threads, board.left))) { _ in
            while !stop(), let unit = board.next() {
                do {
                    board.ended(unit, try attempt(unit, work))
                } catch {
                    board.fail(error)
                }
                board.report(progress, self)
            }
        }
        if let failure = board.failure { throw failure }
        var pause: useconds_t = 50_000
        while !stop(), let unit = board.nextElsewhere() {
            let ending = try attempt(unit, work)
            board.endedLate(unit, ending)
            board.report(progress, self)
            guard ending == .elsewhere else { continue }
            usleep(pause)
            pause = min(pause * 3 / 2, 2_000_000)
        }
        return Outcome(made: board.made, present: finished().count, isInterrupted: board.isOpen)
    }

    enum Ending { case made, present, elsewhere, cut }

    private func attempt(_ unit: Int, _ work: (Int) throws -> Data?) throws -> Ending {
        if isFinished(unit) { return .present }
        guard let claim = try FileLock(claim(unit)) else { return .elsewhere }
        return try withExtendedLifetime(claim) {
            // Made between the look and the lock.
            guard !isFinished(unit) else {
                claim.removeFile()
                return .present
            }
            guard let result = try work(unit) else { return .cut }
            try AtomicFile.write(result, to: file(unit))
            claim.removeFile()
            return .made
        }
    }
}

/// Who works on what within one process.
private final class StudyBoard: Sendable {
    private struct State {
        var open: ArraySlice<Int>
        /// Taken by nobody here that has ended.
        var running = 0, cut = 0
        var elsewhere: [Int] = []
        var made = 0, present: Int
        var failure: (any Error)?
        var looked = ContinuousClock.now
    }

    private let state: Mutex<State>
    private let total, start: Int

    init(order: [Int], finished: Set<Int>, total: Int) {
        self.total = total
        start = finished.count
        let open = order.filter { !finished.contains($0) }
        state = Mutex(State(open: open[...], present: finished.count))
    }

    var left: Int { state.withLock { $0.open.count } }
    var made: Int { state.withLock { $0.made } }
    var failure: (any Error)? { state.withLock { $0.failure } }
    var isOpen: Bool { state.withLock { !$0.open.isEmpty || !$0.elsewhere.isEmpty || $0.cut > 0 } }

    func next() -> Int? { state.withLock { $0.failure == nil ? $0.open.popFirst() : nil } }
    func fail(_ error: any Error) { state.withLock { if $0.failure == nil { $0.failure = error } } }

    func ended(_ unit: Int, _ ending: StudyFolder.Ending) {
        state.withLock { state in
            switch ending {
            case .made:
                state.made += 1
                state.present += 1
            case .present: state.present += 1
            case .elsewhere: state.elsewhere.append(unit)
            case .cut: state.cut += 1
            }
        }
    }

    /// One of those that others were at; each in turn.
    func nextElsewhere() -> Int? { state.withLock { $0.elsewhere.first } }

    func endedLate(_ unit: Int, _ ending: StudyFolder.Ending) {
        state.withLock { _ = $0.elsewhere.removeFirst() }
        ended(unit, ending)
    }

    /// Share of this sitting's work that is done, by this process and, looked up every two seconds, by others.
    func report(_ progress: ProgressHandler?, _ folder: StudyFolder) {
        guard let progress else { return }
        let isDue = state.withLock { state in
            guard ContinuousClock.now - state.looked > .seconds(2) else { return false }
            state.looked = ContinuousClock.now
            return true
        }
        if isDue {
            let present = folder.finished().count
            state.withLock { $0.present = max($0.present, present) }
        }
        let (present, waiting) = state.withLock { (min($0.present, total), $0.open.isEmpty ? $0.elsewhere.count : 0) }
        let detail = "\(present) of \(total) units" + (waiting > 0 ? ", \(waiting) with other processes" : "")
        progress(Progress("study", fraction: Double(present - start) / Double(max(total - start, 1)), detail: detail))
    }
}
