import CompactModel
import Essentials

/// A compact synapse as the explorer computes with it: the grid of dF, the decay times, the law of the energy.
enum ExploreSynapse {
    /// nil where the map or the decays are empty.
    static func json(_ synapse: SynapseModel) -> JSON? {
        let points = synapse.update.points, decays = synapse.decay.points.sorted { $0.bias < $1.bias }
        let (amplitudes, widths) = (Set(points.map(\.amplitude)).sorted(), Set(points.map(\.width)).sorted())
        guard !points.isEmpty, !decays.isEmpty, decays.allSatisfy({ $0.tau > 0 }) else { return nil }
        let steps = amplitudes.map { amplitude in
            widths.map { width in
                (points.first { $0.amplitude == amplitude && $0.width == width }?.deltaConductance ?? 0) * 1e9
            }
        }
        let curve = synapse.decay.sigmoid
        return .object([
            ("label", .string(synapse.device)), ("amplitudes", .numbers(amplitudes)),
            ("widths", .numbers(widths.map { $0 * 1e6 })),
            ("steps", .array(steps.map(JSON.numbers))), ("biases", .numbers(decays.map(\.bias))),
            ("times", .numbers(decays.map(\.tau))), ("step", .number(synapse.decay.step)),
            (
                "sigmoid",
                [
                    "height": .number(curve.height), "slope": .number(curve.slope), "centre": .number(curve.centre),
                    "offset": .number(curve.offset),
                ]
            ),
            ("prefactor", .number(synapse.energy.prefactorPerNanosiemens * 1e12)),
            ("exponent", .number(synapse.energy.exponent)),
            ("read", .number(synapse.readVoltage)),
            ("levels", .numbers(([synapse.weightMap.minimumConductance] + synapse.levels.map(\.read1s)).map { $0 * 1e9 })),
        ])
    }
}
