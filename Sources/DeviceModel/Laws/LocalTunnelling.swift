/// Tunnelling as a factor at every point of the band, to leading order in hbar: the density of a Boltzmann gas in a linear potential.
///
///     Gamma(E) = exp[ (hbar q E)^2 / (24 m_t m_e (k_B T)^3) ]        e^(-f) -> e^(-f) / Gamma in every resistance
///
/// E is Poisson's field of the edge, so that the image force, which bends the band too fast for it, is left out. Exact in a linear potential,
/// and there the same as thermionic-field emission to leading order; it overstates a barrier whose top the tunnelling energy
/// 3 k_B T lnGamma reaches. T d lnGamma/dT = -3 lnGamma.
/// Source: E. Wigner, Phys. Rev. 40, 749 (1932); J. G. Kirkwood, Phys. Rev. 44, 31 (1933); F. A. Padovani, R. Stratton,
/// Solid-State Electron. 9, 695 (1966).
struct LocalTunnelling<L: Lane> {
    /// Whether any device tunnels so.
    let isOn: Bool
    /// hbar^2 / (24 m_t m_e q) of each layer, V m2: times E^2 / V_T^3 it is lnGamma.
    let strength: [L]

    /// - other: a form of tunnelling for which the factor stands in, as drift-diffusion electrons take it for `wkb`.
    init(_ devices: [Device], asWellAs other: Device.Tunnelling = .local) {
        func acts(_ device: Device) -> Bool { device.tunnelling == .local || device.tunnelling == other }
        let hbar = 1.054571817e-34, electronMass = 9.1093837015e-31
        isOn = devices.contains { acts($0) && $0.layers.contains { $0.tunnellingMass.isFinite } }
        strength = devices[0].layers.indices.map { k in
            lanes(devices) { acts($0) ? hbar * hbar / (24 * $0.layers[k].tunnellingMass * electronMass * Constants.charge) : 0 }
        }
    }

    /// lnGamma in layer `layer` at field `field` (V/m) and 1/V_T.
    @inline(__always)
    func exponent(_ layer: Int, field: L, inverseThermal: L) -> L {
        let scaled = field * inverseThermal
        return strength[layer] * scaled * scaled * inverseThermal
    }
}
