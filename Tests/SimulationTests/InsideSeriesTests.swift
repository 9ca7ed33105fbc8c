import DeviceModel
import Essentials
import Protocols
import Testing

@testable import Simulation

/// The inside of a device followed along a run, and its table read back.
struct InsideSeriesTests {
    @Test("Who watches changes no bit; moments are bounded, in order, with the first and the last, and dense around a pulse")
    func watching() throws {
        let experiment = try Experiment(sentences: ["Pulse 3 V for 100 us", "Hold 0.6 V for 10 s"])
        let plain = try DriveTests.simulator().run(experiment.waveform)
        let simulator = try DriveTests.simulator()
        let series = InsideSeries(limit: 40)
        simulator.watcher = series.offer
        let watched = simulator.run(experiment.waveform)
        #expect(watched == plain)
        let times = series.moments.map(\.time)
        #expect(times.count > 20 && times.count <= 41 && times.first == 0)
        #expect(abs(times[times.count - 1] - 10.0001002) < 1e-9 && zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
        #expect(times.count { $0 < 2e-3 } > 8)
        // What was seen at the end is what the device holds.
        #expect(series.moments.last?.inside.vacancies.count == simulator.device.nodes)
        #expect(series.moments.last?.inside.voltage == 0.6)
        let all = InsideSeries(limit: 100_000)
        let again = try DriveTests.simulator()
        again.watcher = all.offer
        _ = again.run(experiment.waveform)
        #expect(all.moments.count == plain.statistics.steps + 1)
    }

    @Test("A table of profiles is read back as it was written")
    func tableReadsBack() throws {
        let simulator = try DriveTests.simulator()
        let trace = simulator.run(
            try Experiment(sentences: ["Pulse 3 V for 100 us", "Hold 0.6 V for 1 s"]).waveform,
            profiles: try ProfileRequest("0 s, 10 us after pulse 1, 1 s"))
        let read = try RunRecord.Profile.load(try Table(csv: trace.profileTable.csv, source: "profiles.csv"))
        #expect(read.count == 3 && read.map(\.label) == ["0 s", "10 us after pulse 1", "1 s"])
        for (profile, written) in zip(read, trace.profiles.map(RunRecord.Profile.init)) {
            #expect(profile.x_nm.count == written.x_nm.count && profile.edge_x_nm.count == written.edge_x_nm.count)
            for (a, b) in zip(profile.band_edge_eV + profile.field_V_per_m, written.band_edge_eV + written.field_V_per_m) {
                #expect(abs(a - b) <= 1e-8 * abs(b))
            }
        }
        let error = #expect(throws: InputError.self) {
            try RunRecord.Profile.load(try Table(csv: "time_s,label\n0,a\n", source: "p.csv"))
        }
        #expect(error?.description.contains("x_nm") == true)
    }
}
