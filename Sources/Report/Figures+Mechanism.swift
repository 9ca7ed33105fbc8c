import Essentials
import Foundation

extension FigureBuilder {
    /// Fig. 2b, which the paper draws as a sketch: vacancies, band, field and decay as computed.
    func figure2b() throws(InputError) -> Figure {
        var rows: [JSON] = [], fields: [JSON] = []
        for profile in data.profiles {
            let (x, name) = (profile.position.map { $0 * 1e9 }, JSON.string(profile.name))
            for i in x.indices {
                rows.append([
                    "m": name, "x": .number(x[i]), "e": .number(profile.bandEdge[i]),
                    "c": .number(max(profile.vacancies[i], 1e18) / 1e6),
                ])
            }
            for (i, field) in zip(x.indices.dropLast(), profile.fields) {
                fields.append(["m": name, "x": .number(0.5 * (x[i] + x[i + 1])), "e": .number(field / 1e8)])
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
                data: ["profiles": rows, "fields": fields, "decays": decays], values: momentScale)
        return Figure(
            "fig2b", "Figure 2b", "Vacancies, band and field around a 3.5 V, 500 us pulse", wide: true,
            paper:
                "A sketch of the mechanism: generation at Pt, drift, back-diffusion, and the barrier at Pt that they lower. No numbers.",
            ours: spec == nil
                ? missing
                : "From left to right: vacancies near Pt; conduction band edge (without the image force) over the Fermi level "
                    + "of Ti, and field (positive towards Ti), both at 0.6 V but for the end of the pulse, at 3.5 V; F at 0.6 V, and "
                    + "where nothing moves in the layer from the base state on.",
            difference: "The paper's figure is drawn, not measured: nothing here is held to it.",
            unstated: "The paper draws this as a sketch, without numbers.", spec: spec)
    }

    /// Where the resistance of a 0.6 V read lies, and where its change by a pulse does; not in the paper.
    func readResistance() throws(InputError) -> Figure {
        var shares: [JSON] = [], changes: [JSON] = []
        let before = data.profiles.first
        for (k, profile) in data.profiles.enumerated() {
            for point in Self.shares(of: profile, since: k == 0 ? nil : before) {
                let place: [(String, JSON)] = [
                    ("m", .string(profile.name)), ("x", .number(point.position * 1e9)), ("n", .number(Double(point.number))),
                ]
                shares.append(.object(place + [("s", .number(point.share))]))
                if let change = point.ofChange { changes.append(.object(place + [("s", .number(change))])) }
            }
        }
        let spec =
            shares.isEmpty
            ? nil
            : try FigureTemplate("read-resistance.vl.json", PackageResources.read_resistance_vl_json).filled(
                data: ["shares": shares, "changes": changes], values: momentScale)
        let halves = data.profiles.compactMap { profile in
            profile.leftShareOfChange.map { "\(number($0)) (\(profile.name))" }
        }
        let totals = data.profiles.map { "\(number($0.totalResistance / 1e6)) MOhm (\($0.name))" }
        return Figure(
            "read-resistance", "Beside Figure 2b", "Share of the 0.6 V read's resistance along the layer", wide: true,
            paper: "Not in the paper, whose words place the read's change at the Pt contact.",
            ours: spec == nil
                ? missing
                : "Left: resistance from Pt to x over that of the whole device, every ion where it is at that moment (at the "
                    + "end of the pulse: behind its falling edge); a step at either end is the emission at that contact. Right: "
                    + "the same of the change since before the pulse. Share of the change in the half at Pt: "
                    + "\(halves.joined(separator: ", ")). The whole read: \(totals.joined(separator: ", ")).",
            difference:
                "Quasi-stationary electrons: resistances in series along x. A share can pass 1 where another part of the "
                + "layer changes the other way.",
            unstated: "The paper does not show where along the layer the resistance lies.", spec: spec)
    }

    /// A place in a read's resistance: position (m) and number in the order from Pt, share of the whole and of the whole's change.
    struct ResistanceShare: Equatable {
        var position: Double
        var number: Int
        var share: Double
        var ofChange: Double?
    }

    /// Cumulative shares from the metal at x = 0 to behind the right contact: 0 first, 1 last.
    static func shares(of profile: FigureData.Profile, since before: FigureData.Profile?) -> [ResistanceShare] {
        func places(_ p: FigureData.Profile) -> [Double] { [0] + p.resistance + [p.totalResistance] }
        let position = profile.position.prefix(1) + profile.position + profile.position.suffix(1)
        let (now, old) = (places(profile), before.map(places))
        return position.indices.map { i in
            ResistanceShare(
                position: position[i], number: i, share: now[i] / profile.totalResistance,
                ofChange: old.map { (now[i] - $0[i]) / (profile.totalResistance - $0[$0.count - 1]) })
        }
    }

    /// Names and colours of the moments around the pulse.
    private var momentScale: [String: JSON] {
        let colours = ["@muted", "@ours", "@a4", "@a3", "@a2"]
        return [
            "moments": .strings(data.profiles.map(\.name)), "colours": .strings(Array(colours.prefix(data.profiles.count))),
        ]
    }
}
