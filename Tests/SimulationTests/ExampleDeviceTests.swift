import DeviceModel
import FiniteVolume
import Foundation
import Protocols
import TestSupport
import Testing

@testable import Simulation

/// The stacks of Docs/examples run from their files.
struct ExampleDeviceTests {
    private func trace(_ name: String, _ sentences: [String], overrides: [String] = [], grid: Grid? = nil) throws -> Trace {
        let path = Repository.path("Docs/examples/\(name).yaml")
        let description = try DeviceDescription.load(path: path, overrides: overrides)
        let simulator = DeviceSimulator(try AssembledDevice(description.device, grid: grid))
        let experiment = try Experiment(name: "example", sentences: sentences)
        return simulator.run(experiment.waveform, recording: .everyStep)
    }

    @Test(
        "Pt | HfO2 | Ti: a pulse at Pt writes vacancies into the first plane, which raise the conductance, and the inventory is kept"
    )
    func hafnia() throws {
        let trace = try trace(
            "pt-hfo2-ti",
            [
                "Hold 0.3 V for 100 s", "Read at 0.3 V", "Pulse 2 V for 100 us from 0.3 V", "Hold 0.3 V for 2 ms",
                "Read at 0.3 V",
            ])
        #expect(trace.stopped == nil, "\(String(describing: trace.stopped))")
        let reads = trace.reads.map(\.conductance)
        #expect(reads.count == 2 && reads[0] > 0 && reads[1] > 1.01 * reads[0], "\(reads)")
        #expect(trace.statistics.inventoryDrift < 1e-11)
    }

    @Test(
        "Two layers: vacancies move between them under a bias, none is lost; where electrons are few the quadrature gives the current of drift-diffusion within 1 %"
    )
    func twoLayers() throws {
        let protocols = [
            "Hold -0.5 V for 1 ms", "Read at -0.5 V", "Hold -1 V for 1000 s", "Hold -0.5 V for 1 ms", "Read at -0.5 V",
        ]
        // One grid for both, with the interface at 14 nm as a node.
        let grid = Grid.uniform(length: 20e-9, cells: 80)
        let quick = try trace("two-layers", protocols, overrides: ["species.electrons.law=quasi_stationary"], grid: grid)
        #expect(quick.stopped == nil, "\(String(describing: quick.stopped))")
        let (first, last) = (try #require(quick.samples.first), try #require(quick.samples.last))
        #expect(abs(last.latticeVacancies / first.latticeVacancies - 1) < 1e-11)
        #expect(last.current < 0 && quick.reads.count == 2)
        #expect(abs(quick.reads[1].conductance / quick.reads[0].conductance - 1) > 0.01, "\(quick.reads)")
        let coupled = try trace("two-layers", protocols, grid: grid)
        #expect(coupled.stopped == nil, "\(String(describing: coupled.stopped))")
        let other = try #require(coupled.samples.last)
        #expect(abs(other.current / last.current - 1) < 0.01, "\(other.current) A, quadrature \(last.current) A")
    }
}
