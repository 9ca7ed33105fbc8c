/// One end of the device: the potential that the metal holds, and how electrons pass.
///
///     psi = V - barrier (no compact layer);   F_n = v_R (n - N_c e^((psi + psi_im - V) / V_T)) into the metal, or n held, or neither
///
/// Emission acts in the contact's plane, inside the well of the image potential; C. R. Crowell, S. M. Sze (1966), whose form this is, put
/// it at the top of the barrier (`BarrierLadder`). Where electrons tunnel v_R is v_R Gamma(E). Source: Docs/device-model.md, section 2.
final class ContactLaw<let B: Int, L: Lane> {
    private let isLeft, holdsPotential, hasElectrons: Bool
    private let electrons: Contact.Electrons
    private let barrier, image: L
    private let emission: Int?
    private let states: Int
    /// N_c / N_c(first) and dE_c of the layer that the contact touches: emission acts on the density of that layer.
    private let share, offset: L
    private let isWeighed: Bool
    private let tunnelling: LocalTunnelling<L>

    init(_ devices: [Device], isLeft: Bool, board: Board<B, L>, hasElectrons: Bool) {
        func contact(_ d: Device) -> Contact { isLeft ? d.left : d.right }
        self.isLeft = isLeft
        self.hasElectrons = hasElectrons
        holdsPotential = !contact(devices[0]).compactCapacitance.isFinite
        electrons = contact(devices[0]).electrons
        barrier = lanes(devices) { contact($0).barrier }
        image = lanes(devices) { ImageForce($0).potential(isLeft ? 0 : $0.thickness) }
        emission = isLeft ? board.indices.leftEmission : board.indices.rightEmission
        // n is counted in the states of the first layer, also at the right contact.
        func touched(_ d: Device) -> Layer { d.layers[isLeft ? 0 : d.layers.count - 1] }
        share = lanes(devices) {
            $0.layers[0].densityOfStates > 0 ? touched($0).densityOfStates / $0.layers[0].densityOfStates : 1
        }
        offset = lanes(devices) { touched($0).bandOffset }
        isWeighed = !isLeft && devices[0].layers.count > 1
        states = board.indices.densityOfStates[0]
        tunnelling = LocalTunnelling(devices, asWellAs: .wkb)
    }

    @inline(__always)
    func add(to board: Board<B, L>) {
        let m = board.matrix
        let (d, b, neighbour) = (m.diagonal, m.right, isLeft ? m.upper : m.lower)
        let i = isLeft ? 0 : board.nodes &- 1
        let voltage = isLeft ? board.voltage : L(0)
        let psi = board.u[board.index(i, 0)]
        if holdsPotential {
            for c in 0..<B { d[m.at(i, 0, c)] = L(c == 0 ? 1 : 0) }
            neighbour[m.at(i, 0, 0)] = L(0)
            b[i &* B] = voltage - barrier - psi
        }
        guard B > 2, hasElectrons, electrons != .blocked else { return }
        let (rates, n) = (board.rates, board.u[board.index(i, 1)])
        // Where the metal holds psi, n at rest does not hang on the iterate of psi.
        let drop = holdsPotential ? image - barrier : psi + image - voltage
        let rest = rates[states] * L.exponential(drop * rates.inverseThermal)
        if let emission {
            var v = isWeighed ? rates[emission] * share * L.exponential(-offset * rates.inverseThermal) : rates[emission]
            if tunnelling.isOn {
                // v_R Gamma at the field of the contact's edge, whose derivative reaches both of its nodes.
                let (edge, layer) = isLeft ? (0, 0) : (board.nodes &- 2, board.stretches.count &- 1)
                let field = board.du[edge] * board.inverse[edge] * rates.thermal
                let exponent = tunnelling.exponent(layer, field: field, inverseThermal: rates.inverseThermal)
                v *= L.bounded(exponent)
                let scaled = L(2) * tunnelling.strength[layer] * board.du[edge] * board.inverse[edge] * board.inverse[edge]
                let byRight = v * (n - rest) * scaled * rates.inverseThermal * rates.inverseThermal
                d[m.at(i, 1, 0)] += isLeft ? -byRight : byRight
                neighbour[m.at(i, 1, 0)] += isLeft ? byRight : -byRight
            }
            b[i &* B &+ 1] -= v * (n - rest)
            d[m.at(i, 1, 1)] += v
            if !holdsPotential { d[m.at(i, 1, 0)] -= v * rest * rates.inverseThermal }
        } else {
            for c in 0..<B { d[m.at(i, 1, c)] = L(c == 1 ? 1 : 0) }
            neighbour[m.at(i, 1, 0)] = L(0)
            neighbour[m.at(i, 1, 1)] = L(0)
            b[i &* B &+ 1] = rest - n
        }
    }
}
