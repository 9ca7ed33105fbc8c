/// What stands at one end of the layer of a `CoupledDevice`; vacancies cannot leave through any of them.
public enum Contact: Equatable, Sendable {
    /// psi = V - barrier and thermionic emission, F_n = v (n - N_c e^((psi + psi_im - V) / V_T)) into the metal.
    ///
    /// `barrier` in V; `velocity` in m/s at T0, ~ T^0.5.
    case schottky(barrier: Double, velocity: Double)
    /// psi = V - barrier and n held at N_c e^((psi + psi_im - V) / V_T): emission of infinite velocity. `barrier` in V.
    case ohmic(barrier: Double)
    /// psi = V - barrier, and electrons cannot pass. `barrier` in V.
    case blocking(barrier: Double)
    /// The Pt contact of the memristor: compact layer, redox, transfer into the first lattice plane, oxygen store; electrons by
    /// thermionic emission over the barrier that the compact layer leaves. All values from `DeviceParameters`. Left end only.
    case reactivePlatinum
}
