/// CODATA 2018 values, SI units; k_B/q in eV/K follows from the exact q and k_B.
public enum Constants {
    /// Elementary charge q, C.
    public static let charge = 1.602176634e-19
    /// Boltzmann constant k_B, J/K.
    public static let boltzmann = 1.380649e-23
    /// Vacuum permittivity eps0, F/m.
    public static let vacuumPermittivity = 8.8541878128e-12
    /// Thermal voltage V_T = k_B T / q, V.
    @inlinable
    public static func thermalVoltage(_ temperature: Double) -> Double { boltzmann * temperature / charge }
}
