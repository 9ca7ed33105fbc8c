/// Displacement of a layer as a function of the field.
///
///     D(E) = eps0 [ eps_h + (eps_r - eps_h) / sqrt(1 + (E/E_c)^2) ] E
///
/// A constant permittivity is eps_h = eps_r. Source: van den Berg et al., Appl. Phys. Lett. 66, 697 (1995) for the fall with field;
/// the form is the interpolation of Docs/device-model.md, section 2.
struct Permittivity<L: Lane> {
    let isConstant: Bool
    let zeroField, excess, high, inverseScale: L

    /// Of the same layer of every device.
    init(_ layers: [Layer]) {
        func lanes(_ f: (Layer) -> Double) -> L {
            var x = L(0)
            for k in 0..<L.width { x[lane: k] = f(layers[k % layers.count]) }
            return x
        }
        let eps0 = Constants.vacuumPermittivity
        let flat = layers.map { $0.highFieldPermittivity == $0.permittivity || !$0.permittivityField.isFinite }
        isConstant = flat.allSatisfy { $0 }
        zeroField = lanes { eps0 * $0.permittivity }
        high = lanes { eps0 * ($0.permittivityField.isFinite ? $0.highFieldPermittivity : $0.permittivity) }
        excess = zeroField - high
        inverseScale = lanes { $0.permittivityField.isFinite ? 1 / $0.permittivityField : 0 }
    }

    /// D in C/m2 and dD/dE in F/m at field `field` (V/m).
    @inline(__always)
    func displacement(_ field: L) -> (value: L, slope: L) {
        if isConstant { return (zeroField * field, zeroField) }
        let s = field * inverseScale
        let root = L(1) / (L(1) + s * s).root
        return ((high + excess * root) * field, high + excess * root * root * root)
    }

    /// The field (V/m) that carries displacement `displacement` (C/m2), and dE/dD; Newton on the monotonic D(E), from `guess` (V/m) or the
    /// field at zero-field permittivity.
    @inline(__always)
    func field(_ displacement: L, near guess: L? = nil) -> (value: L, slope: L) {
        if isConstant {
            let inverse = L(1) / zeroField
            return (displacement * inverse, inverse)
        }
        var field = guess ?? displacement / zeroField
        for _ in 0..<60 {
            let (value, slope) = self.displacement(field)
            let step = (displacement - value) / slope
            field += step
            // Newton squares its error: what a step of 1e-8 leaves is round-off.
            if L.all(L.not(L.isLess(L(1e-8) * field.size, step.size))) { break }
        }
        return (field, L(1) / self.displacement(field).slope)
    }
}
