import DeviceModel
import Foundation
import Protocols
import Simulation

/// Prints the peak resident memory after a short and after a long protocol, thinned to 1,000 samples, pulses and reads each.
func reportMemory(pulses: Int) throws {
    func peak() -> Double {
        var usage = rusage()
        // RUSAGE_SELF, which Glibc imports as a type that its own function does not take.
        getrusage(0, &usage)
        return Double(usage.ru_maxrss) / 1024
    }
    func run(_ count: Int) throws -> Trace {
        let simulator = DeviceSimulator(DeviceParameters())
        return try simulator.run(
            [
                .hold(voltage: 0.6, duration: 10),
                .repeat(
                    count: count,
                    steps: [.pulse(amplitude: 1.5, width: 1e-5, base: 0.6), .hold(voltage: 0.6, duration: 1e-3), .read()]),
            ], recording: .atMost(1000))
    }
    let short = try run(max(pulses / 100, 1))
    let before = peak()
    let start = processorSeconds()
    let long = try run(pulses)
    print(
        "{\"benchmark\": \"memory\", \"pulses\": [\(short.pulseCount), \(long.pulseCount)], \"steps\": [\(short.statistics.steps), "
            + "\(long.statistics.steps)], \"samples_kept\": [\(short.samples.count), \(long.samples.count)], \"pulses_kept\": [\(short.pulses.count), "
            + "\(long.pulses.count)], \"reads_kept\": [\(short.reads.count), \(long.reads.count)], \"peak_MiB\": [\(text(before)), \(text(peak()))], "
            + "\"processor_s\": \(text(processorSeconds() - start))}")
}
