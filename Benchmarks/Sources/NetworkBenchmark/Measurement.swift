import Foundation

/// Agent steps over wall and processor time; the best piece stands for an undisturbed machine.
struct Measurement {
    var stepsPerSecond, stepsPerCoreSecond, bestPerCoreSecond: Double

    static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Runs `piece` (which returns the agent steps it did) twice to warm up and then for `seconds`.
    init(seconds: Double, _ piece: () throws -> Int) rethrows {
        for _ in 0..<2 { _ = try piece() }
        let wall = Date()
        let cpu = Self.processorSeconds()
        var steps = 0
        var best = 0.0
        var last = cpu
        repeat {
            let done = try piece()
            let now = Self.processorSeconds()
            best = max(best, Double(done) / (now - last))
            last = now
            steps += done
        } while Date().timeIntervalSince(wall) < seconds
        stepsPerSecond = Double(steps) / Date().timeIntervalSince(wall)
        stepsPerCoreSecond = Double(steps) / (last - cpu)
        bestPerCoreSecond = best
    }

    func report(_ name: String, environments: Int, threads: Int, extra: String = "") {
        print(
            "{\"benchmark\": \"\(name)\", \"environments\": \(environments), \"threads\": \(threads), "
                + "\"steps_per_s\": \(Int(stepsPerSecond)), \"steps_per_core_s\": \(Int(stepsPerCoreSecond)), "
                + "\"best_steps_per_core_s\": \(Int(bestPerCoreSecond))\(extra)}")
    }
}
