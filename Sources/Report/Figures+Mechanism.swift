import Essentials
import Foundation

extension FigureBuilder {
    /// Fig. 2b, which the paper draws as a sketch: vacancies, band and decay as computed.
    func figure2b() throws(InputError) -> Figure {
        let names = data.profiles.map(\.name)
        let colours = ["@muted", "@ours", "@a4", "@a3", "@a2"]
        var rows: [JSON] = []
        for (k, profile) in data.profiles.enumerated() {
            for i in profile.position.indices {
                rows.append([
                    "k": .number(Double(k)), "m": .string(profile.name), "x": .number(profile.position[i] * 1e9),
                    "e": .number(profile.bandEdge[i]), "c": .number(max(profile.vacancies[i], 1e18) / 1e6),
                ])
            }
        }
        func course(_ samples: [FigureData.Sample], _ name: String) -> [JSON] {
            let start = samples.first?.value ?? 0
            return samples.filter { $0.time >= 1e-3 && start != 0 }.map {
                ["t": .number($0.time), "f": .number($0.value / start), "l": .string(name)]
            }
        }
        let decays =
            course(data.decayWithTransport, "as it is") + course(data.decayWithoutTransport, "nothing moves in the layer")
        let spec =
            rows.isEmpty
            ? nil
            : try FigureTemplate("fig2b.vl.json", PackageResources.fig2b_vl_json).filled(
                data: ["profiles": rows, "decays": decays],
                values: [
                    "moments": .strings(names), "colours": .strings(Array(colours.prefix(names.count))),
                ])
        return Figure(
            "fig2b", "Figure 2b", "Where the vacancies are around a 3.5 V, 500 us pulse", wide: true,
            paper:
                "A sketch of the mechanism: generation at Pt, drift, back-diffusion, and the barrier at Pt that they lower. No numbers.",
            ours: spec == nil
                ? missing
                : "Left: vacancies near Pt. Middle: conduction band edge (without the image force) over the Fermi level of Ti; at 0.6 V, and at "
                    + "3.5 V at the end of the pulse. Right: F at 0.6 V, and where nothing moves in the layer from the base state on.",
            difference: "The paper's figure is drawn, not measured: nothing here is held to it.",
            spec: spec)
    }
}
