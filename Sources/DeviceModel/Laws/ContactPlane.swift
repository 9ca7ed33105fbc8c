/// What lies between the metal and the first lattice plane: the compact layer, the contact plane with its sheets, and the step from there.
///
///     psi_metal - psi_s = (D - Q_s) / C_i,    psi_s - psi_0 = lambda E(D)
///
/// D is the displacement between the contact plane and the first lattice plane, where no charge lies (C/m2), Q_s the charge of the sheets.
/// The sheets' charge stands at psi_s, so that a vacancy that hops from there to the first plane gains z q lambda E(D): with the charge
/// anywhere else the hop would have no energy function. lambda = 0: one plane, psi_s = psi_0.
/// Source: Gauss' law; Docs/device-model.md, section 2, `charge`. Cost: a Newton iteration on E where the permittivity falls with field.
struct ContactPlane<L: Lane> {
    /// C_i, F/m2, and lambda, m.
    let capacitance, distance: L
    /// Whether the contact plane of any device stands apart.
    let isApart: Bool
    let permittivity: Permittivity<L>

    init(_ devices: [Device]) {
        capacitance = lanes(devices) { $0.left.compactCapacitance }
        distance = lanes(devices) { $0.left.planeDistance }
        isApart = devices.contains { $0.left.planeDistance > 0 }
        permittivity = Permittivity(devices.map { $0.layers[0] })
    }

    /// Both drops and the displacement, and how they move.
    struct Link {
        /// psi_metal - psi_s and psi_s - psi_0, V.
        var drop, step: L
        /// D less `share` Q_s, C/m2.
        var base: L
        /// -dD/dpsi_0: both capacitances in series, F/m2; dD/dQ_s, also -ddrop/dpsi_0.
        var capacitance, share: L
        /// dstep/dQ_s = -ddrop/dQ_s, m2/F.
        var elastance: L
    }

    /// For `total` = psi_metal - psi_0 (V) and the sheets' charge (C/m2).
    @inline(__always)
    func link(_ total: L, charge: L) -> Link {
        guard isApart else {
            return Link(
                drop: total, step: L(0), base: capacitance * total, capacitance: capacitance, share: L(1), elastance: L(0))
        }
        let inverse = L(1) / capacitance
        let target = total + charge * inverse
        // E from the left of the root of a concave function: Newton's method stays there and converges.
        var field = target / (permittivity.zeroField * inverse + distance)
        var (value, slope) = permittivity.displacement(field)
        if !permittivity.isConstant {
            // D(E) is odd, so that the same holds on the right of the root for E < 0.
            for _ in 0..<60 {
                let move = (target - value * inverse - distance * field) / (slope * inverse + distance)
                field += move
                (value, slope) = permittivity.displacement(field)
                if L.all(L.not(L.isLess(L(1e-14) * field.size, move.size))) { break }
            }
        }
        let series = slope / (slope * inverse + distance)
        let share = series * inverse
        return Link(
            drop: (value - charge) * inverse, step: distance * field, base: value - share * charge, capacitance: series,
            share: share,
            elastance: (L(1) - share) * inverse)
    }
}
