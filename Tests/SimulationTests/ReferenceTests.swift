import DeviceModel
import Foundation
import LinearAlgebra
import Protocols
import Simulation
import TestSupport
import Testing

/// The paper's protocols against the tables of an independent prototype (Fixtures/README.md).
struct ReferenceTests {
    @Test(
        "Short-term map, 4 amplitudes x 3 widths: dF and pulse energy to 1 %, peak temperature to 0.3 K",
        arguments: ["set-t", "set-d"])
    func pulseMap(set: String) throws {
        let table = try FixtureTable("\(set)/map12.csv", in: .module)
        let simulator = try Bench.base(Bench.parameters(set), chargeThreshold: .infinity)
        let base = simulator.state
        let before = try simulator.read()
        let columns = try ["V_pulse_V", "width_s", "dF_nS", "E_pJ", "Tmax_K"].map { try table.column($0) }
        var (worstWeight, worstEnergy, worstHeat) = (0.0, 0.0, 0.0)
        for row in table.rows.indices {
            simulator.state = base
            let trace = try simulator.run([
                .pulse(amplitude: columns[0][row], width: columns[1][row], base: 0.6), .hold(voltage: 0.6, duration: 2e-3),
            ])
            let gain = (try simulator.read() - before) * 1e9
            worstWeight = max(worstWeight, abs(gain / columns[2][row] - 1))
            worstEnergy = max(worstEnergy, abs(trace.pulses[0].energy * 1e12 / columns[3][row] - 1))
            worstHeat = max(worstHeat, abs(trace.pulses[0].peakTemperature - columns[4][row]))
        }
        hold(worstWeight, below: 0.01, as: "\(set): dF over 12 pulses against the prototype, relative")
        // Set D's prototype ran on a grid that is not converged: its energies are 1.1 % off, its W 4 % (ConvergenceTests hold ours).
        hold(
            worstEnergy, below: set == "set-d" ? 0.015 : 0.01,
            as: "\(set): pulse energy over 12 pulses against the prototype, relative")
        hold(worstHeat, below: 0.3, as: "\(set): peak temperature over 12 pulses against the prototype, K")
    }

    /// tau of one exponential, amplitude free, over samples even in log t from 10 ms to 60 s.
    private func timeConstant(_ course: [(t: Double, f: Double)]) -> Double {
        let scale = course[0].f
        let fit = LeastSquares.levenbergMarquardt(start: [0, 1]) { p in
            course.map { p[1] * exp(-$0.t * exp(-p[0])) - $0.f / scale }
        }
        return exp(fit.parameters[0])
    }

    @Test("Forgetting: Lambda = exp(-1 s / tau) at 13 biases to 0.005", arguments: ["set-t", "set-d"])
    func forgetting(set: String) throws {
        let table = try FixtureTable("\(set)/lambda13.csv", in: .module)
        let simulator = try Bench.base(Bench.parameters(set), chargeThreshold: .infinity)
        let base = simulator.state
        let (biases, lambdas) = (try table.column("V_bias_V"), try table.column("Lambda"))
        var worst = 0.0
        for (bias, expected) in zip(biases, lambdas) {
            simulator.state = base
            try simulator.run([.hold(voltage: bias, duration: 30)])
            let before = try simulator.read()
            try simulator.run([.pulse(amplitude: 3.5, width: 500e-6, base: bias)])
            let trace = try simulator.run([.hold(voltage: bias, duration: 60.1)], recording: .perDecade(8, first: 1e-2))
            let course = trace.samples.dropFirst().map { (t: $0.time, f: $0.conductance - before) }.filter { $0.t <= 60 }
            worst = max(worst, abs(exp(-1 / timeConstant(course)) - expected))
        }
        hold(worst, below: 0.005, as: "\(set): Lambda at 13 biases against the prototype")
    }

    @Test(
        "Decay F(t) over 300 s at -0.6, 0 and 0.6 V: every sample to 0.5 % of F(0)",
        arguments: [("minus", -0.6), ("zero", 0.0), ("plus", 0.6)])
    func decays(file: String, bias: Double) throws {
        let table = try FixtureTable("set-t/decay_\(file).csv", in: .module)
        let simulator = try Bench.base(chargeThreshold: .infinity)
        try simulator.run([.hold(voltage: bias, duration: 30)])
        let before = try simulator.read()
        try simulator.run([.pulse(amplitude: 3.5, width: 500e-6, base: bias)])
        // Row 0 is the value before, row 1 is t = 0.
        let (times, values) = (try table.column("t_after_pulse_end_s"), try table.column("F_ref_nS"))
        var worst = abs((try simulator.read() - before) * 1e9 / values[1] - 1)
        var now = 0.0
        for row in 2..<times.count {
            try simulator.run([.hold(voltage: bias, duration: times[row] - now)])
            now = times[row]
            worst = max(worst, abs((try simulator.read() - before) * 1e9 - values[row]) / values[1])
        }
        hold(worst, below: 0.005, as: "decay at \(bias) V over 300 s against the prototype, share of F(0)")
    }

    @Test("Long-term weight over six SET trains to 2 %; inventory kept to 1e-10", arguments: ["set-t", "set-d"])
    func trains(set: String) throws {
        let table = try FixtureTable("\(set)/w_trains.csv", in: .module)
        let simulator = try Bench.base(Bench.parameters(set), chargeThreshold: .infinity)
        let columns = try ["G_after_nS", "W_1s_nS", "W_100s_nS", "W_375s_nS"].map { try table.column($0) }
        var (worst, drift) = (0.0, 0.0)
        for row in table.rows.indices {
            let train = try simulator.run([
                .train(count: 100, amplitude: 4, width: 500e-6, gap: 0.1, base: 0, edge: 1e-6),
                .hold(voltage: 0, duration: 0.1),
            ])
            drift = max(drift, train.statistics.inventoryDrift)
            var values = [try simulator.read()]
            try simulator.run([.hold(voltage: 0, duration: 240 - 0.1)])
            for duration in [1.0, 99, 275] {
                try simulator.run([.hold(voltage: 0.6, duration: duration)])
                values.append(try simulator.read())
            }
            for (k, value) in values.enumerated() where k > 0 { worst = max(worst, abs(value * 1e9 / columns[k][row] - 1)) }
        }
        hold(worst, below: 0.02, as: "\(set): W over six trains against the prototype, relative")
        hold(drift, below: 1e-10, as: "\(set): inventory over a SET train, relative")
        guard set == "set-t" else { return }
        let summary = try FixtureTable("set-t/summary.csv", in: .module)
        var worstRetention = 0.0, now = 0.0
        for mark in [300, 1000, 3000, 10000] {
            try simulator.run([.hold(voltage: 0, duration: Double(mark) - now)])
            now = Double(mark)
            worstRetention = max(
                worstRetention, abs(try simulator.read() * 1e9 / summary.value("ret_0V_\(mark)s", "value") - 1))
        }
        hold(worstRetention, below: 0.02, as: "retention over 1e4 s at 0 V against the prototype, relative")
    }

    @Test("I-V loops 1 and 30: G(V) to 2 % wherever the loop carries more than 1e-4 of its largest conductance")
    func loops() throws {
        let simulator = DeviceSimulator(DeviceParameters())
        simulator.chargeThreshold = .infinity
        try simulator.run([.hold(voltage: 0, duration: 1e3)])
        for cycle in 1...30 {
            let trace = try simulator.run(
                [.sweep(from: 0, to: 2, rate: 1), .sweep(from: 2, to: -2, rate: 1), .sweep(from: -2, to: 0, rate: 1)],
                recording: .exactInterval(0.05))
            guard cycle == 1 || cycle == 30 else { continue }
            let table = try FixtureTable("set-t/iv_cycle\(cycle).csv", in: .module)
            let (branches, voltages, values) = (
                try table.column("branch"), try table.column("V_V"), try table.column("G_ref_nS")
            )
            var worst = 0.0
            for row in table.rows.indices {
                let time = [voltages[row], 4 - voltages[row], 8 + voltages[row]][Int(branches[row])]
                let sample = try #require(trace.samples.first { abs($0.time - time) < 1e-6 }, "no sample at \(time) s")
                #expect(abs(sample.voltage - voltages[row]) < 1e-9)
                guard values[row] > 0.0227 else { continue }
                worst = max(worst, abs(sample.current / sample.voltage * 1e9 / values[row] - 1))
            }
            hold(worst, below: 0.02, as: "I-V loop \(cycle) against the prototype, relative")
        }
    }

    @Test("Base state, drift over 375 s and leak 60 s after a pulse, to 1 %")
    func baseState() throws {
        let summary = try FixtureTable("set-t/summary.csv", in: .module)
        let fresh = DeviceSimulator(DeviceParameters())
        try fresh.run([.hold(voltage: 0, duration: 1e3)])
        #expect(abs(try fresh.read() * 1e9 / summary.value("G_rest_0V", "reference") - 1) < 0.01)
        let simulator = try Bench.base()
        let base = simulator.state
        let before = try simulator.read()
        hold(
            abs(before * 1e9 / (try summary.value("G0", "reference")) - 1), below: 0.01,
            as: "W_min against the prototype, relative")
        try simulator.run([.hold(voltage: 0.6, duration: 375)])
        #expect(abs(try simulator.read() * 1e9 / summary.value("G0_plus375s", "reference") - 1) < 0.01)
        simulator.state = base
        try simulator.run([.pulse(amplitude: 3.5, width: 500e-6, base: 0.6), .hold(voltage: 0.6, duration: 60)])
        #expect(abs(try simulator.read() / before - summary.value("leak_60s_ratio", "reference")) < 0.002)
    }

    @Test("Electroforming within 10 ms: at 4.5 V but not at 4.3 V; the scan to 0.02 V names a voltage between 4.3 and 4.5 V")
    func formingVoltage() throws {
        let simulator = try Bench.base()
        let base = simulator.state
        func forms(_ voltage: Double) -> Bool {
            simulator.state = base
            let trace = simulator.run(
                Waveform(steps: [.pulse(amplitude: voltage, width: 10e-3, base: 0.6)], initialVoltage: 0.6), recording: .none)
            return trace.stopped?.isElectroforming ?? false
        }
        var (low, high) = (4.3, 4.5)
        #expect(!forms(low) && forms(high))
        while high - low > 0.02 {
            let middle = (low + high) / 2
            if forms(middle) { high = middle } else { low = middle }
        }
        #expect(low >= 4.3 && high <= 4.5)
    }
}
