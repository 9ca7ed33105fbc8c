import DeviceModel
import Essentials

extension RunRecord {
    /// The inside of the device at one moment, in the units of the file: lists along x.
    public struct Profile: Codable, Sendable, Equatable {
        /// s, V, K.
        public var time_s, voltage_V, temperature_K: Double
        /// As it was asked for.
        public var label: String
        /// Of every node.
        public var x_nm, psi_V, band_edge_eV, fermi_level_eV, electrons_per_m3, vacancies_per_m3, charge_C_per_m3: [Double]
        /// Of every edge between two nodes.
        public var edge_x_nm, field_V_per_m, vacancy_flux_per_m2_s, electron_flux_per_m2_s: [Double]
        /// Areal densities at the left contact.
        public var sheets_per_m2: [String: Double]

        /// A profile of a trace in these units.
        public init(_ profile: Trace.Profile) {
            let inside = profile.inside
            (time_s, voltage_V, temperature_K, label) = (profile.time, inside.voltage, inside.temperature, profile.label)
            x_nm = inside.position.map { $0 * 1e9 }
            (psi_V, band_edge_eV, fermi_level_eV) = (inside.potential, inside.bandEdge, inside.fermiLevel)
            (electrons_per_m3, vacancies_per_m3, charge_C_per_m3) = (inside.electrons, inside.vacancies, inside.charge)
            edge_x_nm = inside.edgePosition.map { $0 * 1e9 }
            (field_V_per_m, vacancy_flux_per_m2_s) = (inside.field, inside.vacancyFlux)
            (electron_flux_per_m2_s, sheets_per_m2) = (inside.electronFlux, inside.sheets)
        }
    }
}

extension Trace {
    /// All profiles as one long table: a row for each node, with the edge to its right (empty in the last row) beside it.
    public var profileTable: Table { Self.table(of: profiles) }

    /// The same of any list of profiles.
    public static func table(of profiles: [Profile]) -> Table {
        struct Row {
            var profile: Profile
            var node: Int

            func node(_ list: KeyPath<DeviceProfile, [Double]>) -> Double? {
                let values = profile.inside[keyPath: list]
                return values.isEmpty ? nil : values[node]
            }
            func edge(_ list: KeyPath<DeviceProfile, [Double]>) -> Double? {
                let values = profile.inside[keyPath: list]
                return node < values.count ? values[node] : nil
            }
        }
        let rows = profiles.flatMap { profile in profile.inside.position.indices.map { Row(profile: profile, node: $0) } }
        return Table(
            rows,
            columns: [
                ("time_s", { $0.profile.time }), ("label", { $0.profile.label }), ("voltage_V", { $0.profile.inside.voltage }),
                ("temperature_K", { $0.profile.inside.temperature }), ("x_nm", { $0.node(\.position).map { $0 * 1e9 } }),
                ("psi_V", { $0.node(\.potential) }), ("band_edge_eV", { $0.node(\.bandEdge) }),
                ("fermi_level_eV", { $0.node(\.fermiLevel) }), ("electrons_per_m3", { $0.node(\.electrons) }),
                ("vacancies_per_m3", { $0.node(\.vacancies) }), ("charge_C_per_m3", { $0.node(\.charge) }),
                ("edge_x_nm", { $0.edge(\.edgePosition).map { $0 * 1e9 } }), ("field_V_per_m", { $0.edge(\.field) }),
                ("vacancy_flux_per_m2_s", { $0.edge(\.vacancyFlux) }), ("electron_flux_per_m2_s", { $0.edge(\.electronFlux) }),
            ])
    }
}
