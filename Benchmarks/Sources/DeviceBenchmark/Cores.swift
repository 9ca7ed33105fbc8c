import CompactModel
import DeviceModel
import Essentials
import Foundation

/// Many devices at once: the same parameter sets one after the other and spread over the cores.
struct Cores {
    let cores: Int
    /// Wall-clock and processor time of one round, s: best of the repeats.
    let serialWall, parallelWall, serialProcessor, parallelProcessor: Double
    let devices: Int

    /// The campaign's twelve cells and its short-term run on every one of `devices` sets around set T; rounds alternate.
    init(devices: Int, repeats: Int) throws {
        let sets = (0..<devices).map { k -> DeviceParameters in
            var p = DeviceParameters()
            // A lattice rule spreads the sets evenly over +-5 %.
            p.compactCapacitance *= 1 + 0.1 * (fraction(0.7548776662 * Double(k)) - 0.5)
            p.backwardHopVelocity *= 1 + 0.1 * (fraction(0.5698402910 * Double(k)) - 0.5)
            return p
        }
        @Sendable func measure(_ index: Int) throws -> Double {
            var campaign = Campaign(sets[index])
            campaign.parts = [.map, .shortTerm]
            return try campaign.runSerially().map.reduce(0) { $0 + $1.deltaConductance.reduce(0, +) }
        }
        func timed(_ body: () throws -> [Double]) rethrows -> (wall: Double, processor: Double, values: [Double]) {
            let (wall, processor) = (DispatchTime.now().uptimeNanoseconds, processorSeconds())
            let values = try body()
            return (Double(DispatchTime.now().uptimeNanoseconds - wall) * 1e-9, processorSeconds() - processor, values)
        }
        var (serial, parallel) = ((Double.infinity, Double.infinity), (Double.infinity, Double.infinity))
        for _ in 0..<repeats {
            let one = try timed { try (0..<devices).map(measure) }
            let all = try timed { try concurrentMap(devices, measure) }
            guard one.values == all.values else { fail("the results depend on the number of cores") }
            serial = (min(serial.0, one.wall), min(serial.1, one.processor))
            parallel = (min(parallel.0, all.wall), min(parallel.1, all.processor))
        }
        self.devices = devices
        cores = ProcessInfo.processInfo.activeProcessorCount
        (serialWall, serialProcessor, parallelWall, parallelProcessor) = (serial.0, serial.1, parallel.0, parallel.1)
    }
}

private func fraction(_ x: Double) -> Double { x - x.rounded(.down) }

/// Prints what a second core gives: the ratio of wall-clock times (for an idle machine) and what it cannot hide (for a busy one).
func reportCores(repeats: Int) throws {
    let run = try Cores(devices: 32, repeats: repeats)
    print(
        "{\"benchmark\": \"cores\", \"devices\": \(run.devices), \"cores\": \(run.cores), \"serial_wall_s\": \(text(run.serialWall)), "
            + "\"parallel_wall_s\": \(text(run.parallelWall)), \"wall_ratio\": \(text(run.serialWall / run.parallelWall)), "
            + "\"serial_processor_s\": \(text(run.serialProcessor)), \"parallel_processor_s\": \(text(run.parallelProcessor)), "
            + "\"ratio_on_idle_cores\": \(text(Double(run.cores) * run.serialProcessor / run.parallelProcessor))}")
}
