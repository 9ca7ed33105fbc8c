import CompactModel
import Essentials
import Foundation
import Simulation

extension Plot {
    /// The moments of a run that are drawn, with their names.
    func chosen(_ run: PlotRun) -> [(name: String, profile: RunRecord.Profile)] {
        let all = run.profiles
        var places: [Int] = []
        if let moments {
            for moment in moments {
                let nearest = all.indices.min { abs(all[$0].time_s - moment) < abs(all[$1].time_s - moment) }
                if let nearest, !places.contains(nearest) { places.append(nearest) }
            }
        } else if all.count <= Self.mostMoments {
            places = Array(all.indices)
        } else {
            places = (0..<Self.mostMoments).map { $0 * (all.count - 1) / (Self.mostMoments - 1) }
        }
        return places.map { (Self.name(all[$0]), all[$0]) }
    }

    /// "10 us after pulse 1" as it was asked for, or the time; with the voltage.
    private static func name(_ profile: RunRecord.Profile) -> String {
        let isTime = profile.label.isEmpty || profile.label == "corner" || profile.label == "moment"
        let time = isTime ? "\(JSON.digits(Double(String(format: "%.4g", profile.time_s)) ?? 0)) s" : profile.label
        return "\(time), \(JSON.digits((profile.voltage_V * 1e3).rounded() / 1e3)) V"
    }

    /// All names of moments, in order, and a colour for each.
    private func moments(_ able: [PlotRun]) -> [String: JSON] {
        var names: [String] = []
        for run in able { for (name, _) in chosen(run) where !names.contains(name) { names.append(name) } }
        let colours = ["@muted", "@ours", "@a4", "@a3", "@a2", "@third", "@fourth", "@a1"]
        return [
            "moments": .strings(names), "colours": .strings(names.indices.map { colours[$0 % colours.count] }),
            "runs": labels, "legend": legend(true),
        ]
    }

    private func row(_ run: PlotRun, _ name: String, _ x: Double, _ y: Double, _ group: String = "") -> JSON {
        [
            "k": .string(run.label), "m": .string(name), "x": .number(x), "y": .number(y),
            "g": .string("\(run.label) \(name) \(group)"),
        ]
    }

    /// Band edge, and under it the quasi-Fermi level where there is one.
    func band(_ able: [PlotRun]) throws(InputError) -> JSON {
        var edges: [JSON] = [], levels: [JSON] = []
        for run in able {
            for (name, profile) in chosen(run) {
                edges += zip(profile.x_nm, profile.band_edge_eV).map { row(run, name, $0, $1) }
                levels += zip(profile.x_nm, profile.fermi_level_eV).map { row(run, name, $0, $1) }
            }
        }
        return try FigureTemplate("plot-band.vl.json", PackageResources.plot_band_vl_json).filled(
            data: ["edges": edges, "levels": levels], values: moments(able))
    }

    /// A quantity along x at the chosen moments.
    func profile(_ panel: PlotPanel, _ able: [PlotRun]) throws(InputError) -> JSON {
        var rows: [JSON] = []
        let isLogarithmic = panel == .vacancies || panel == .electrons
        for run in able {
            for (name, profile) in chosen(run) {
                func add(_ x: [Double], _ y: [Double], _ factor: Double = 1) {
                    rows += zip(x, y).filter { !isLogarithmic || $1 > 0 }.map { row(run, name, $0, $1 * factor) }
                }
                switch panel {
                case .vacancies: add(profile.x_nm, profile.vacancies_per_m3, 1e-6)
                case .electrons: add(profile.x_nm, profile.electrons_per_m3, 1e-6)
                case .potential: add(profile.x_nm, profile.psi_V)
                case .charge: add(profile.x_nm, profile.charge_C_per_m3, 1e-6)
                case .flux: add(profile.edge_x_nm, profile.vacancy_flux_per_m2_s)
                default: add(profile.edge_x_nm, profile.field_V_per_m, 1e-8)
                }
            }
        }
        guard !rows.isEmpty else {
            throw InputError(
                "--what", value: panel.rawValue, problem: "is empty in these profiles",
                expected: "band, vacancies, potential or field: electrons that tunnel leave no density of their own")
        }
        let quantity: String =
            switch panel {
            case .vacancies: "Vacancies (1/cm³)"
            case .electrons: "Electrons (1/cm³)"
            case .potential: "Potential (V)"
            case .charge: "Charge (C/cm³)"
            case .flux: "Vacancy flux to the right (1/m²s)"
            default: "Field (MV/cm)"
            }
        return try FigureTemplate("plot-profile.vl.json", PackageResources.plot_profile_vl_json).filled(
            data: ["rows": rows],
            values: moments(able).merging([
                "quantity": .string(quantity), "heightScale": FigureTemplate.scale(isLogarithmic: isLogarithmic),
                "heightFormat": isLogarithmic || panel == .flux || panel == .charge ? "~e" : "~f",
            ]) { $1 })
    }

    /// The map of dF over amplitude and width.
    func map(_ run: PlotRun) throws(InputError) -> JSON {
        let points = run.synapse?.update.points ?? []
        let largest = points.map(\.deltaConductance).max() ?? 0
        func width(_ seconds: Double) -> String { "\(JSON.digits((seconds * 1e9).rounded() / 1e3)) us" }
        let cells = points.filter { $0.deltaConductance > 0 }.map { point -> JSON in
            let step = point.deltaConductance * 1e9
            return [
                "a": .string(FigureBuilder.label(point.amplitude)), "w": .string(width(point.width)), "d": .number(step),
                "s": .string(String(format: step < 9.95 ? "%.2f" : "%.1f", step)), "e": .number(point.energy * 1e12),
                "b": .bool(point.deltaConductance > largest / 6),
            ]
        }
        return try FigureTemplate("plot-map.vl.json", PackageResources.plot_map_vl_json).filled(
            data: ["cells": cells],
            values: [
                "run": .string("\(run.label): dF (nS)"), "widths": .strings(Set(points.map(\.width)).sorted().map(width)),
                "amplitudes": .strings(Set(points.map(\.amplitude)).sorted(by: >).map(FigureBuilder.label)),
            ])
    }
}
