/// Displacement of the SrTiO3 as a function of the field.
///
///     D(E) = eps0 [ eps_h + (eps_r - eps_h) / sqrt(1 + (E/E_c)^2) ] E
///
/// A constant permittivity is eps_h = eps_r. Source: van den Berg et al., Appl. Phys. Lett. 66, 697 (1995) for the fall with field;
/// the form is the interpolation of Docs/device-model.md, section 2.
public struct Permittivity: Sendable {
    public let isConstant: Bool
    let zeroField, excess, high, inverseScale: Double

    public init(_ parameters: DeviceParameters) {
        zeroField = Constants.vacuumPermittivity * parameters.permittivity
        high = Constants.vacuumPermittivity * parameters.highFieldPermittivity
        excess = zeroField - high
        isConstant = excess == 0 || !parameters.permittivityField.isFinite
        inverseScale = isConstant ? 0 : 1 / parameters.permittivityField
    }

    /// D in C/m2 and dD/dE in F/m at field `field` (V/m).
    @inline(__always)
    public func displacement(_ field: Double) -> (value: Double, slope: Double) {
        if isConstant { return (zeroField * field, zeroField) }
        let s = field * inverseScale
        let root = 1 / (1 + s * s).squareRoot()
        return ((high + excess * root) * field, high + excess * root * root * root)
    }

    /// The field (V/m) that carries displacement `displacement` (C/m2), and dE/dD; Newton on the monotonic D(E).
    @inline(__always)
    public func field(_ displacement: Double) -> (value: Double, slope: Double) {
        if isConstant { return (displacement / zeroField, 1 / zeroField) }
        var field = displacement / zeroField
        for _ in 0..<60 {
            let (value, slope) = self.displacement(field)
            let step = (displacement - value) / slope
            field += step
            if abs(step) <= 1e-13 * abs(field) { break }
        }
        return (field, 1 / self.displacement(field).slope)
    }
}
