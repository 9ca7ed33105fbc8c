import DeviceModel
import Foundation
import LinearAlgebra
import Protocols
import Simulation
import TestSupport
import Testing

/// Long and short spans, forming, temperature: where a run must end well or say rightly why not.
struct EdgeOfRangeTests {
    @Test(
        "1 ns to 30 years at -4 to 5 V: every run finishes or forms, with a finite state",
        arguments: ["pt-sto-ti", "pt-sto-ti-store", "pt-sto-ti-drift", "pt-sto-ti-traps"])
    func spans(name: String) throws {
        let device = try Device.load(name)
        for voltage in [-4.0, -3, -2, -1, 0, 0.6, 1, 2, 3, 4, 5] {
            for span in [1e-9, 1e-6, 1e-3, 1, 1e3, 1e6, 9.5e8] {
                let simulator = DeviceSimulator(try AssembledDevice(device))
                let trace = simulator.run(
                    Waveform(steps: [.hold(voltage: voltage, duration: span)], initialVoltage: 0, readVoltage: 0.6),
                    recording: .corners)
                let ended = trace.stopped == nil || trace.stopped!.isElectroforming
                #expect(ended, "\(name), \(voltage) V for \(span) s: \(trace.stopped?.reason ?? "")")
                #expect(simulator.state.unknowns.allSatisfy { $0.isFinite })
                #expect(
                    trace.samples.allSatisfy {
                        min($0.planeVacancies, $0.interfacialOxygen, $0.storedOxygen, $0.latticeVacancies) >= 0
                    })
            }
        }
    }

    @Test(
        "A pulse that forms is accounted to its end: energy, peak temperature and current of what ran; its moment is found to 1e-6"
    )
    func formingPulse() throws {
        let device = try Device.load("pt-sto-ti-store")
        func run(_ tolerance: Double) throws -> Trace {
            var options = SolverOptions()
            options.tolerance = tolerance
            let simulator = DeviceSimulator(try AssembledDevice(device, options: options))
            try simulator.run([.hold(voltage: 0.6, duration: 100)])
            return simulator.run(
                Waveform(steps: [.pulse(amplitude: 5, width: 1e-3, base: 0.6)], initialVoltage: 0.6, readVoltage: 0.6))
        }
        let (found, fine) = (try run(2e-4), try run(2e-5))
        let (stop, pulse) = (try #require(found.stopped), try #require(found.pulses.first))
        #expect(stop.isElectroforming && stop.reason.contains("electroforming"))
        #expect(
            pulse.end == stop.time && pulse.energy > 0 && pulse.peakTemperature >= 0.999 * stop.temperature
                && pulse.endCurrent > 1e-6)
        // V I over what was recorded, by the trapezium.
        let samples = found.samples
        let energy = zip(samples, samples.dropFirst()).reduce(0.0) { sum, pair in
            sum + 0.5 * (pair.0.voltage * pair.0.current + pair.1.voltage * pair.1.current) * (pair.1.time - pair.0.time)
        }
        hold(
            abs(pulse.energy / energy - 1), below: 0.02,
            as: "energy of the pulse that forms against its recorded power, relative")
        let moments = (stop.time - pulse.start, (fine.stopped?.time ?? 0) - pulse.start)
        hold(abs(moments.0 / moments.1 - 1), below: 1e-3, as: "moment of forming against a tenth of the tolerance, relative")
    }

    @Test("Ambient temperature acts through every activation energy: 250 to 400 K follow each rate's Arrhenius law to 1e-12")
    func arrhenius() throws {
        let base = try Device.load("pt-sto-ti-drift")
        let laws = base.temperatureLaws
        for temperature in [250.0, 300, 350, 400] {
            var device = base
            device.ambientTemperature = temperature
            let rates = try AssembledDevice(device).rates
            #expect(rates.count == laws.count)
            for (rate, law) in zip(rates, laws) {
                let expected =
                    law.value * exp(law.activation * Constants.charge / Constants.boltzmann * (1 / 300 - 1 / temperature))
                    * pow(temperature / 300, law.exponent)
                #expect(abs(rate - expected) <= 1e-12 * abs(expected))
            }
        }
    }

    @Test("A decay at 350 K is faster than at 300 K, and a read there carries more current")
    func warmDecay() throws {
        func decay(_ temperature: Double) throws -> (kept: Double, base: Double) {
            var device = try Device.load("pt-sto-ti-store")
            device.ambientTemperature = temperature
            let simulator = DeviceSimulator(try AssembledDevice(device))
            try simulator.run([.hold(voltage: 0.6, duration: 100)])
            let base = try simulator.read()
            try simulator.run([.pulse(amplitude: 3, width: 100e-6, base: 0.6), .hold(voltage: 0.6, duration: 2e-3)])
            let first = try simulator.read() - base
            try simulator.run([.hold(voltage: 0.6, duration: 1)])
            return ((try simulator.read() - base) / first, base)
        }
        let (cold, warm) = (try decay(300), try decay(350))
        #expect(warm.kept < cold.kept && warm.base > 2 * cold.base)
    }

    @Test("An interrupted run keeps its trace and says so")
    func interrupted() throws {
        let simulator = DeviceSimulator(DeviceParameters())
        var asked = 0
        simulator.isCancelled = {
            asked += 1
            return asked > 30
        }
        let trace = simulator.run(
            Waveform(
                steps: [.hold(voltage: 2, duration: 1), .hold(voltage: 0.6, duration: 1)], initialVoltage: 0, readVoltage: 0.6))
        let stop = try #require(trace.stopped)
        #expect(stop.cause == .interrupted && stop.reason.contains("interrupted") && trace.samples.count > 20)
        let again = try JSONDecoder().decode(Trace.Stop.self, from: try JSONEncoder().encode(stop))
        #expect(again == stop)
    }

    @Test("A keeper gets the trace that an interruption at the same step leaves, and changes no bit of the run")
    func keeper() throws {
        let waveform = Waveform(
            steps: [.read(), .pulse(amplitude: 3, width: 100e-6, base: 0.6), .hold(voltage: 0.6, duration: 1), .read()],
            initialVoltage: 0.6, readVoltage: 0.6)
        for step in [3, 30, 60] {
            let (plain, kept, cut) = (try Bench.base(), try Bench.base(), try Bench.base())
            let whole = plain.run(waveform)
            var (asked, soFar) = (0, [Trace]())
            kept.keeper = TraceKeeper(
                isDue: {
                    asked += 1
                    return asked == step
                }, keep: { soFar.append($0) })
            #expect(kept.run(waveform) == whole && kept.state == plain.state && soFar.count == 1)
            var left = step
            cut.isCancelled = {
                left -= 1
                return left == 0
            }
            var (early, partial) = (cut.run(waveform), try #require(soFar.first))
            #expect(early.stopped?.time == partial.stopped?.time && partial.stopped?.cause == .interrupted)
            (early.stopped, partial.stopped) = (nil, nil)
            #expect(early == partial && partial.samples.count > step && partial.samples.count < whole.samples.count)
        }
    }

    @Test("The inventory's drift is measured, not reported as none: a state whose inventory was changed shows it")
    func driftIsMeasured() throws {
        let simulator = DeviceSimulator(DeviceParameters())
        let trace = try simulator.run([
            .hold(voltage: 2, duration: 1), .hold(voltage: -1, duration: 1),
            .train(count: 50, amplitude: 3.5, width: 1e-4, gap: 1e-3, base: 0, edge: 1e-7),
        ])
        #expect(trace.statistics.inventoryDrift > 0 && trace.statistics.inventoryDrift < 1e-11)
    }
}
