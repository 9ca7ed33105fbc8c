import Essentials

extension ParameterSpecification {
    static let platinum: [ParameterSpecification] = [
        .init(
            "platinum", "redox_potential", "phi_r", "redox potential", unit: "V", in: -3.2...3.2,
            because: "within the 3.2 eV gap of SrTiO3", \.redoxPotential),
        .init(
            "platinum", "oxygen_reference", "N_Oref", "reference density of interfacial oxygen", unit: "1/m2",
            in: 1e8...1e20, because: "degenerate with phi_r: a factor of ten is 30 mV", \.oxygenReference),
        .init(
            "platinum", "site_density", "N_st", "sites in the contact plane", unit: "1/m2", in: 1e15...1e20,
            because: "at most some sites per surface cell (6.6e18 1/m2)", \.siteDensity),
        .init(
            "platinum", "redox_rate", "k1", "rate of the fast redox step", unit: "1/s", in: 1e-3...1e13,
            because: "at most an attempt frequency", \.redoxRate),
        .init(
            "platinum", "redox_symmetry", "alpha", "symmetry factor of the redox step", unit: "-", in: 0...1,
            because: "a share", \.redoxSymmetry),
        .init(
            "platinum", "forward_hop_rate", "k_f", "hop into the first plane at T0", unit: "1/s", in: 1e-9...1e13,
            because: "at most an attempt frequency", \.forwardHopRate),
        .init(
            "platinum", "hop_activation", "E_f", "activation energy of both hops", unit: "eV", in: 0...3,
            because: "a higher one would never be overcome at 900 K", \.hopActivation),
        .init(
            "platinum", "backward_hop_velocity", "k_r", "hop back to the contact plane at T0", unit: "m/s",
            in: 1e-22...1e4, because: "at most an attempt frequency times a plane", \.backwardHopVelocity),
        .init(
            "platinum", "hop_field_length", "lambda", "field length of the hops", unit: "nm", in: 0...10,
            because: "the drop over a compact layer of some nanometres", \.hopFieldLength),
        .init(
            "platinum", "hop_symmetry", "beta", "share of the field that the forward hop feels", unit: "-", in: 0...1,
            because: "a share", \.hopSymmetry),
        .init(
            "platinum", "oxygen_loss_rate", "k_p", "loss of interfacial oxygen into the porous Pt at T0", unit: "m2/s",
            in: 0...1e-3, because: "0 closes the store", \.oxygenLossRate),
        .init(
            "platinum", "oxygen_loss_prefactor", "k_p0", "prefactor of the loss", unit: "m2/s", in: 0...1e6,
            because: "at least the rate itself (equal: no activation)", \.oxygenLossPrefactor),
        .init(
            "platinum", "oxygen_return_rate", "k_mp", "return of oxygen from the porous Pt at T0", unit: "1/s",
            in: 0...1e6, because: "0 makes the store final", \.oxygenReturnRate),
        .init(
            "platinum", "oxygen_return_prefactor", "nu", "prefactor of the return (attempt frequency)", unit: "1/s",
            in: 0...1e16, because: "at least the rate itself (equal: no activation)", \.oxygenReturnPrefactor),
        .init(
            "platinum", "oxygen_capacity", "N_pm", "capacity of the oxygen store", unit: "1/m2", in: 1e10...1e24,
            because: ".inf never fills", infinity: true, \.oxygenCapacity),
    ]

    /// A file without this section has no deep traps.
    static let traps: [ParameterSpecification] = [
        .init(
            "traps", "trap_capture_rate", "k_t", "jump from the first plane into a deep trap at T0", unit: "1/s", in: 0...1e6,
            because: "0 switches the traps off", optional: true, \.trapCaptureRate),
        .init(
            "traps", "trap_capture_prefactor", "nu_t", "prefactor of the capture (attempt frequency)", unit: "1/s", in: 0...1e16,
            because: "at least the rate itself (equal: no activation)", optional: true, \.trapCapturePrefactor),
        .init(
            "traps", "trap_release_rate", "k_mt", "jump back at T0", unit: "1/s", in: 0...1e6, because: "0 makes the traps final",
            optional: true, \.trapReleaseRate),
        .init(
            "traps", "trap_release_prefactor", "nu_mt", "prefactor of the release (attempt frequency)", unit: "1/s",
            in: 0...1e16, because: "at least the rate itself (equal: no activation)", optional: true, \.trapReleasePrefactor),
        .init(
            "traps", "trap_density", "N_tm", "density of deep traps", unit: "1/m2", in: 1e10...1e24, because: ".inf never fills",
            infinity: true, optional: true, \.trapDensity),
        .init(
            "traps", "trap_depth", "d_t", "depth of the traps below Pt", unit: "nm", in: 0.2...500,
            because: "inside the layer", optional: true, \.trapDepth),
        .init(
            "traps", "trap_field_length", "lambda_t", "field length of the jump", unit: "nm", in: 0...10,
            because: "up to the longest of the hops at Pt", optional: true, \.trapFieldLength),
    ]

    static let heat: [ParameterSpecification] = [
        .init(
            "heat", "ambient_temperature", "T0", "ambient temperature", unit: "K", in: 200...600,
            because: "the laws at Pt are calibrated at 300 K; below 200 K tunnelling takes over", \.ambientTemperature),
        .init(
            "heat", "thermal_resistance", "R_th", "thermal resistance of the hot spot", unit: "K/W", in: 0...1e9,
            because: "0 switches self-heating off", \.thermalResistance),
        .init(
            "heat", "maximum_temperature", "T_max", "above it a heat balance without a root is electroforming", unit: "K",
            in: 300...2353, because: "up to the melting point of SrTiO3", \.maximumTemperature),
    ]
}
