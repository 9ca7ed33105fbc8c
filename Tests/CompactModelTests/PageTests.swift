import CompactModel
import DeviceModel
import Testing

/// The example of the room's documentation page: its code stands here as well (`DocumentationTests` compares them) and runs.
@Suite struct PageTests {
    @Test func theExampleRuns() throws {
        var campaign = Campaign(Device(DeviceParameters()))
        campaign.parts = .decays
        campaign.biases = [-0.6, 0.6]
        let measured = try campaign.run()
        let times = measured.decays.map(\.tau)
        #expect(times.count == 2 && times[0] < times[1])
    }
}
