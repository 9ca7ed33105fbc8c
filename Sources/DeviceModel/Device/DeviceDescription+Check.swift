import Essentials

extension DeviceDescription {
    /// Conditions between numbers. Throws `InputError` naming both.
    func check() throws(InputError) {
        for entry in entries {
            guard let rate = entry.rule.prefactorOf else { continue }
            let path = "\(entry.section).\(rate)"
            guard let other = entries.first(where: { $0.path == path }) else { continue }
            try demand(
                entry.value >= other.value, entry.path, "is below \(path): a negative activation energy",
                "at least \(other.value) \(entry.unit.baseUnit.symbol)")
        }
        let device = device
        try demand(
            device.maximumTemperature > device.ambientTemperature, "heat.maximum_temperature",
            "\(device.maximumTemperature) K is not above ambient_temperature \(device.ambientTemperature) K",
            "more than ambient_temperature")
        for layer in device.layers { try check(layer, of: device) }
        let thickness = ParameterRule.layer("thickness").unit
        try demand(
            device.thickness >= 5e-9, "layers",
            "are \(thickness.rounded(device.thickness)) thick together: electrons tunnel through",
            "at least 5 nm")
        for sheet in device.left.sheets where sheet.depth > 0 {
            try demand(
                sheet.depth < device.thickness, "left.sheets.\(sheet.name).depth", "is not inside the layers",
                "below their thickness, \(thickness.rounded(device.thickness))")
        }
        _ = try device.checkedStoichiometry()
    }

    private func check(_ layer: Layer, of device: Device) throws(InputError) {
        let place = "layers.\(layer.name)"
        // With an infinite field scale the permittivity is constant and its high-field limit without meaning.
        try demand(
            layer.highFieldPermittivity <= layer.permittivity || layer.permittivityField == .infinity,
            "\(place).high_field_permittivity", "\(layer.highFieldPermittivity) is above permittivity \(layer.permittivity)",
            "at most permittivity (equal: constant)")
        try demand(
            layer.vacancyBackground < device.maximumDensity, "\(place).vacancy_background",
            "is not below the sites of the vacancies",
            "less than \(device.maximumDensity) 1/m3")
        let charge = abs(layer.donorDensity + device.chargeNumber * layer.vacancyBackground)
        let bending =
            Constants.charge * charge * layer.thickness * layer.thickness
            / (2 * Constants.vacuumPermittivity * layer.permittivity)
        try demand(
            bending <= 100, "\(place).donor_density",
            "and vacancy_background would bend the band of the depleted layer by \(PhysicalUnit("V", .voltage).rounded(bending)): it could not be depleted",
            "q (N_dop + z c_bulk) L^2 / (2 eps0 eps_r) of at most 100 V")
        let thickness = ParameterRule.layer("thickness").unit
        let planes = device.layers.count == 1 ? 10.0 : 2
        try demand(
            layer.thickness >= planes * layer.plane, "\(place).first_plane",
            "is more than 1/\(Int(clamped: planes)) of thickness",
            "at most \(thickness.rounded(layer.thickness / planes))")
    }

    private func demand(_ condition: Bool, _ key: String, _ problem: String, _ expected: String) throws(InputError) {
        if !condition { throw InputError(key, problem: problem, expected: expected) }
    }
}
