import DeviceModel
import Essentials
import FiniteVolume
import Foundation
import Protocols

/// A run at one of its corners: what it takes to go on from there to the same bits.
///
/// A segment that is under way when a run is cut is run again from its start, so that a corner is enough: every segment begins at
/// first order, from the state and from the steps of the run's earlier stretches that it resembles. The samples are kept as raw doubles (little endian), eight bytes each.
public struct Checkpoint: Sendable, Codable, Equatable {
    /// The device at the corner.
    public var state: DeviceState
    /// Device time at the protocol's start, s.
    var origin: Double
    /// Segments that were run, and how those ended that were not run as they stood.
    var segments: Int
    var endings: [Waveform.Ending]
    var inventoryAtStart, largestContent: Double
    /// Inventory that the equations hold to (`AssembledDevice.keptInventory`).
    var keptInventory: Double?
    /// Steps of the stretches before, on each path.
    var steps: [StretchMemories.Kept]
    var chargedSteps: [StretchMemories.Kept]?
    var readsSamples: Bool
    var profiler: Profiler?
    /// Voltage before the first step, V.
    var initialVoltage: Double
    var samples: Data
    var pulses: [Trace.Pulse]
    var reads: [Trace.Read]
    var marks: [Trace.Mark]
    var profiles: [Trace.Profile]
    var saved: [String: DeviceState]
    var pulseEnergy, seriesEnergy: Double
    var thinnings: [Thinning]
    var statistics: Trace.Statistics

    /// Time of the protocol at the corner, s.
    public var time: Double { state.time - origin }

    /// The trace up to the corner.
    var trace: Trace {
        var trace = Trace()
        trace.readsSamples = readsSamples
        let width = Self.fields * MemoryLayout<UInt64>.size
        trace.samples = (0..<samples.count / width).map { Self.sample(samples, at: $0 * width) }
        (trace.pulses, trace.reads, trace.marks, trace.profiles) = (pulses, reads, marks, profiles)
        (trace.saved, trace.pulseEnergy, trace.seriesEnergy, trace.statistics) = (saved, pulseEnergy, seriesEnergy, statistics)
        if thinnings.count == 4 {
            (trace.sampleThinning, trace.pulseThinning) = (thinnings[0], thinnings[1])
            (trace.readThinning, trace.markThinning) = (thinnings[2], thinnings[3])
        }
        return trace
    }

    private static let fields = 13

    /// Most of anything that a run counts.
    private static let most = 1_000_000_000_000_000

    /// What in it no run leaves behind, or nil: counts that do not fit, lists of another length, numbers that are none.
    var fault: String? {
        func counts(_ values: Int...) -> Bool { values.allSatisfy { (0...Self.most).contains($0) } }
        let s = statistics
        guard counts(segments, s.steps, s.rejections, s.newtonIterations, s.driftDiffusionSteps) else {
            return "counts what no run reaches"
        }
        guard thinnings.count == 4, thinnings.allSatisfy(\.isSound) else { return "has no sound account of what is left out" }
        guard zip([0] + endings.map(\.segment), endings).allSatisfy({ $0 <= $1.segment && ($1.depth ?? 0) >= 0 }) else {
            return "ends segments that are none"
        }
        guard endings.allSatisfy({ abs($0.voltage) <= 1e3 && $0.duration >= 0 }), abs(initialVoltage) <= 1e3 else {
            return "has voltages or durations that are out of range"
        }
        guard samples.count % (Self.fields * MemoryLayout<UInt64>.size) == 0 else { return "has samples that are cut" }
        let kept = trace.samples
        guard
            kept.allSatisfy({
                [
                    $0.time, $0.voltage, $0.current, $0.totalCurrent, readsSamples ? $0.conductance : 0, $0.temperature,
                    $0.latticeVacancies, $0.planeVacancies, $0.interfacialOxygen, $0.storedOxygen,
                ].allSatisfy(\.isFinite)
            }), zip(kept, kept.dropFirst()).allSatisfy({ $0.time <= $1.time })
        else { return "has samples that are no numbers, or out of order" }
        return nil
    }

    static func data(_ samples: some Sequence<Trace.Sample>) -> Data {
        var data = Data()
        for s in samples {
            let values = [
                s.time, s.voltage, s.current, s.totalCurrent, s.conductance, s.temperature, s.latticeVacancies,
                s.planeVacancies, s.interfacialOxygen, s.storedOxygen, Double(s.pulse), s.sourceVoltage ?? .nan,
                s.readVoltage ?? .nan,
            ]
            for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) } }
        }
        return data
    }

    private static func sample(_ data: Data, at place: Int) -> Trace.Sample {
        func value(_ k: Int) -> Double {
            let start = data.startIndex + place + 8 * k
            return Double(bitPattern: data[start..<start + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        }
        func optional(_ k: Int) -> Double? { value(k).isNaN ? nil : value(k) }
        return Trace.Sample(
            time: value(0), voltage: value(1), current: value(2), totalCurrent: value(3), conductance: value(4),
            temperature: value(5), latticeVacancies: value(6), planeVacancies: value(7), interfacialOxygen: value(8),
            storedOxygen: value(9), pulse: Int(clamped: value(10)), sourceVoltage: optional(11), readVoltage: optional(12))
    }
}

extension DeviceSimulator {
    /// What is remembered at each corner without copying the trace: how long its lists were, and what stood last in them.
    struct Corner {
        var state: DeviceState
        var segments, endings: Int
        var samples: Mark<Trace.Sample>
        var pulses: Mark<Trace.Pulse>
        var reads: Mark<Trace.Read>
        var marks: Mark<Trace.Mark>
        var profiles: Int
        var saved: [String: DeviceState]
        var pulseEnergy, seriesEnergy: Double
        var thinnings: [Thinning]
        var statistics: Trace.Statistics
        var largestContent: Double
        var steps: [StretchMemories.Kept]
        var chargedSteps: [StretchMemories.Kept]?
        var profiler: Profiler?

        /// Length and last entry of a list that only grows, but for its last entry.
        struct Mark<Entry> {
            var count: Int
            var last: Entry?

            init(_ list: [Entry]) { (count, last) = (list.count, list.last) }

            func list(in later: [Entry]) -> [Entry] {
                var list = Array(later.prefix(count))
                if let last, list.count == count { list[count - 1] = last }
                return list
            }
        }
    }

    /// Notes the present corner of a run with this trace.
    func noteCorner(_ trace: inout Trace, segments: Int) {
        trace.earlier = Trace.Earlier()
        var counted = Trace()
        counted.statistics = trace.statistics
        count(&counted, at: active.integrator.solution)
        corner = Corner(
            state: state, segments: segments, endings: endings.count, samples: .init(trace.samples),
            pulses: .init(trace.pulses), reads: .init(trace.reads), marks: .init(trace.marks), profiles: trace.profiles.count,
            saved: trace.saved, pulseEnergy: trace.pulseEnergy, seriesEnergy: trace.seriesEnergy,
            thinnings: [trace.sampleThinning, trace.pulseThinning, trace.readThinning, trace.markThinning],
            statistics: counted.statistics,
            largestContent: max(plain.device.largestContent, charged?.device.largestContent ?? 0),
            steps: plain.keepSteps(), chargedSteps: charged?.keepSteps(), profiler: profiler)
    }

    /// The last corner of the present or last run, whose trace so far is given; nil where none was noted (`remembersCorners`).
    public func checkpoint(_ trace: Trace) -> Checkpoint? {
        guard let corner else { return nil }
        let earlier = trace.earlier
        return Checkpoint(
            state: corner.state, origin: origin, segments: corner.segments, endings: Array(endings.prefix(corner.endings)),
            inventoryAtStart: inventoryAtStart, largestContent: corner.largestContent,
            keptInventory: plain.device.keptInventory,
            steps: corner.steps, chargedSteps: corner.chargedSteps, readsSamples: trace.readsSamples, profiler: corner.profiler,
            initialVoltage: initialVoltage,
            samples: Checkpoint.data(corner.samples.list(in: earlier.samples ?? trace.samples)),
            pulses: corner.pulses.list(in: earlier.pulses ?? trace.pulses),
            reads: corner.reads.list(in: earlier.reads ?? trace.reads),
            marks: corner.marks.list(in: earlier.marks ?? trace.marks),
            profiles: Array(trace.profiles.prefix(corner.profiles)), saved: corner.saved, pulseEnergy: corner.pulseEnergy,
            seriesEnergy: corner.seriesEnergy, thinnings: corner.thinnings, statistics: corner.statistics)
    }
}
