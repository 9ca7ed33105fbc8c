import Essentials
import Foundation
import Testing

@testable import Protocols

/// The voltages of the newer steps, point by point, and what an iterator does with a step that ends early.
@Suite struct DriveWaveformTests {
    private static func segments(_ text: String, from voltage: Double = 0) throws -> [Segment] {
        Array(Waveform(steps: try Step.parse(text), initialVoltage: voltage))
    }

    private static func file(_ text: String) throws -> (name: String, folder: String) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tausonite-table-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try text.write(to: folder.appendingPathComponent("t.csv"), atomically: true, encoding: .utf8)
        return ("t.csv", folder.path)
    }

    /// Every sentence's closed-form extent is what its segments add up to.
    @Test(arguments: [
        "Staircase 0 V to 2 V by 0.1 V every 10 ms", "Triangle 2 V at 1 kHz for 5.3 ms around 0 V",
        "Triangle 1 V at 1 Hz for 0.1 s",
        "Sine 10 mV at 1 kHz for 5 ms around 0.6 V", "Noise 50 mV for 1 s every 30 ms seed 7 around 0.6 V",
        "Pair of pulses 3 V for 100 us 10 ms apart", "Waveform 0 s 0 V, 1 ms 2 V, 1 ms 1 V, 3 ms 0 V",
        "Pre [Pulse 1 V for 1 ms; Rest for 9 ms] post [Rest for 2 ms; Pulse -1 V for 1 ms]",
        "Train 4 x 3 V for 100 us with 1 ms gaps", "Repeat 3 times: [Pulse 2 V for 1 ms; Hold 0.6 V for 1 s] until G > 40 nS",
    ])
    func extents(text: String) throws {
        let experiment = try Experiment(sentences: [text])
        let segments = Array(experiment.waveform)
        #expect(segments.count == experiment.segmentCount, "\(segments.count) \(experiment.segmentCount)")
        let duration = segments.reduce(0) { $0 + $1.duration }
        #expect(abs(duration / experiment.duration - 1) < 1e-12)
        #expect(Set(segments.compactMap(\.pulse)).count == experiment.pulseCount)
        // Continuous in voltage and time.
        for (a, b) in zip(segments, segments.dropFirst()) where !b.kind.isInstant && !a.kind.isInstant {
            #expect(abs(a.to - b.from) < 1e-12 && abs(a.end - b.start) < 1e-12)
        }
    }

    @Test func aTrainStartsFromZeroAsThePapersDoes() throws {
        let train = try Self.segments("Train 2 x 4 V for 500 us with 0.1 s gaps", from: 0.6)
        #expect(train.first?.from == 0.6 && train.first?.to == 0 && train.last?.to == 0)
        #expect(try Step.parse("Train 2 x 4 V for 500 us with 0.1 s gaps")[0].sentence.hasSuffix("from 0 V"))
        #expect(try Self.segments("Train 2 x 4 V for 500 us with 0.1 s gaps from 0.6 V", from: 0.6).first?.to == 4)
    }

    @Test func wavesGoThroughTheirPoints() throws {
        let triangle = try Self.segments("Triangle 2 V at 1 kHz for 1 ms around 0.5 V", from: 0.5)
        #expect(triangle.map(\.to) == [2.5, -1.5, 0.5] && abs(triangle[1].duration - 0.5e-3) < 1e-15)
        let stairs = try Self.segments("Staircase 1 V to 0 V by 0.5 V every 1 s", from: 1)
        #expect(stairs.map(\.to) == [1, 0.5, 0.5, 0, 0])
        let sine = try #require(try Self.segments("Sine 10 mV at 1 kHz for 5.25 ms around 0.6 V", from: 0.6).first)
        #expect(abs(sine.to - 0.61) < 1e-12 && abs(sine.voltage(at: 5.75e-3 - 5e-3) - 0.59) < 1e-12)
        let noise = try Self.segments("Noise 50 mV for 100 s every 10 ms seed 7", from: 0.6)
        let levels = noise.dropLast().map { $0.to - 0.6 }
        let mean = levels.reduce(0, +) / Double(levels.count)
        let deviation = (levels.reduce(0) { $0 + $1 * $1 } / Double(levels.count)).squareRoot()
        #expect(levels.count == 9999 && abs(mean) < 0.002 && abs(deviation / 0.05 - 1) < 0.03)
        #expect(try Self.segments("Noise 50 mV for 100 s every 10 ms seed 7", from: 0.6) == noise)
        #expect(try Self.segments("Noise 50 mV for 100 s every 10 ms seed 8", from: 0.6) != noise)
    }

    /// The difference at any time is that of the two protocols; both start at 0 V.
    @Test func terminalsDiffer() throws {
        let (pre, post) = (
            "Pulse 1 V for 1 ms; Sweep 0 V to -0.5 V at 100 V/s; Rest for 5 ms", "Rest for 0.7 ms; Pulse 1.2 V for 1 ms"
        )
        let both = try Self.segments("Pre [\(pre)] post [\(post)]")
        let (a, b) = (try Self.segments(pre), try Self.segments(post))
        func at(_ segments: [Segment], _ time: Double) -> Double {
            segments.last { $0.start <= time }?.voltage(at: time) ?? 0
        }
        for k in 0..<2000 {
            let time = Double(k) * 6e-6
            #expect(abs(at(both, time) - (at(a, time) - at(b, time))) < 1e-9, "\(time)")
        }
        #expect(both.allSatisfy { $0.pulse == 0 } && both.filter { $0.kind == .top }.count == 1)
        let top = both.first { $0.kind == .top }?.to
        #expect(top == both.map(\.to).min { abs($0) > abs($1) } && abs(abs(top ?? 0) - 1.27) < 1e-3)
    }

    @Test func tablesAreResampledWithinTheirTolerance() throws {
        // A damped oscillation with a jump in its middle, 20,001 rows.
        var rows: [(Double, Double)] = []
        for k in 0...20_000 {
            let t = Double(k) * 1e-7
            if k == 10_000 { rows.append((t, 3)) }
            rows.append((t, (k < 10_000 ? 2.0 : 1.0) * exp(-t / 1e-3) * cos(2e4 * t)))
        }
        let text = "time_s,voltage_V\n" + rows.map { "\($0.0),\($0.1)" }.joined(separator: "\n") + "\n"
        let (name, folder) = try Self.file(text)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let step = try Step.parse("Waveform \(name) within 2 mV", folder: folder)[0]
        let segments = Array(Waveform(steps: [step], initialVoltage: rows[0].1))
        #expect(segments.count < 400, "\(segments.count)")
        var (worst, k) = (0.0, 0)
        for (time, voltage) in rows where abs(time - 1e-3) > 2e-7 {
            while k < segments.count - 1, segments[k].end < time { k += 1 }
            worst = max(worst, abs(segments[k].voltage(at: time) - voltage))
        }
        #expect(worst < 2e-3 * 1.001 && worst > 5e-4, "\(worst)")
        #expect(abs((segments.last?.end ?? 0) - 2e-3) < 1e-12)
        #expect(
            try Experiment(steps: [step]).remarks == ["t.csv: 20002 rows as \(segments.count) straight pieces, within 0.002 V"])
        // The record of a run stands on its own.
        #expect(try Step.parse(step.sentence) == [step])
    }

    @Test func heldRowsAndWrongTables() throws {
        let (name, folder) = try Self.file("time_s,voltage_V\n5,1\n6,1\n7,2\n8,2\n")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let held = Array(Waveform(steps: try Step.parse("Waveform \(name) hold", folder: folder), initialVoltage: 1))
        #expect(held.map(\.kind) == [.hold, .edge, .hold] && held.map(\.to) == [1, 2, 2])
        #expect(abs((held.last?.end ?? 0) - 3) < 1e-12 && held[1].duration == Step.jumpEdge && held[1].start == 2)
        for (text, words) in [
            ("time_s,voltage\n0,1\n", "voltage_V"), ("time_s,voltage_V\n0,1\n-1,2\n", "backwards"),
            ("time_s,voltage_V\n0,1\n1,x\n", "x"), ("time_s,voltage_V\n0,1\n1,30\n", "-20 V"),
            ("time_s,voltage_V\n", "no rows"),
            ("time_s,voltage_V\n0,1\n0,2\n0,3\n", "three rows"),
        ] {
            try text.write(toFile: folder + "/bad.csv", atomically: true, encoding: .utf8)
            let error = #expect(throws: InputError.self) { try Step.parse("Waveform bad.csv", folder: folder) }
            #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        }
        #expect(throws: InputError.self) { try Step.parse("Waveform nowhere.csv", folder: folder) }
    }

    /// A step that ends early: what is left of it, its repeat, the clock, the voltage and the ambient temperature.
    @Test func endings() throws {
        let steps = try Step.parse(
            "Repeat 3 times: [Pulse 3 V for 1 ms from 0 V; Hold 1 V for 1 s until I > 1 uA] until G > 1 nS at 350 K; Hold 0.5 V for 1 s"
        )
        var iterator = Waveform(steps: steps).makeIterator()
        var seen: [Segment] = []
        while let segment = iterator.next() {
            seen.append(segment)
            if segment.kind == .hold, segment.to == 1 {
                #expect(segment.until.map(\.depth) == [2])
                iterator.ended(.init(segment: iterator.count, voltage: 1, duration: 0.25, depth: 2))
            }
            if segment.kind == .check, seen.filter({ $0.kind == .check }).count == 2 {
                #expect(segment.until.map(\.depth) == [1])
                iterator.ended(.init(segment: iterator.count, voltage: 1, duration: 0, depth: 1))
            }
        }
        #expect(seen.map(\.kind).filter(\.isInstant) == [.ambient, .check, .check, .ambient])
        #expect(seen.filter { $0.kind == .ambient }.map(\.temperature) == [350, nil])
        let last = try #require(seen.last)
        // Two passes: pulse of 1.0002 ms, edge, a quarter of a second; between them and behind them an edge.
        #expect(abs(last.start - 2 * (1.0002e-3 + 0.25 + 2e-7)) < 1e-12 && last.to == 0.5)
        var pulse = Waveform(steps: try Step.parse("Pulse 3 V for 1 ms from 0 V until I > 1 uA; Hold 1 V for 1 s"))
            .makeIterator()
        _ = pulse.next()
        _ = pulse.next()
        pulse.ended(.init(segment: pulse.count, voltage: 3, duration: 1e-4, depth: 1))
        let next = pulse.next()
        let fall = try #require(next)
        #expect(fall.kind == .edge && fall.from == 3 && fall.to == 0 && fall.pulse == 0 && fall.until.isEmpty)
        let behind = pulse.next()
        #expect(behind?.to == 1)
    }
}
