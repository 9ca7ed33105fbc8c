extension ParameterRule {
    /// Every number of a layer, in the order in which files and reports list them, and where it stands in `Layer`.
    ///
    /// The ranges are the edge of sense, not of plausibility: beyond them the model's own assumptions fail. What the
    /// literature says of a value stands in the file, beside the value. Source: Docs/device-model.md, sections 2 and 3.
    // swift-format-ignore
    static let layer: [(rule: ParameterRule, path: any WritableKeyPath<Layer, Double> & Sendable)] = [
        (.init("thickness", "L", "thickness of the layer", unit: "nm", in: 1...500,
            because: "thinner, electrons tunnel through; thicker, trap-free quasi-stationary transport fails"), \.thickness),
        (.init("permittivity", "eps_r", "relative permittivity at zero field", unit: "-", in: 1...10_000,
            because: "vacuum to quantum-paraelectric SrTiO3 at 10 K"), \.permittivity),
        (.init("high_field_permittivity", "eps_h", "high-field limit of the permittivity", unit: "-",
            in: 1...10_000, because: "vacuum to the zero-field value", standard: 1), \.highFieldPermittivity),
        (.init("permittivity_field", "E_c", "field at which the permittivity falls", unit: "V/m",
            in: 1e4...1e12, because: ".inf switches the fall with field off", infinity: true, standard: .infinity), \.permittivityField),
        (.init("donor_density", "N_dop", "fixed charge of donor type (below 0: of acceptor type)", unit: "1/m3", in: -1e27...1e27,
            because: "the layer is treated as depleted; 1e27 is one donor in 17 cells of SrTiO3", standard: 0), \.donorDensity),
        (.init("band_offset", "dE_c", "conduction band above that of the first layer", unit: "eV", in: -5...5,
            because: "within the gap of an oxide", standard: 0), \.bandOffset),
        (.init("electron_mobility", "mu_n", "electron mobility at T0", unit: "cm2/(V s)", in: 1e-3...1e5,
            because: "hopping to the purest SrTiO3 at 2 K"), \.electronMobility),
        (.init("mobility_exponent", "m", "exponent of the mobility, T^-m", unit: "-", in: 0...5,
            because: "no phonon mechanism is steeper"), \.mobilityExponent),
        (.init("density_of_states", "N_c", "effective density of states at T0", unit: "1/m3", in: 1e23...1e28,
            because: "effective masses from 0.025 to 54 at 300 K"), \.densityOfStates),
        (.init("optical_permittivity", "eps_opt", "permittivity of the image potential", unit: "-", in: 1...10_000,
            because: "vacuum to the static limit; .inf: no image force", infinity: true), \.opticalPermittivity),
        (.init("image_core", "d0", "core radius of the image potential", unit: "nm", in: 0.02...5,
            because: "must be resolved by the quadrature and stay an atomic length", standard: 0.3e-9), \.imageCore),
        (.init("tunnelling_mass", "m_t", "mass with which electrons tunnel", unit: "-", in: 0.05...20,
            because: "lighter than any band of an oxide; .inf: no tunnelling", infinity: true, standard: .infinity), \.tunnellingMass),
        (.init("vacancy_background", "c_bulk", "vacancies in the fresh layer", unit: "1/m3", in: 1...1e27,
            because: "positive, and below one vacancy in 17 cells of SrTiO3"), \.vacancyBackground),
        (.init("vacancy_diffusivity", "D", "diffusivity of vacancies at T0", unit: "m2/s", in: 0...1e-10,
            because: "0 (frozen) to that of SrTiO3 near 1500 K"), \.vacancyDiffusivity),
        (.init("vacancy_diffusivity_prefactor", "nu a^2", "prefactor of the diffusivity", unit: "m2/s", in: 0...1e-2,
            because: "at least the diffusivity itself (equal: no activation)", prefactorOf: "vacancy_diffusivity"),
            \.vacancyDiffusivityPrefactor),
        (.init("hop_distance", "a", "hop distance", unit: "nm", in: 0.1...2, because: "an interatomic distance"), \.hopDistance),
        (.init("first_plane", "a1", "spacing of the lattice planes at the ends", unit: "nm", in: 0.1...2,
            because: "an interatomic distance"), \.plane),
    ]

    /// v_R of electrons that come from the metal into a layer: its material's, unless the contact has its own.
    static let emissionVelocity = ParameterRule(
        "richardson_velocity", "v_R", "thermionic emission velocity at T0", unit: "m/s", in: 1...1e6,
        because: "slower would block the contact, faster exceeds the Fermi velocity of metals")

    /// The rule of a layer's key.
    static func layer(_ key: String) -> ParameterRule {
        guard let found = layer.first(where: { $0.rule.key == key }) else { preconditionFailure("no layer has a \(key)") }
        return found.rule
    }
}
