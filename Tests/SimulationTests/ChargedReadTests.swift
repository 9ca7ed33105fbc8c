import DeviceModel
import Foundation
import Protocols
import Simulation
import TestSupport
import Testing

/// Reads of states in which quasi-stationary electrons would carry much charge at the voltage of the read, though they carry little at
/// that of the state: while a pulse rises.
struct ChargedReadTests {
    /// In a fast, strong rise and in a slow, weak pulse the conductance is that of the device whose electrons carry charge all the time.
    @Test(arguments: [(4.65, 1e-7), (3, 1e-3)])
    func readsFollowTheCharge(amplitude: Double, width: Double) throws {
        let device = try Device.load("pt-sto-ti")
        var charged = device
        charged.electrons = .driftDiffusion
        let waveform = Waveform(
            steps: [.pulse(amplitude: amplitude, width: width)], initialVoltage: 0.6, readVoltage: 0.6)
        let trace = DeviceSimulator(try AssembledDevice(device)).run(waveform)
        let reference = DeviceSimulator(try AssembledDevice(charged)).run(waveform)
        var (worst, next, compared) = (0.0, 1, 0)
        for sample in trace.samples {
            #expect(sample.conductance > 1e-9, "\(sample.conductance) S at \(sample.time) s")
            while next < reference.samples.count - 1, reference.samples[next].time < sample.time { next += 1 }
            let (a, b) = (reference.samples[next - 1], reference.samples[next])
            guard b.time > sample.time, b.time > a.time else { continue }
            let share = (sample.time - a.time) / (b.time - a.time)
            let expected = exp((1 - share) * log(a.conductance) + share * log(b.conductance))
            worst = max(worst, abs(sample.conductance / expected - 1))
            compared += 1
        }
        #expect(compared > 30)
        TestSupport.hold(
            worst, below: 0.02,
            as: "reads during a pulse of \(amplitude) V against drift-diffusion electrons throughout, relative")
    }
}
