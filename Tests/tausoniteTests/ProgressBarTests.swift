import Essentials
import Foundation
import Simulation
import Synchronization
import Testing

@testable import tausonite

/// The bar: what it says, how often, and that short work leaves no trace.
@Suite struct ProgressBarTests {
    @Test func theLineCarriesTheTimeLeft() {
        // 58 % in 7 s: 7 * 0.42 / 0.58 = 5.07 s left, rounded up.
        let line = ProgressBar.line(Essentials.Progress("fitting", fraction: 0.58, detail: "12 of 13"), elapsed: 7)
        #expect(line == "fitting  [###########---------]  58 %  6 s left  12 of 13")
        #expect(!ProgressBar.line(Essentials.Progress("x", fraction: .nan), elapsed: 7).contains("left"))
        #expect(ProgressBar.line(Essentials.Progress("x", fraction: 1.7), elapsed: 7) == "x  [####################]  100 %")
    }

    @Test func durations() {
        #expect(
            [0.2, 59, 61, 125, 4300].map(ProgressBar.duration) == ["1 s", "59 s", "1 min 01 s", "2 min 05 s", "1 h 11 min"])
        #expect(ProgressBar.duration(.infinity) == "a long time")
    }

    /// A clock that the test moves, and what was written.
    private final class Stage: Sendable {
        let time = Mutex(Date(timeIntervalSince1970: 0))
        let written = Mutex<[String]>([])
        func move(_ seconds: Double) { time.withLock { $0 += seconds } }
        func bar(screen: Bool, quiet: Bool = false) -> ProgressBar {
            ProgressBar(
                quiet: quiet, screen: screen, now: { self.time.withLock { $0 } },
                write: { text in self.written.withLock { $0.append(text) } })
        }
    }

    @Test func shortWorkLeavesNoTrace() {
        let stage = Stage()
        let bar = stage.bar(screen: true)
        for step in 0..<6 {
            bar.handler(Essentials.Progress("quick", fraction: Double(step) / 6))
            stage.move(0.1)
        }
        bar.finish()
        #expect(stage.written.withLock { $0 }.isEmpty)
    }

    @Test func aScreenIsDrawnAtMostTenTimesASecondAndCleared() {
        let stage = Stage()
        let bar = stage.bar(screen: true)
        for step in 0..<1000 {  // 10 s at 100 reports a second
            bar.handler(Essentials.Progress("long", fraction: Double(step) / 1000))
            stage.move(0.01)
        }
        bar.finish()
        let written = stage.written.withLock { $0 }
        #expect(written.count > 80 && written.count <= 101)
        #expect(written.last == "\r\u{1b}[K" && written.allSatisfy { !$0.contains("\n") })
    }

    @Test func aLogGetsALineEveryTenSeconds() {
        let stage = Stage()
        let bar = stage.bar(screen: false)
        for step in 0..<600 {  // one minute
            bar.handler(Essentials.Progress("long", fraction: Double(step) / 600))
            stage.move(0.1)
        }
        bar.finish()
        let written = stage.written.withLock { $0 }
        #expect(written.count == 6 && written.allSatisfy { $0.hasSuffix("\n") && !$0.contains("\u{1b}") })
        let silent = Stage()
        let quiet = silent.bar(screen: true, quiet: true)
        silent.move(100)
        quiet.handler(Essentials.Progress("long", fraction: 0.5))
        #expect(silent.written.withLock { $0 }.isEmpty)
    }

    @Test func engineeringNotation() {
        #expect(engineering(3.21e-9, "S") == "3.21 nS" && engineering(0, "V") == "0 V" && engineering(-2.5, "V") == "-2.5 V")
        #expect(
            engineering(1040, "s") == "1040 s" && engineering(1300.5, "K") == "1300 K" && engineering(2500, "S") == "2.5 kS")
        #expect(
            engineering(375, "s") == "375 s" && engineering(999.99e-6, "A") == "1 mA"
                && engineering(1e20, "1/m2") == "1e+20 1/m2")
    }

    @Test func recordings() throws {
        #expect(try Recording("all") == .everyStep && Recording("corners") == .corners)
        #expect(
            try Recording("10 ms") == .interval(0.01) && Recording("20/decade") == .perDecade(20, first: 1e-7)
        )
        for text in ["", "0 s", "-1 s", "0/decade", "x/decade", "5 V"] {
            #expect(throws: InputError.self) { try Recording(text) }
        }
    }
}
