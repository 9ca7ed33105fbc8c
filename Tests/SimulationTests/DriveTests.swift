import Essentials
import Foundation
import LinearAlgebra
import Protocols
import Simulation
import TestSupport
import Testing

@testable import DeviceModel

/// Conditions, compliance, imposed currents and sines: their moments and energies against formulas and refined runs.
struct DriveTests {
    static func simulator(_ options: SolverOptions = SolverOptions()) throws -> DeviceSimulator {
        try Bench.base(options: options)
    }

    private static func run(
        _ text: String, _ options: SolverOptions = SolverOptions(), recording: Recording = .everyStep
    ) throws -> Trace {
        let simulator = try simulator(options)
        let experiment = try Experiment(sentences: [text])
        return simulator.run(experiment.waveform, recording: recording)
    }

    private static var tight: SolverOptions {
        var options = SolverOptions()
        options.tolerance *= 0.01
        return options
    }

    @Test("until V > 1.5 V on a ramp of 1 V/s: the formula's moment to 1e-8 s; the next step begins there")
    func voltage() throws {
        let trace = try Self.run("Sweep 0 V to 3 V at 1 V/s until V > 1.5 V; Hold 0.6 V for 1 s")
        let mark = try #require(trace.marks.first)
        #expect(trace.marks.count == 1 && mark.event == "V > 1.5 V" && trace.stopped == nil)
        // The sweep begins behind the edge from 0.6 V.
        #expect(abs(mark.time - Step.jumpEdge - 1.5) < 1e-8 && abs(mark.voltage - 1.5) < 1e-8, "\(mark)")
        let after = try #require(trace.samples.last)
        #expect(abs(after.time - (1.5 + 1 + 2 * Step.jumpEdge)) < 1e-8 && after.voltage == 0.6)
        #expect(trace.samples.contains { $0.time == mark.time })
    }

    @Test(
        "until I, |I|, G, T: the quantity stands at its threshold to 1e-7 there, and the moment is that of a run of a hundredth of the tolerance to 0.3 %",
        arguments: [
            ("Sweep 0 V to 3 V at 1 V/s until I > 1 uA", "I", 1e-6),
            ("Sweep 0 V to -3 V at 1 V/s until |I| > 0.3 uA", "I", -3e-7),
            ("Hold 2 V for 1 s until G > 20 nS", "G", 20e-9),
            ("Sweep 0 V to 4 V at 1 V/s until T > 302 K", "T", 302),
        ])
    func moments(text: String, quantity: String, threshold: Double) throws {
        let (plain, tight) = (try Self.run(text), try Self.run(text, Self.tight))
        let (a, b) = (try #require(plain.marks.first), try #require(tight.marks.first))
        let sample = try #require(plain.samples.last)
        let value = quantity == "I" ? sample.current : quantity == "G" ? sample.conductance : sample.temperature
        #expect(sample.time == a.time && abs(value / threshold - 1) < 1e-7, "\(sample)")
        hold(abs(a.time / b.time - 1), below: 3e-3, as: "moment of \(a.event), default tolerance against a hundredth")
        // Steps of the same run do not stand there: the moment is no accident of the steps.
        let past = try Self.run(text.components(separatedBy: " until")[0])
        let beyond = try #require(past.samples.first { $0.time >= a.time })
        #expect(beyond.time > a.time)
    }

    @Test("A condition that holds already takes no time; one that never does changes no bit")
    func noneAndAll() throws {
        let met = try Self.run("Hold 0.6 V for 10 s until G > 1 nS; Read")
        #expect(met.marks.first?.time == 0 && met.reads.first?.time == 0)
        let never = try Self.run("Pulse 3 V for 100 us until I > 1 mA; Hold 0.6 V for 1 s compliance 1 mA")
        let plain = try Self.run("Pulse 3 V for 100 us; Hold 0.6 V for 1 s")
        #expect(never.marks.isEmpty && never.samples.map(\.current) == plain.samples.map(\.current))
        #expect(never.pulses[0].energy == plain.pulses[0].energy)
    }

    @Test(
        "A pulse that a condition cuts falls to its base; a train ends with it; a repeat ends after the pass at whose end it holds"
    )
    func cuts() throws {
        let pulse = try Self.run("Pulse 3.5 V for 500 us from 0.6 V until I > 2 uA; Hold 0.6 V for 1 ms")
        let mark = try #require(pulse.marks.first)
        #expect(abs(pulse.pulses[0].end - mark.time - Step.jumpEdge) < 1e-12 && pulse.samples.last?.voltage == 0.6)
        let first = try Self.run("Train 10 x 3 V for 100 us with 1 ms gaps from 0.6 V")
        let between = 0.5 * (first.pulses[3].endCurrent + first.pulses[4].endCurrent)
        let train = try Self.run("Train 10 x 3 V for 100 us with 1 ms gaps from 0.6 V until I > \(between) A; Read")
        #expect(train.marks.count == 1 && train.pulseCount == 5 && abs((train.samples.last?.voltage ?? 0) - 0.6) < 1e-12)
        let verified = try Self.run("Repeat 100 times: [Pulse 2.5 V for 20 us; Hold 0.6 V for 1 ms] until G > 20 nS; Read")
        let read = try #require(verified.reads.first)
        #expect(read.conductance > 20e-9 && (2..<100).contains(verified.pulseCount) && verified.marks.count == 1)
        let before = verified.samples.last { $0.voltage == 0.6 && $0.time < read.time - 1.02e-3 && $0.pulse < 0 }
        #expect(try #require(before).conductance <= 20e-9)
    }

    @Test(
        "Compliance: the current stays at it to 1e-5, sets in where until finds that current, and the device's and the limit's energy are the source's to 1e-4"
    )
    func compliance() throws {
        let text = "Pulse 3.5 V for 500 us from 0.6 V"
        let trace = try Self.run(text + " compliance 1 uA; Hold 0.6 V for 1 ms")
        #expect(trace.samples.allSatisfy { abs($0.current) <= 1e-6 * (1 + 1e-5) } && trace.stopped == nil)
        #expect(trace.marks.map(\.event) == ["compliance 1e-6 A sets in", "compliance 1e-6 A lets go"])
        let until = try Self.run(text + " until I > 1 uA")
        #expect(abs(trace.marks[0].time / until.marks[0].time - 1) < 1e-6)
        // What the source gives: its own voltage times the current, by the trapezium over all steps.
        let pulse = trace.pulses[0]
        let inside = trace.samples.filter { $0.time >= pulse.start && $0.time <= pulse.end }
        func integral(_ power: (Trace.Sample) -> Double) -> Double {
            zip(inside, inside.dropFirst()).reduce(0) { $0 + 0.5 * (power($1.0) + power($1.1)) * ($1.1.time - $1.0.time) }
        }
        let source = integral { ($0.sourceVoltage ?? $0.voltage) * $0.current }
        let own = integral { $0.voltage * $0.current }
        hold(
            abs((pulse.energy + pulse.seriesEnergy) / source - 1), below: 1e-4,
            as: "compliance: energy of source, device and limit")
        #expect(abs(pulse.energy / own - 1) < 1e-4 && pulse.seriesEnergy > 0.1 * pulse.energy)
        #expect(trace.seriesEnergy == pulse.seriesEnergy)
        // At constant current, 3.5 V and no more than the top: the limit takes (3.5 V - V) 1 uA.
        let limited = inside.filter { $0.pulse == 0 && $0.sourceVoltage == 3.5 && $0.time > 1e-6 }
        #expect(limited.allSatisfy { $0.voltage < 3.5 && abs($0.current / 1e-6 - 1) < 1e-5 })
    }

    @Test("Compliance and limits survive where the voltage alone forms: 4.65 V at 10 uA; T = T0 + R_th V I there")
    func complianceBeyondForming() throws {
        let formed = try Self.run("Pulse 4.65 V for 10 ms", recording: .corners)
        #expect(formed.stopped?.isElectroforming == true)
        let simulator = try Self.simulator()
        let trace = simulator.run(
            try Experiment(sentences: ["Pulse 4.65 V for 10 ms compliance 10 uA"]).waveform, recording: .everyStep)
        #expect(trace.stopped == nil)
        let device = simulator.device.device
        for sample in trace.samples where sample.time > 1e-6 && sample.time < 1e-2 {
            let expected = device.ambientTemperature + device.thermalResistance * sample.voltage * 1e-5
            #expect(abs(sample.temperature - expected) < 0.01, "\(sample)")
        }
    }

    @Test(
        "An imposed current is carried to 1e-6, of either sign, and its voltage is that of a hundredth of the tolerance to 1 mV"
    )
    func imposed() throws {
        let text = "Hold 1 uA for 10 ms; Hold -1 nA for 10 ms; Hold 0.6 V for 1 ms"
        let (plain, tight) = (try Self.run(text), try Self.run(text, Self.tight))
        #expect(plain.stopped == nil)
        func at(_ trace: Trace, _ time: Double) throws -> Trace.Sample { try #require(trace.samples.last { $0.time <= time }) }
        for (time, current) in [(5e-3, 1e-6), (1.0e-2, 1e-6), (1.5e-2, -1e-9), (2.0e-2, -1e-9)] {
            let (a, b) = (try at(plain, time), try at(tight, time))
            #expect(abs(a.current / current - 1) < 1e-5 && abs(b.current / current - 1) < 1e-5, "\(a.current) \(b.current)")
        }
        func end(_ trace: Trace) throws -> Double { try at(trace, 1.0e-2).voltage }
        hold(
            abs(try end(plain) - end(tight)), below: 1e-3,
            as: "imposed current: voltage after 10 ms against a hundredth of the tolerance")
        // Nothing carries an ampere.
        let none = try Self.run("Hold 1 A for 1 ms")
        #expect(none.stopped != nil)
    }

    @Test("A sine of 1 mV against the linearised equations: both parts of Y at 1 kHz and at 0.1 Hz to 1 %")
    func sine() throws {
        for frequency in [1e3, 0.1] {
            let simulator = try Self.simulator()
            try simulator.run([.hold(voltage: 0.6, duration: 100)])
            let y = try simulator.admittance(frequencies: [frequency])[0]
            var options = SolverOptions()
            options.tolerance *= 1e-3
            let fine = DeviceSimulator(DeviceParameters(), options: options)
            fine.state = simulator.state
            let settle = 6 / frequency, span = 4 / frequency
            let trace = fine.run(
                Waveform(steps: [
                    .sine(amplitude: 1e-3, frequency: frequency, duration: settle, mean: 0.6),
                    .sine(amplitude: 1e-3, frequency: frequency, duration: span, mean: 0.6),
                ]), recording: .exactInterval(1 / (64 * frequency)))
            let samples = trace.samples.filter { $0.time > settle * (1 + 1e-9) }
            // The current as mean, drift of the device by itself, and both parts of the sine; the displacement, 1e-4 of the whole at
            // 1 kHz, is left out.
            let rows = samples.map { sample -> [Double] in
                let cycles = frequency * (sample.time - settle)
                return [1, cycles, cycles * cycles, sin(2 * .pi * cycles), cos(2 * .pi * cycles)]
            }
            let fit = try #require(LeastSquares.linear(rows: rows, samples.map(\.current)))
            let (g, b) = (fit[3] / 1e-3, fit[4] / 1e-3)
            #expect(trace.stopped == nil && samples.count == 256, "\(samples.count)")
            hold(abs(g / y.conductance - 1), below: 0.01, as: "admittance: real part at \(frequency) Hz against a sine of 1 mV")
            let scale = frequency > 1 ? y.conductance : abs(y.susceptance)
            hold(
                abs(b - y.susceptance) / scale, below: 0.01,
                as: "admittance: imaginary part at \(frequency) Hz against a sine of 1 mV")
        }
    }

    @Test("A step at 350 K leaves the ambient temperature as it was; reading at 0.3 V is what Read at 0.3 V gives")
    func terms() throws {
        let simulator = try Self.simulator()
        let trace = simulator.run(
            try Experiment(sentences: [
                "Hold 0.6 V for 1 ms at 350 K", "Hold 0.6 V for 1 ms reading at 0.3 V", "Read at 0.3 V", "At 320 K",
                "Repeat 2 times: [Hold 0.6 V for 1 ms] at 340 K", "Hold 0.6 V for 1 ms",
            ]).waveform)
        let temperatures = [0.5e-3, 1.5e-3, 3.5e-3, 4.5e-3].map { time in
            trace.samples.first { $0.time > time }?.temperature.rounded() ?? 0
        }
        #expect(temperatures == [350, 300, 340, 320], "\(temperatures)")
        let read = try #require(trace.reads.first)
        let sample = try #require(trace.samples.last { $0.time <= read.time })
        #expect(sample.readVoltage == 0.3 && sample.conductance == read.conductance)
        #expect(trace.table.columns.suffix(1) == ["read_voltage_V"])
        #expect(try Trace(csv: trace.csv, source: "t").samples.last { $0.readVoltage != nil }?.readVoltage == 0.3)
    }

    @Test("Profiles come at their moments: the samples' vacancies and voltages, and a pulse's end plus 10 us")
    func profiles() throws {
        let simulator = try Self.simulator()
        let request = try ProfileRequest("0 s, 10 us after pulse 1, 1 ms, 2 s")
        let trace = simulator.run(
            try Experiment(sentences: ["Pulse 3 V for 100 us", "Hold 0.6 V for 1 ms"]).waveform, profiles: request)
        #expect(trace.profiles.map(\.label) == ["0 s", "10 us after pulse 1", "1 ms"] && simulator.missedProfiles == ["2 s"])
        let times = trace.profiles.map(\.time)
        #expect(times[0] == 0 && abs(times[1] - trace.pulses[0].end - 10e-6) < 1e-15 && times[2] == 1e-3)
        let device = simulator.device
        for profile in trace.profiles {
            let sum = zip(profile.inside.vacancies, device.device.vacancyCells(device.grid)).reduce(0) { $0 + $1.0 * $1.1 }
            let near = try #require(trace.samples.min { abs($0.time - profile.time) < abs($1.time - profile.time) })
            #expect(abs(sum / near.latticeVacancies - 1) < 0.02 && profile.inside.voltage == 0.6)
        }
        #expect(trace.profileTable.rows.count == 3 * device.nodes)
        let corners = simulator.run(
            try Experiment(sentences: ["Pulse 3 V for 100 us"]).waveform, profiles: try ProfileRequest("corners"))
        #expect(corners.profiles.count == 4)
        for bad in ["", "soon", "1 V", "-1 s", "1 s after pulse 0", "1 s after pulse"] {
            #expect(throws: (any Error).self, "\(bad)") { try ProfileRequest(bad) }
        }
    }
}
