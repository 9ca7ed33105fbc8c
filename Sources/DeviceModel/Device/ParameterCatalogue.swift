extension ParameterSpecification {
    /// Every parameter of the one-layer memristor by its short name, section by section of an old file.
    public static let all: [ParameterSpecification] =
        geometry + electrostatics + electrons + tunnelling + vacancies + platinum + activatedHop + traps + heat

    /// Sections of an old file, in order.
    public static let sections = ["geometry", "electrostatics", "electrons", "vacancies", "platinum", "traps", "heat"]

    /// A number of the layer, under the same key.
    private static func layer(
        _ section: String, _ key: String, in range: ClosedRange<Double>? = nil, because reason: String? = nil,
        _ path: any WritableKeyPath<DeviceParameters, Double> & Sendable
    ) -> ParameterSpecification {
        ParameterSpecification(
            section, key, at: "layers.*.\(key)", ParameterRule.layer(key).narrowed(in: range, because: reason), path)
    }

    /// A number of a reaction at Pt.
    private static func reaction(
        _ section: String, _ key: String, _ place: String, symbol: String? = nil, optional: Bool = false,
        hop: DeviceParameters.Hop = .rates, _ path: any WritableKeyPath<DeviceParameters, Double> & Sendable
    ) -> ParameterSpecification {
        let parts = place.split(separator: ".").map(String.init)
        let law = DeviceStructure.memristorReactions(hop).first { $0.name == parts[0] }?.law ?? ""
        return ParameterSpecification(
            section, key, at: "left.reactions.\(place)", RateLaws.rule(law, parts[1]).narrowed(symbol: symbol),
            optional: optional, path)
    }

    static let geometry: [ParameterSpecification] = [
        layer("geometry", "thickness", in: 5...500, \.thickness),
        .init("geometry", "area", at: "area", .area, \.area),
    ]

    static let electrostatics: [ParameterSpecification] = [
        layer("electrostatics", "permittivity", \.permittivity),
        layer("electrostatics", "high_field_permittivity", \.highFieldPermittivity),
        layer("electrostatics", "permittivity_field", \.permittivityField),
        .init(
            "electrostatics", "compact_capacitance", at: "left.compact_layer.capacitance", .capacitance, \.compactCapacitance),
        layer("electrostatics", "donor_density", in: 0...1e27, \.donorDensity),
    ]

    static let electrons: [ParameterSpecification] = [
        .init(
            "electrons", "platinum_barrier", at: "left.electrons.barrier",
            ParameterRule.barrier.narrowed(
                symbol: "phi_B", name: "barrier of the Pt contact", in: 0.1...3.2,
                because: "thermionic contact inside the 3.2 eV gap of SrTiO3"), \.platinumBarrier),
        .init(
            "electrons", "titanium_barrier", at: "right.electrons.barrier",
            ParameterRule.barrier.narrowed(
                symbol: "phi_Ti", name: "effective barrier of the Ti contact", in: 0...3.2,
                because: "at most the 3.2 eV gap of SrTiO3"),
            \.titaniumBarrier),
        layer("electrons", "electron_mobility", \.electronMobility),
        layer("electrons", "mobility_exponent", \.mobilityExponent),
        layer("electrons", "density_of_states", \.densityOfStates),
        .init("electrons", "richardson_velocity", at: "layers.*.richardson_velocity", .emissionVelocity, \.richardsonVelocity),
        .init(
            "electrons", "optical_permittivity", at: "layers.*.optical_permittivity",
            ParameterRule.layer("optical_permittivity").finite,
            \.opticalPermittivity),
        layer("electrons", "image_core", \.imageCore),
    ]

    /// No file of the old form has it.
    public static let tunnelling: [ParameterSpecification] = [
        .init(
            "electrons", "tunnelling_mass", at: "layers.*.tunnelling_mass", ParameterRule.layer("tunnelling_mass"),
            optional: true, \.tunnellingMass)
    ]

    static let vacancies: [ParameterSpecification] = [
        .init("vacancies", "charge_number", at: "species.vacancies.charge", .charge, \.chargeNumber),
        layer("vacancies", "vacancy_background", \.vacancyBackground),
        layer("vacancies", "vacancy_diffusivity", \.vacancyDiffusivity),
        layer("vacancies", "vacancy_diffusivity_prefactor", \.vacancyDiffusivityPrefactor),
        layer("vacancies", "hop_distance", \.hopDistance),
        layer("vacancies", "first_plane", \.firstPlane),
        .init(
            "vacancies", "maximum_density", at: "species.vacancies.sites",
            ParameterRule.sites.narrowed(
                in: 1e25...5.1e28, because: "above the background, at most the 5.04e28 oxygen sites of SrTiO3"),
            \.maximumDensity),
    ]

    static let platinum: [ParameterSpecification] = [
        reaction("platinum", "redox_potential", "redox.potential", \.redoxPotential),
        reaction("platinum", "oxygen_reference", "redox.oxygen_reference", \.oxygenReference),
        .init(
            "platinum", "site_density", at: "left.sheets.plane.sites",
            ParameterRule.sheetSites.narrowed(
                symbol: "N_st", name: "sites in the contact plane", in: 1e15...1e20,
                because: "at most some sites per surface cell (6.6e18 1/m2)"
            ).finite, \.siteDensity),
        reaction("platinum", "redox_rate", "redox.rate", \.redoxRate),
        reaction("platinum", "redox_symmetry", "redox.symmetry", \.redoxSymmetry),
        reaction("platinum", "forward_hop_rate", "hop.forward_rate", \.forwardHopRate),
        reaction("platinum", "hop_activation", "hop.activation", \.hopActivation),
        reaction("platinum", "backward_hop_velocity", "hop.backward_velocity", \.backwardHopVelocity),
        reaction("platinum", "hop_field_length", "hop.field_length", \.hopFieldLength),
        reaction("platinum", "hop_symmetry", "hop.symmetry", \.hopSymmetry),
        reaction("platinum", "oxygen_loss_rate", "store.loss_rate", \.oxygenLossRate),
        reaction("platinum", "oxygen_loss_prefactor", "store.loss_prefactor", \.oxygenLossPrefactor),
        reaction("platinum", "oxygen_return_rate", "store.return_rate", \.oxygenReturnRate),
        reaction("platinum", "oxygen_return_prefactor", "store.return_prefactor", \.oxygenReturnPrefactor),
        .init(
            "platinum", "oxygen_capacity", at: "left.sheets.stored.sites",
            ParameterRule.sheetSites.narrowed(symbol: "N_pm", name: "capacity of the oxygen store"), \.oxygenCapacity),
    ]

    /// Of a hop with energies in place of rates, and of a contact plane apart from the first one; no file of the old form has them.
    public static let activatedHop: [ParameterSpecification] = [
        reaction("platinum", "attempt_frequency", "hop.attempt_frequency", optional: true, hop: .activated, \.attemptFrequency),
        reaction("platinum", "forward_hop_energy", "hop.forward_energy", optional: true, hop: .activated, \.forwardHopEnergy),
        reaction(
            "platinum", "backward_hop_energy", "hop.backward_energy", optional: true, hop: .activated, \.backwardHopEnergy),
        .init(
            "platinum", "plane_distance", at: "left.compact_layer.plane_distance", .planeDistance, optional: true,
            \.planeDistance),
    ]

    /// A file without these has no deep traps.
    static let traps: [ParameterSpecification] = [
        reaction("traps", "trap_capture_rate", "trap.capture_rate", optional: true, \.trapCaptureRate),
        reaction("traps", "trap_capture_prefactor", "trap.capture_prefactor", optional: true, \.trapCapturePrefactor),
        reaction("traps", "trap_release_rate", "trap.release_rate", optional: true, \.trapReleaseRate),
        reaction("traps", "trap_release_prefactor", "trap.release_prefactor", optional: true, \.trapReleasePrefactor),
        .init(
            "traps", "trap_density", at: "left.sheets.trapped.sites",
            ParameterRule.sheetSites.narrowed(symbol: "N_tm", name: "density of deep traps"), optional: true, \.trapDensity),
        .init(
            "traps", "trap_depth", at: "left.sheets.trapped.depth",
            ParameterRule.depth.narrowed(symbol: "d_t", name: "depth of the traps below Pt"), optional: true, \.trapDepth),
        reaction("traps", "trap_field_length", "trap.field_length", optional: true, \.trapFieldLength),
    ]

    static let heat: [ParameterSpecification] = [
        .init("heat", "ambient_temperature", at: "heat.ambient_temperature", .ambientTemperature, \.ambientTemperature),
        .init("heat", "thermal_resistance", at: "heat.thermal_resistance", .thermalResistance, \.thermalResistance),
        .init("heat", "maximum_temperature", at: "heat.maximum_temperature", .maximumTemperature, \.maximumTemperature),
    ]
}
