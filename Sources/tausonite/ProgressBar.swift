import Essentials
import Foundation
import Synchronization

/// Draws the progress of long work on standard error, with the time left.
///
/// On a screen: one line, drawn over at most ten times a second, gone when the work is done. Elsewhere (a log): a plain
/// line when a stage begins and every ten seconds. Work shorter than `patience` leaves no trace.
final class ProgressBar: Sendable {
    /// Time before anything is shown, s.
    static let patience = 0.7

    private struct State {
        var stage = ""
        var stageStart = Date.distantPast
        var drawn = Date.distantPast
        var isVisible = false
    }

    private let state = Mutex(State())
    private let start: Date
    private let isQuiet: Bool
    private let isScreen: Bool
    private let write: @Sendable (String) -> Void
    private let now: @Sendable () -> Date

    init(
        quiet: Bool = false, screen: Bool = Terminal.errorIsScreen,
        now: @escaping @Sendable () -> Date = { Date() },
        write: @escaping @Sendable (String) -> Void = { Terminal.write($0) }
    ) {
        isQuiet = quiet
        isScreen = screen
        self.now = now
        self.write = write
        start = now()
    }

    /// What libraries call; from any thread.
    var handler: ProgressHandler { { [self] in show($0) } }

    /// Takes the bar off the screen; call when the work is done or has failed.
    func finish() {
        state.withLock { state in
            if state.isVisible, isScreen { write("\r\u{1b}[K") }
            state.isVisible = false
        }
    }

    private func show(_ progress: Essentials.Progress) {
        guard !isQuiet else { return }
        state.withLock { state in
            let time = now()
            let isNew = state.stage != progress.stage
            if isNew {
                state.stage = progress.stage
                state.stageStart = time
            }
            guard time.timeIntervalSince(start) >= Self.patience else { return }
            let pause = isScreen ? 0.1 : 10
            guard time.timeIntervalSince(state.drawn) >= pause || (isNew && !isScreen) else { return }
            state.drawn = time
            state.isVisible = true
            let line = ProgressBar.line(progress, elapsed: time.timeIntervalSince(state.stageStart))
            write(isScreen ? "\r\u{1b}[K\(line)" : "\(line)\n")
        }
    }

    /// "measuring the device  [######----]  58 %  4 s left  12 of 13 biases"
    static func line(_ progress: Essentials.Progress, elapsed: Double) -> String {
        let fraction = progress.fraction.isFinite ? min(max(progress.fraction, 0), 1) : 0
        let filled = Int(clamped: fraction * 20, rounded: .down)
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: 20 - filled)
        var parts = [progress.stage, "[\(bar)]", "\(Int(clamped: fraction * 100 + 1e-9, rounded: .down)) %"]
        if fraction > 0.01, fraction < 1, elapsed > 0.5 {
            parts.append("\(duration(elapsed * (1 - fraction) / fraction)) left")
        }
        if !progress.detail.isEmpty { parts.append(progress.detail) }
        return parts.joined(separator: "  ")
    }

    /// "8 s", "2 min 05 s", "1 h 12 min".
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e9 else { return "a long time" }
        let whole = Int(clamped: seconds, rounded: .up)
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(whole % 60 < 10 ? "0" : "")\(whole % 60) s" }
        return "\(whole / 3600) h \(whole / 60 % 60) min"
    }
}
