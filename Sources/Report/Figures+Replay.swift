import Essentials
import GameAccount

extension Figure {
    /// F of some synapses of a game: the device, the state model, the tables that networks play on, and the network's own cell.
    ///
    /// At most six synapses, the first ones; nil where there is none. Throws `InputError` when the template is broken.
    package static func replay(_ courses: [GameReplay.Course], inputs: Int, steps: Int) throws(InputError) -> Figure? {
        guard !courses.isEmpty else { return nil }
        let models: [(String, KeyPath<GameReplay.Moment, Double>)] = [
            ("network (W, F and Lambda)", \.network), ("device", \.device), ("state model", \.state), ("tables", \.cell),
        ]
        var rows: [JSON] = []
        for (k, course) in courses.prefix(6).enumerated() {
            let name =
                "unit \(course.synapse / inputs), input \(course.synapse % inputs): W \(rounded(course.weight)), \(course.pulses) pulses"
            for (model, path) in models {
                let values = [0] + course.moments.map { $0[keyPath: path] * 1e9 }
                let times = [0] + course.moments.map { Double($0.step) }
                for i in Thinning.indices(of: values, limit: 900) {
                    rows.append([
                        "k": .number(Double(k)), "n": .string(name), "m": .string(model), "t": .number(times[i]),
                        "f": .number(values[i]),
                    ])
                }
            }
        }
        let spec = try FigureTemplate("replay.vl.json", PackageResources.replay_vl_json).filled(
            data: ["courses": rows],
            values: ["models": .strings(models.map(\.0)), "steps": .numbers([0, Double(max(steps, 1))])])
        return Figure(
            "replay", "Figure 4c in physics", "Synapses of a game on the device and on its models", wide: true,
            paper: "The short-term weight of one synapse while the agent plays.",
            ours: "\(min(courses.count, 6)) of \(courses.count) synapses, the one with the largest update first.",
            difference: "The paper's weight is that of its cell; here the device lives through the same pulses.", spec: spec)
    }

    private static func rounded(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
}
