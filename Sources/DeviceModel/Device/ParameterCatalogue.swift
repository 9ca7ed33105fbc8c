import Essentials

extension ParameterSpecification {
    /// Every parameter of the model, in the order in which files and reports list them.
    ///
    /// The ranges are the edge of sense, not of plausibility: beyond them the model's own assumptions fail. What the
    /// literature says of a value stands in the file, beside the value. Source: Docs/device-model.md, sections 2 and 3.
    public static let all: [ParameterSpecification] = geometry + electrostatics + electrons + vacancies + platinum + traps + heat

    /// Sections in file order.
    public static let sections = ["geometry", "electrostatics", "electrons", "vacancies", "platinum", "traps", "heat"]

    static let geometry: [ParameterSpecification] = [
        .init(
            "geometry", "thickness", "L", "thickness of the SrTiO3 layer", unit: "nm", in: 5...500,
            because: "thinner, electrons tunnel through; thicker, trap-free quasi-stationary transport fails", \.thickness),
        .init(
            "geometry", "area", "A", "area that carries the current", unit: "nm2", in: 1...1e8,
            because: "from one nanometre squared to ten micrometres squared", \.area),
    ]

    static let electrostatics: [ParameterSpecification] = [
        .init(
            "electrostatics", "permittivity", "eps_r", "relative permittivity at zero field", unit: "-", in: 1...10_000,
            because: "vacuum to quantum-paraelectric SrTiO3 at 10 K", \.permittivity),
        .init(
            "electrostatics", "high_field_permittivity", "eps_h", "high-field limit of the permittivity", unit: "-",
            in: 1...10_000, because: "vacuum to the zero-field value", \.highFieldPermittivity),
        .init(
            "electrostatics", "permittivity_field", "E_c", "field at which the permittivity falls", unit: "V/m",
            in: 1e4...1e12, because: ".inf switches the fall with field off", infinity: true, \.permittivityField),
        .init(
            "electrostatics", "compact_capacitance", "C_i", "capacitance of the compact layer at Pt", unit: "F/m2",
            in: 1e-3...10, because: "a vacuum gap of 9 nm to one of 0.9 pm, filled or not", \.compactCapacitance),
        .init(
            "electrostatics", "donor_density", "N_dop", "fixed positive charge of donor type", unit: "1/m3", in: 0...1e27,
            because: "the layer is treated as depleted; 1e27 is one donor in 17 cells", \.donorDensity),
    ]

    static let electrons: [ParameterSpecification] = [
        .init(
            "electrons", "platinum_barrier", "phi_B", "barrier of the Pt contact", unit: "eV", in: 0.1...3.2,
            because: "thermionic contact inside the 3.2 eV gap of SrTiO3", \.platinumBarrier),
        .init(
            "electrons", "titanium_barrier", "phi_Ti", "effective barrier of the Ti contact", unit: "eV", in: 0...3.2,
            because: "at most the 3.2 eV gap of SrTiO3", \.titaniumBarrier),
        .init(
            "electrons", "electron_mobility", "mu_n", "electron mobility at T0", unit: "cm2/(V s)", in: 1e-3...1e5,
            because: "hopping to the purest SrTiO3 at 2 K", \.electronMobility),
        .init(
            "electrons", "mobility_exponent", "m", "exponent of the mobility, T^-m", unit: "-", in: 0...5,
            because: "no phonon mechanism is steeper", \.mobilityExponent),
        .init(
            "electrons", "density_of_states", "N_c", "effective density of states at T0", unit: "1/m3", in: 1e23...1e28,
            because: "effective masses from 0.025 to 54 at 300 K", \.densityOfStates),
        .init(
            "electrons", "richardson_velocity", "v_R", "thermionic emission velocity at T0", unit: "m/s", in: 1...1e6,
            because: "slower would block the contact, faster exceeds the Fermi velocity of metals", \.richardsonVelocity),
        .init(
            "electrons", "optical_permittivity", "eps_opt", "permittivity of the image potential", unit: "-", in: 1...10_000,
            because: "vacuum to the static limit (which switches the image force nearly off)", \.opticalPermittivity),
        .init(
            "electrons", "image_core", "d0", "core radius of the image potential", unit: "nm", in: 0.02...5,
            because: "must be resolved by the quadrature and stay an atomic length", \.imageCore),
    ]

    static let vacancies: [ParameterSpecification] = [
        .init(
            "vacancies", "charge_number", "z", "charge number of the vacancy", unit: "-", in: 1...2,
            because: "oxygen vacancies are singly or doubly ionised", \.chargeNumber),
        .init(
            "vacancies", "vacancy_background", "c_bulk", "vacancies in the fresh layer", unit: "1/m3", in: 1...1e27,
            because: "positive, and below one vacancy in 17 cells", \.vacancyBackground),
        .init(
            "vacancies", "vacancy_diffusivity", "D", "diffusivity of vacancies at T0", unit: "m2/s", in: 0...1e-10,
            because: "0 (frozen) to that of SrTiO3 near 1500 K", \.vacancyDiffusivity),
        .init(
            "vacancies", "vacancy_diffusivity_prefactor", "nu a^2", "prefactor of the diffusivity", unit: "m2/s",
            in: 0...1e-2, because: "at least the diffusivity itself (equal: no activation)", \.vacancyDiffusivityPrefactor),
        .init(
            "vacancies", "hop_distance", "a", "hop distance", unit: "nm", in: 0.1...2, because: "an interatomic distance",
            \.hopDistance),
        .init(
            "vacancies", "first_plane", "a1", "width of the first lattice plane", unit: "nm", in: 0.1...2,
            because: "an interatomic distance", \.firstPlane),
        .init(
            "vacancies", "maximum_density", "c_max", "site density of the lattice gas", unit: "1/m3", in: 1e25...5.1e28,
            because: "above the background, at most the 5.04e28 oxygen sites of SrTiO3", \.maximumDensity),
    ]
}
