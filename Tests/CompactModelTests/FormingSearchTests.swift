import DeviceModel
import Testing

@testable import CompactModel

/// The search for the forming voltage: what it says is what its trials did.
@Suite struct FormingSearchTests {
    @Test("The bracket is closed to its resolution, between an amplitude that was survived and one that formed")
    func bracket() throws {
        var search = FormingSearch(Device(DeviceParameters()))
        (search.from, search.to, search.step, search.resolution) = (4.2, 4.6, 0.1, 0.01)
        let outcome = try search.run()
        let (forms, survives) = (try #require(outcome.forms), try #require(outcome.survives))
        #expect(forms > survives && forms - survives <= 0.01 * (1 + 1e-9))
        for trial in outcome.trials {
            #expect(trial.amplitude >= forms ? trial.time != nil : trial.time == nil, "\(trial.amplitude) V")
        }
        #expect(outcome.trials.contains { $0.amplitude == forms } && outcome.trials.contains { $0.amplitude == survives })
        #expect(outcome.trials.map(\.amplitude) == outcome.trials.map(\.amplitude).sorted())
    }
}
