import DeviceModel
import LinearAlgebra
import Testing

/// The example of the room's documentation page: its code stands here as well (`DocumentationTests` compares them) and runs.
@Suite struct PageTests {
    @Test func theExampleRuns() throws {
        var oxide = Layer()
        oxide.thickness = 20e-9
        let metal = Contact.schottky(barrier: 0.9, velocity: 2.7e4)
        let device = try AssembledDevice(Device(layers: [oxide], left: metal, right: .ohmic(barrier: 0.3)))
        let state = RealStorage(try device.restState(voltage: 0))
        try device.jump(state.row, to: 2)
        let current = device.electronCurrent(state.row)
        #expect(current > 0 && current.isFinite)
    }
}
