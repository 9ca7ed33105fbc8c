/// One layer of a device: what its material is, SI units; barriers and offsets are potentials (V).
///
/// Symbols and sources: Docs/device-model.md, section 3; values of materials: Materials/materials.
public struct Layer: Equatable, Sendable {
    /// Name in the device file.
    public var name = "SrTiO3"
    /// L, m.
    public var thickness = 40e-9

    /// eps_r at zero field, unitless; its high-field limit eps_h; the field E_c of its fall, V/m (infinite: constant).
    public var permittivity = 320.0
    /// eps_h, its limit at high field, unitless.
    public var highFieldPermittivity = 320.0
    /// E_c, field of its fall, V/m; infinite: it is constant.
    public var permittivityField = Double.infinity
    /// Fixed charge of donor type N_dop, 1/m3 (below 0: of acceptor type).
    public var donorDensity = 0.0

    /// mu_n at the reference temperature, m2/(V s), and m in mu_n ~ T^-m.
    public var electronMobility = 6e-4
    /// m in mu_n ~ T^-m.
    public var mobilityExponent = 2.0
    /// N_c at the reference temperature, 1/m3, ~ T^1.5.
    public var densityOfStates = 2.5e25
    /// Conduction band edge above that of the first layer, V.
    public var bandOffset = 0.0
    /// eps_opt of the image potential, unitless (infinite: none), and its core radius d0, m.
    public var opticalPermittivity = 5.5
    /// d0, core radius of the image potential, m.
    public var imageCore = 0.3e-9

    /// m_t, mass with which electrons tunnel, in electron masses (infinite: they do not).
    public var tunnellingMass = Double.infinity

    /// Vacancies of the fresh layer, 1/m3.
    public var vacancyBackground = 1e20
    /// D at the reference temperature and its prefactor, m2/s; equal values mean no activation.
    public var vacancyDiffusivity = 4.3e-24
    /// Prefactor of D, m2/s.
    public var vacancyDiffusivityPrefactor = 1.521e-6
    /// a, hop distance, m; a1, spacing of the lattice planes at both ends of the layer, m.
    public var hopDistance = 0.39e-9
    /// a1, spacing of the lattice planes at both ends of the layer, m.
    public var plane = 0.39e-9

    /// The SrTiO3 of set T, 40 nm.
    public init() {}

    /// eps0 eps_r / L at zero field, F/m2.
    public var capacitance: Double { Constants.vacuumPermittivity * permittivity / thickness }
}
