/// Everything that describes one Pt | SrTiO3 | Ti device, in SI units (energies in J are given in eV at the edges only;
/// here they are in eV where the name says so, because they enter as E / k_B T).
///
/// Symbols and status of each value: `Docs/device-model.md`, section 3; file form: `Materials/*.yaml`.
public struct DeviceParameters: Equatable, Sendable {
    /// Name of the set, as its file gives it.
    public var name = ""

    // Geometry
    /// L, thickness of the SrTiO3 layer, m.
    public var thickness = 40e-9
    /// A, area that carries the current, m2.
    public var area = 2.87e-15

    // Electrostatics
    /// eps_r at zero field, unitless.
    public var permittivity = 320.0
    /// eps_h, high-field limit of the permittivity, unitless; equal to `permittivity` for a constant one.
    public var highFieldPermittivity = 320.0
    /// E_c, field scale of the permittivity's fall, V/m; infinite for a constant permittivity.
    public var permittivityField = Double.infinity
    /// C_i, compact layer at Pt, F/m2.
    public var compactCapacitance = 0.40842
    /// Fixed donor density N_dop, 1/m3.
    public var donorDensity = 0.0
    /// Vacancies in the bulk of the fresh device, 1/m3.
    public var vacancyBackground = 1e20

    // Electrons
    /// phi_B, Pt barrier, V.
    public var platinumBarrier = 0.7294
    /// phi_Ti, Ti barrier, V.
    public var titaniumBarrier = 0.24
    /// mu_n at T0, m2/(V s), and its exponent m in mu_n ~ T^-m.
    public var electronMobility = 6e-4
    /// m in mu_n ~ T^-m.
    public var mobilityExponent = 2.0
    /// N_c at T0, 1/m3, ~ T^1.5.
    public var densityOfStates = 2.5e25
    /// v_R at T0, m/s, ~ T^0.5.
    public var richardsonVelocity = 2.7e4
    /// eps_opt, optical permittivity of the image potential, unitless.
    public var opticalPermittivity = 5.5
    /// d0, core radius of the image potential, m.
    public var imageCore = 0.3e-9

    /// m_t, mass with which electrons tunnel, in electron masses; how they tunnel, and where they are emitted.
    public var tunnellingMass = Double.infinity
    /// How electrons tunnel.
    public var tunnelling = Device.Tunnelling.none
    /// Where electrons are emitted.
    public var emission = Device.Emission.contact

    // Vacancies
    /// z, charge number.
    public var chargeNumber = 2.0
    /// D at T0, m2/s, and its prefactor (attempt frequency times a squared), m2/s; equal values mean no activation.
    public var vacancyDiffusivity = 4.3e-24
    /// Prefactor of D, m2/s.
    public var vacancyDiffusivityPrefactor = 1.521e-6
    /// a, hop distance, m; a1, first lattice plane, m.
    public var hopDistance = 0.39e-9
    /// a1, first lattice plane, m.
    public var firstPlane = 0.39e-9
    /// c_max, site density, 1/m3.
    public var maximumDensity = 1e28

    // Pt side
    /// phi_r, redox potential, V.
    public var redoxPotential = 0.02157
    /// N_Oref, reference density of interfacial oxygen, 1/m2.
    public var oxygenReference = 1.43892e14
    /// N_st, sites in the contact plane, 1/m2.
    public var siteDensity = 6.6e18
    /// k1, rate of the fast redox step, 1/s, and alpha, its symmetry factor.
    public var redoxRate = 1e5
    /// alpha, symmetry factor of the redox step.
    public var redoxSymmetry = 0.5
    /// k_f at T0, hop into the first plane, 1/s; E_f, activation energy of both hops, eV.
    public var forwardHopRate = 5875.0
    /// E_f, activation energy of both hops, eV.
    public var hopActivation = 0.1
    /// k_r at T0, hop back, m/s.
    public var backwardHopVelocity = 6.074e-11
    /// lambda, field length of the hops, m, and beta, the share that the forward hop feels.
    public var hopFieldLength = 1.802e-9
    /// beta, the share of the field that the forward hop feels.
    public var hopSymmetry = 0.0
    /// Which form the hop has; those above are of `rates` (beta of both).
    public var hop = Hop.rates
    /// nu_h, attempt frequency of the activated hop, 1/s; E_f and E_b, its barriers, eV.
    public var attemptFrequency = 1e13
    /// E_f, barrier of the activated hop into the first plane, eV.
    public var forwardHopEnergy = 0.55
    /// E_b, barrier of the activated hop back, eV.
    public var backwardHopEnergy = 0.8
    /// lambda, distance between the contact plane and the first lattice plane, m.
    public var planeDistance = 0.0
    /// k_p at T0, loss of interfacial oxygen into the porous Pt, m2/s, and its prefactor.
    public var oxygenLossRate = 2.9e-21
    /// Prefactor of k_p, m2/s.
    public var oxygenLossPrefactor = 1e-3
    /// k_mp at T0, its return, 1/s, and its prefactor (attempt frequency), 1/s.
    public var oxygenReturnRate = 5.87e-5
    /// Prefactor of k_mp, 1/s.
    public var oxygenReturnPrefactor = 1e13
    /// N_pm, capacity of the store, 1/m2; infinite in set T.
    public var oxygenCapacity = Double.infinity

    // Deep traps (off while k_t is 0)
    /// k_t at T0, jump from the first plane into a deep trap, 1/s, and its prefactor (attempt frequency), 1/s.
    public var trapCaptureRate = 0.0
    /// Prefactor of k_t, 1/s.
    public var trapCapturePrefactor = 1e13
    /// k_mt at T0, jump back, 1/s, and its prefactor, 1/s.
    public var trapReleaseRate = 1e-5
    /// Prefactor of k_mt, 1/s.
    public var trapReleasePrefactor = 1e13
    /// N_tm, density of deep traps, 1/m2; may be infinite.
    public var trapDensity = Double.infinity
    /// d_t, depth of the traps, m; lambda_t, field length of the jump, m.
    public var trapDepth = 15e-9
    /// lambda_t, field length of the jump, m.
    public var trapFieldLength = 0.39e-9

    // Heat
    /// T0, ambient temperature, K.
    public var ambientTemperature = 300.0
    /// R_th, thermal resistance, K/W; zero switches self-heating off.
    public var thermalResistance = 1.826e6
    /// T_max, above which a heat balance without a root is called electroforming, K.
    public var maximumTemperature = 900.0

    /// Form of the hop between the contact plane and the first lattice plane; raw values are names of rate laws.
    public enum Hop: String, Sendable, CaseIterable {
        /// Two rates, one activation energy and a field length (`FieldHop`).
        case rates = "field_hop"
        /// An attempt frequency and two energies; the field length is `planeDistance` (`ActivatedHop`).
        case activated = "activated_hop"
    }

    /// Set T of `Docs/device-model.md` (the recommended set).
    public init() {}
}
