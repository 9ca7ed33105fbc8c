import DeviceModel
import Foundation
import Protocols
import Simulation

extension Campaign {
    /// What the SET trains give; `steps`: dF of single pulses on the last level, by amplitude.
    struct LongTerm {
        var trains: [Characterisation.TrainRun]
        var retention: [Characterisation.Point]
        var drift: Double
        var steps: [Double: Double]
    }

    /// Figs. 2c and 2f: SET trains, each followed by 240 s at 0 V and a 0.6 V read; retention at 0 V after the last.
    func measureTrains(_ bench: Bench) throws -> LongTerm {
        var runs: [Characterisation.TrainRun] = []
        var drift = 0.0
        let simulator = bench.simulator
        for train in 1...max(trains, 1) {
            let shown = train == 1 || train == trains
            let run = try bench.run(readAfterEach(shown))
            drift = max(drift, run.statistics.inventoryDrift)
            let after = try simulator.read()
            let wait = try bench.run(
                [.hold(voltage: 0, duration: trainWait - trainGap)], recording: shown ? .perDecade(20, first: 0.01) : .none)
            var reads: [Double] = []
            for duration in [1.0, 99, 275] {
                try bench.run([.hold(voltage: readVoltage, duration: duration)])
                reads.append(try simulator.read())
            }
            runs.append(
                .init(
                    train: train, afterTrain: after, read1s: reads[0], read100s: reads[1], read375s: reads[2],
                    peakTemperature: run.pulses.map(\.peakTemperature).max() ?? 0,
                    energy: run.pulses.reduce(0) { $0 + $1.energy },
                    course: run.reads.map { .init(time: $0.time, value: $0.conductance) },
                    wait: shown ? wait.samples.map { .init(time: $0.time + trainGap, value: $0.conductance) } : []))
        }
        let steps = try measureLevelSteps(bench)
        var retained = [Characterisation.Point(time: 0, value: try simulator.read())]
        var time = 0.0
        for mark in retention {
            try bench.run([.hold(voltage: 0, duration: mark - time)])
            time = mark
            retained.append(.init(time: time, value: try simulator.read()))
        }
        return LongTerm(trains: runs, retention: retained, drift: drift, steps: steps)
    }

    /// A SET train with the gap behind it; with a read at the end of every pulse where its course is `shown`.
    private func readAfterEach(_ shown: Bool) -> [Step] {
        guard shown else { return [setTrain, .hold(voltage: 0, duration: trainGap)] }
        return [
            .repeat(
                count: pulsesPerTrain,
                steps: [
                    .pulse(amplitude: trainAmplitude, width: trainWidth, base: 0, edge: Step.trainEdge), .read(),
                    .hold(voltage: 0, duration: trainGap),
                ])
        ]
    }

    /// Fig. 2a: quasi-static loops 0, +V, 0, -V, 0 after 1e3 s at 0 V.
    func measureLoops(_ bench: Bench) throws -> [Characterisation.Loop] {
        let simulator = bench.simulator
        simulator.state = simulator.device.freshState()
        try bench.run([.hold(voltage: 0, duration: 1e3)])
        let top = sweepAmplitude
        let sweep: [Step] = [
            .sweep(from: 0, to: top, rate: sweepRate), .sweep(from: top, to: 0, rate: sweepRate),
            .sweep(from: 0, to: -top, rate: sweepRate), .sweep(from: -top, to: 0, rate: sweepRate),
        ]
        return try (1...max(cycles, 1)).map { cycle in
            let trace = try bench.run(sweep, recording: .exactInterval(sweepInterval / sweepRate), readsSamples: false)
            return .init(cycle: cycle, voltage: trace.samples.map(\.voltage), current: trace.samples.map(\.current))
        }
    }

    /// One amplitude of the forming scan: held until the heat balance loses its root or the hold is over.
    func measureForming(_ bench: Bench, amplitude: Double) -> Characterisation.Forming {
        let trace = bench.attempt([.pulse(amplitude: amplitude, width: formingHold, base: readVoltage)])
        let peak = trace.pulses.map(\.peakTemperature).max() ?? 0
        let time = trace.stopped.flatMap { $0.isElectroforming ? $0.time : nil }
        return .init(amplitude: amplitude, hold: formingHold, time: time, peakTemperature: peak)
    }
}
