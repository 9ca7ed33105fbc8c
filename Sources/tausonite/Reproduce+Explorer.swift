import DeviceModel
import Essentials
import Foundation
import Protocols
import Report
import Simulation

extension Reproduce {
    /// What the explorer's page beside the report shows of the device.
    private static let protocols: [(name: String, sentences: [String])] = [
        ("a strong pulse", ["Hold 0.6 V for 1 s", "Pulse 3.5 V for 500 us", "Hold 0.6 V for 100 s"]),
        ("a weak pulse", ["Hold 0.6 V for 1 s", "Pulse 2 V for 100 us", "Hold 0.6 V for 100 s"]),
        ("a strong pulse, then -0.6 V", ["Hold 0.6 V for 1 s", "Pulse 3.5 V for 500 us", "Hold -0.6 V for 10 s"]),
        ("a SET train", ["Rest for 1 s", "Train 20 x 4 V for 500 us with 0.1 s gaps", "Rest for 240 s"]),
        ("a loop", ["Rest for 1 s", "Sweep 0 V to 2 V at 1 V/s", "Sweep to -2 V at 1 V/s", "Sweep to 0 V at 1 V/s"]),
    ]
    private static let others = ["pt-sto-ti", "pt-sto-ti-store", "pt-sto-ti-drift", "pt-sto-ti-traps"]

    /// The device under each of these, and the other shipped devices under the first; one that does not come through is left out with a word.
    static func explored(_ description: DeviceDescription, note: (String) -> Void) throws -> [ExploreRun] {
        let shipped = try others.map { name in
            try DeviceDescription.load(
                path: ProjectFiles.shipped("Materials/\(name).yaml"), overrides: [],
                materials: [ProjectFiles.shipped("Materials/materials")])
        }
        let devices = [description] + shipped.filter { $0.digest != description.digest }
        let jobs = protocols.map { (description, $0) } + devices.dropFirst().map { ($0, protocols[0]) }
        let outcomes = try concurrentMap(jobs.count) { index -> (run: ExploreRun?, reason: String) in
            let (device, item) = jobs[index]
            let experiment = try Experiment(name: item.name, sentences: item.sentences)
            do {
                let assembled = try AssembledDevice(device.device)
                return (try Explorer.run(device, assembled, experiment, label: item.name), "")
            } catch let stop as Trace.Stop {
                return (nil, "\(device.name), \(item.name): \(stop.reason); left out of explore.html")
            }
        }
        for outcome in outcomes where outcome.run == nil { note(outcome.reason) }
        return outcomes.compactMap(\.run)
    }
}
