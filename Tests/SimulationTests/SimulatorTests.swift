import DeviceModel
import FiniteVolume
import Foundation
import LinearAlgebra
import Protocols
import Simulation
import TestSupport
import Testing

/// The simulator's own promises: energy, corners, recording, states, failures.
struct SimulatorTests {
    @Test(
        "Pulse energy is the integral of V I: the account equals the trapezoidal sum over the recorded steps to 1e-5, since it refines where that is not enough"
    )
    func energy() throws {
        let simulator = try Bench.base()
        let trace = try simulator.run([.pulse(amplitude: 3, width: 100e-6, base: 0.6)], recording: .everyStep)
        var sum = 0.0
        for (a, b) in zip(trace.samples, trace.samples.dropFirst()) {
            sum += 0.5 * (a.voltage * a.current + b.voltage * b.current) * (b.time - a.time)
        }
        hold(abs(trace.pulses[0].energy / sum - 1), below: 1e-5, as: "pulse energy against the recorded steps")
        // And it is close to V I times the width, since the current hardly moves: 3 V, 1.8 uA, 100 us.
        let top = 3 * trace.pulses[0].endCurrent * 100e-6
        #expect(abs(trace.pulses[0].energy / top - 1) < 0.02)
    }

    @Test("Energy and dF converge: a hundredth of the tolerance moves them by less than 0.2 %")
    func toleranceConvergence() throws {
        func run(_ tolerance: Double) throws -> (Double, Double) {
            var options = SolverOptions()
            options.tolerance = tolerance
            let simulator = try Bench.base(options: options)
            let before = try simulator.read()
            let trace = try simulator.run([.pulse(amplitude: 3, width: 100e-6, base: 0.6), .hold(voltage: 0.6, duration: 2e-3)])
            return (trace.pulses[0].energy, try simulator.read() - before)
        }
        let (plain, tight) = (try run(SolverOptions().tolerance), try run(SolverOptions().tolerance * 0.01))
        hold(abs(plain.0 / tight.0 - 1), below: 0.002, as: "pulse energy, default tolerance against a hundredth")
        hold(abs(plain.1 / tight.1 - 1), below: 0.002, as: "dF, default tolerance against a hundredth")
    }

    @Test("The graded grid against every lattice plane: dF over three pulses to 0.5 %")
    func gridConvergence() throws {
        func gains(_ growth: Double) throws -> [Double] {
            var options = SolverOptions()
            options.growth = growth
            let simulator = try Bench.base(options: options)
            let (base, before) = (simulator.state, try simulator.read())
            return try [(2.0, 20e-6), (3.0, 100e-6), (3.5, 500e-6)].map { amplitude, width in
                simulator.state = base
                try simulator.run([.pulse(amplitude: amplitude, width: width, base: 0.6), .hold(voltage: 0.6, duration: 2e-3)])
                return try simulator.read() - before
            }
        }
        let worst = zip(try gains(1.15), try gains(1)).map { abs($0 / $1 - 1) }.max() ?? 1
        hold(worst, below: 0.005, as: "dF, graded grid against every lattice plane")
    }

    @Test("Samples stand on every corner of the protocol, times rise, and V(t) is the protocol's")
    func corners() throws {
        let simulator = try Bench.base()
        let steps: [Step] = [
            .pulse(amplitude: 2, width: 1e-4, base: 0.6), .hold(voltage: 0, duration: 1e-3), .sweep(from: 0, to: -1, rate: 10),
            .train(count: 3, amplitude: 3, width: 1e-4, gap: 1e-3, base: 0),
        ]
        let trace = try simulator.run(steps, recording: .everyStep)
        let waveform = Waveform(steps: steps, initialVoltage: 0.6)
        for (a, b) in zip(trace.samples, trace.samples.dropFirst()) { #expect(b.time > a.time) }
        var corners = 0
        for segment in waveform where segment.duration > 0 {
            corners += 1
            #expect(trace.samples.contains { abs($0.time - segment.end) < 1e-12 && abs($0.voltage - segment.to) < 1e-9 })
            for sample in trace.samples where sample.time > segment.start && sample.time <= segment.end {
                #expect(abs(sample.voltage - segment.voltage(at: sample.time)) < 1e-6)
            }
        }
        #expect(trace.pulses.count == 4)
        // Corners only: the start and one sample a segment.
        let thin = try Bench.base().run(steps, recording: .corners)
        #expect(thin.samples.count == corners + 1)
        #expect(try Bench.base().run(steps, recording: .none).samples.count <= 1)
    }

    @Test("Exact samples: perDecade and exactInterval meet their times to 1e-9 and agree with stopping there, to the tolerance")
    func exactTimes() throws {
        let simulator = try Bench.base()
        try simulator.run([.pulse(amplitude: 3.5, width: 500e-6, base: 0.6)])
        let state = simulator.state
        let trace = try simulator.run([.hold(voltage: 0.6, duration: 10)], recording: .perDecade(1, first: 1e-3))
        let times = trace.samples.map(\.time).filter { $0 > 0 }
        #expect(times.count == 5)
        for (k, time) in times.enumerated() { #expect(abs(time / pow(10, Double(k - 3)) - 1) < 1e-9) }
        for sample in trace.samples where sample.time > 0 {
            simulator.state = state
            try simulator.run([.hold(voltage: 0.6, duration: sample.time)])
            #expect(abs(try simulator.read() / sample.conductance - 1) < 2e-3)
        }
        simulator.state = state
        let even = try simulator.run([.hold(voltage: 0.6, duration: 1)], recording: .exactInterval(0.25))
        #expect(even.samples.map(\.time).filter { $0 > 0 }.count == 4)
    }

    @Test(
        "Thinned recording: lists stay within their bound over 600 pulses, evenly spread, and counts and energy are those of all pulses"
    )
    func thinning() throws {
        let train: [Step] = [
            .repeat(count: 300, steps: [.train(count: 2, amplitude: 1.5, width: 1e-4, gap: 1e-3, base: 0.6), .read()])
        ]
        let all = try Bench.base().run(train, recording: .everyStep)
        let thin = try Bench.base().run(train, recording: .atMost(64))
        #expect(all.pulses.count == 600 && all.reads.count == 300 && all.samples.count > 10_000)
        for count in [thin.samples.count, thin.pulses.count, thin.reads.count] { #expect(count <= 64 && count >= 31) }
        #expect(thin.pulseCount == 600 && thin.readCount == 300 && all.pulseCount == 600)
        #expect(
            thin.samples.last == all.samples.last && thin.pulses.last == all.pulses.last
                && thin.samples.first == all.samples.first)
        // Every pulse that is kept is the very pulse of the full trace, and gaps between them are alike but for the last.
        let places = thin.pulses.compactMap { all.pulses.firstIndex(of: $0) }
        #expect(places.count == thin.pulses.count)
        let gaps = Set(zip(places, places.dropFirst()).map { $1 - $0 }.dropLast())
        #expect(gaps.count == 1)
        let sum = all.pulses.reduce(0) { $0 + $1.energy }
        #expect(abs(thin.pulseEnergy / sum - 1) < 1e-12 && abs(all.pulseEnergy / sum - 1) < 1e-12)
    }

    @Test("A saved state gives the same run to the last bit, in the same simulator and in a new one, also through JSON")
    func reproducible() throws {
        let simulator = try Bench.base()
        let saved = simulator.state
        let steps: [Step] = [.pulse(amplitude: 3.5, width: 500e-6, base: 0.6), .hold(voltage: 0.6, duration: 1)]
        let first = try simulator.run(steps, recording: .everyStep)
        let end = simulator.state
        simulator.state = saved
        let second = try simulator.run(steps, recording: .everyStep)
        #expect(first.samples == second.samples && first.pulses == second.pulses && simulator.state == end)
        let other = DeviceSimulator(DeviceParameters())
        other.state = try JSONDecoder().decode(DeviceState.self, from: JSONEncoder().encode(saved))
        #expect(try other.run(steps, recording: .everyStep).samples == first.samples)
    }

    @Test("How a run is recorded does not change it: the end states are equal bit for bit")
    func recordingIsFree() throws {
        let steps: [Step] = [.pulse(amplitude: 3.5, width: 500e-6, base: 0.6), .sweep(from: 0.6, to: 2, rate: 1)]
        func end(_ recording: Recording) throws -> DeviceState {
            let simulator = try Bench.base()
            try simulator.run(steps, recording: recording)
            return simulator.state
        }
        let plain = try end(.none)
        for recording in [
            Recording.everyStep, .interval(0.1), .perDecade(5, first: 1e-6), .exactInterval(0.01), .corners, .atMost(20),
        ] {
            #expect(try end(recording) == plain)
        }
    }

    @Test("Reads in a protocol change nothing: a run with reads ends bit for bit where the run without them ends")
    func readsAreFree() throws {
        func end(_ steps: [Step]) throws -> DeviceState {
            let simulator = try Bench.base()
            try simulator.run(steps)
            return simulator.state
        }
        let pulse = Step.pulse(amplitude: 3, width: 1e-4, base: 0.6)
        let with = try end([
            .read(voltage: nil), pulse, .read(voltage: 0.3), .hold(voltage: 0.6, duration: 1), .read(voltage: nil),
        ])
        #expect(with == (try end([pulse, .hold(voltage: 0.6, duration: 1)])))
    }

    @Test(
        "Electroforming stops the run at its time with voltage, temperature and current, and leaves the trace before it intact")
    func electroforming() throws {
        let simulator = try Bench.base()
        let steps: [Step] = [.pulse(amplitude: 3, width: 1e-4, base: 0.6), .pulse(amplitude: 5, width: 1e-2, base: 0.6)]
        let trace = simulator.run(Waveform(steps: steps, initialVoltage: 0.6), recording: .everyStep)
        let stop = try #require(trace.stopped)
        #expect(stop.isElectroforming)
        #expect(stop.voltage > 4 && stop.voltage <= 5 && stop.temperature > 340 && stop.current > 0)
        #expect(stop.reason.contains("electroforming"))
        #expect(
            trace.pulses.map(\.amplitude) == [3, 5] && trace.pulses[1].end == stop.time
                && trace.pulses[1].energy > trace.pulses[0].energy)
        let last = try #require(trace.samples.last)
        #expect(last.time <= stop.time && last.time > 1e-4)
        #expect(trace.samples.allSatisfy { $0.current.isFinite && $0.conductance.isFinite })
        // The same first pulse without the second gives the same samples.
        let alone = try Bench.base().run([steps[0]], recording: .everyStep)
        #expect(Array(trace.samples.prefix(alone.samples.count)) == alone.samples)
    }

    @Test("A step budget ends a run as a stop that names the budget; it is not called electroforming")
    func budget() throws {
        var options = SolverOptions()
        options.stepBudget = 40
        let simulator = DeviceSimulator(DeviceParameters(), options: options)
        let trace = simulator.run(Waveform(steps: Experiment.baseStateSteps), recording: .everyStep)
        let stop = try #require(trace.stopped)
        #expect(!stop.isElectroforming && stop.reason.contains("budget of 40 steps"))
        #expect(trace.samples.count > 1)
    }

    @Test("Total current minus electron current, integrated over an edge, is the charge moved at Ti: to 1e-9")
    func displacementCurrent() throws {
        let simulator = try Bench.base()
        let device = simulator.device
        func charge() -> Double {
            let u = RealStorage(simulator.state.unknowns)
            return device.device.area * device.rightDisplacement(u.row)
        }
        let before = charge()
        let trace = try simulator.run([.sweep(from: 0.6, to: 3, rate: 2.4e6)], recording: .everyStep)
        var moved = 0.0
        for (a, b) in zip(trace.samples, trace.samples.dropFirst()) {
            moved += (b.totalCurrent - b.current) * (b.time - a.time)
        }
        hold(abs(moved / (charge() - before) - 1), below: 1e-9, as: "displacement and ionic current integrated over an edge")
    }
}
