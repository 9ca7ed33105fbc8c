import Essentials

extension RunRecord.Profile {
    /// Reads the table that `Trace.profileTable` makes: rows of one time and label together are one profile.
    ///
    /// Throws `InputError` naming file, line and column for what is missing or no number. Areal densities are not in such a table.
    public static func load(_ table: Table) throws(InputError) -> [RunRecord.Profile] {
        var profiles: [RunRecord.Profile] = []
        for row in table.rows {
            let (time, label) = (try row.number("time_s"), try row.text("label"))
            let x = try row.number("x_nm")
            if let last = profiles.last, last.time_s == time, last.label == label, let end = last.x_nm.last, x >= end {
            } else {
                profiles.append(
                    .init(
                        time_s: time, voltage_V: try row.number("voltage_V"), temperature_K: try row.number("temperature_K"),
                        label: label))
            }
            let place = profiles.count - 1
            profiles[place].x_nm.append(x)
            for (column, list) in nodes { try row.numberIfGiven(column).map { profiles[place][keyPath: list].append($0) } }
            for (column, list) in edges { try row.numberIfGiven(column).map { profiles[place][keyPath: list].append($0) } }
        }
        return profiles
    }

    private init(time_s: Double, voltage_V: Double, temperature_K: Double, label: String) {
        (self.time_s, self.voltage_V, self.temperature_K, self.label) = (time_s, voltage_V, temperature_K, label)
        (x_nm, psi_V, band_edge_eV, fermi_level_eV, electrons_per_m3) = ([], [], [], [], [])
        (vacancies_per_m3, charge_C_per_m3) = ([], [])
        (edge_x_nm, field_V_per_m, vacancy_flux_per_m2_s, electron_flux_per_m2_s, sheets_per_m2) = ([], [], [], [], [:])
    }

    private typealias List = WritableKeyPath<RunRecord.Profile, [Double]> & Sendable
    private static let nodes: [(String, List)] = [
        ("psi_V", \.psi_V), ("band_edge_eV", \.band_edge_eV), ("fermi_level_eV", \.fermi_level_eV),
        ("electrons_per_m3", \.electrons_per_m3), ("vacancies_per_m3", \.vacancies_per_m3),
        ("charge_C_per_m3", \.charge_C_per_m3),
    ]
    private static let edges: [(String, List)] = [
        ("edge_x_nm", \.edge_x_nm), ("field_V_per_m", \.field_V_per_m), ("vacancy_flux_per_m2_s", \.vacancy_flux_per_m2_s),
        ("electron_flux_per_m2_s", \.electron_flux_per_m2_s),
    ]
}
