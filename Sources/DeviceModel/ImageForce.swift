/// Image potential of an electron between two metals, rounded at a core radius d0.
///
///     psi_im(x) = q / (16 pi eps0 eps_opt) [ (x^2 + d0^2)^(-1/2) + ((L - x)^2 + d0^2)^(-1/2) ]      [V]
///
/// It belongs in the band profile, E_c = -q (psi + psi_im), not in the emission velocity.
/// Source: S. M. Sze, Physics of Semiconductor Devices, section 3.2.4; core and eps_opt as in Docs/device-model.md.
public struct ImageForce: Sendable {
    public let thickness, core: Double
    /// q / (16 pi eps0 eps_opt), V m.
    public let strength: Double

    public init(_ parameters: DeviceParameters) {
        thickness = parameters.thickness
        core = parameters.imageCore
        strength =
            parameters.opticalPermittivity.isFinite
            ? Constants.charge / (16 * .pi * Constants.vacuumPermittivity * parameters.opticalPermittivity) : 0
    }

    /// psi_im at distance `x` (m) from Pt, V.
    public func potential(_ x: Double) -> Double {
        let far = thickness - x
        return strength * (1 / (x * x + core * core).squareRoot() + 1 / (far * far + core * core).squareRoot())
    }
}
