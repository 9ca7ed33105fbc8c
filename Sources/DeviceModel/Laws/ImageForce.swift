/// Image potential of an electron between two metals, rounded at a core radius d0.
///
///     psi_im(x) = q / (16 pi eps0 eps_opt) [ (x^2 + d0^2)^(-1/2) + ((L - x)^2 + d0^2)^(-1/2) ]      [V]
///
/// It belongs in the band profile, E_c = -q (psi + psi_im), not in the emission velocity; eps_opt and d0 are those of the layer at x.
/// Source: S. M. Sze, Physics of Semiconductor Devices, section 3.2.4; core and eps_opt as in Docs/device-model.md.
public struct ImageForce: Sendable {
    /// L of the device, m.
    public let thickness: Double
    private let layers: [(end: Double, strength: Double, core: Double)]

    /// The image potential of the layers of a device.
    public init(_ device: Device) {
        thickness = device.thickness
        var end = 0.0
        layers = device.layers.map { layer in
            end += layer.thickness
            let strength =
                layer.opticalPermittivity.isFinite
                ? Constants.charge / (16 * .pi * Constants.vacuumPermittivity * layer.opticalPermittivity) : 0
            return (end, strength, layer.imageCore)
        }
    }

    /// Whether any layer has an image potential.
    public var isPresent: Bool { layers.contains { $0.strength > 0 } }

    /// psi_im at distance `x` (m) from the left contact, V.
    public func potential(_ x: Double) -> Double {
        let layer = layers.first { x < $0.end } ?? layers[layers.count - 1]
        guard layer.strength > 0 else { return 0 }
        let (far, core) = (thickness - x, layer.core)
        return layer.strength * (1 / (x * x + core * core).squareRoot() + 1 / (far * far + core * core).squareRoot())
    }

    /// dpsi_im/dx (V/m) and d2psi_im/dx2 (V/m2) at distance `x` (m) from the left contact.
    func bend(_ x: Double) -> (slope: Double, curvature: Double) {
        let layer = layers.first { x < $0.end } ?? layers[layers.count - 1]
        guard layer.strength > 0 else { return (0, 0) }
        let far = thickness - x, core = layer.core * layer.core
        let (near, other) = (1 / (x * x + core).squareRoot(), 1 / (far * far + core).squareRoot())
        let (near3, other3) = (near * near * near, other * other * other)
        return (
            layer.strength * (far * other3 - x * near3),
            layer.strength * (near3 * (3 * x * x * near * near - 1) + other3 * (3 * far * far * other * other - 1))
        )
    }

    /// Distance at which the image potential of one contact has fallen to `potential` (V), m; 0 where there is none.
    func reach(left: Bool, potential: Double) -> Double {
        let strength = (left ? layers[0] : layers[layers.count - 1]).strength
        return min(strength / potential, 0.25 * thickness)
    }

    /// Boundaries of quadrature panels near both contacts, at multiples of the image core, m.
    static func panelEdges(_ device: Device) -> [Double] {
        let length = device.thickness
        func near(_ layer: Layer) -> [Double] {
            [0.4, 0.9, 1.6, 2.8, 4.8, 8].map { $0 * max(layer.imageCore, 0.05e-9) }.filter { $0 < length / 2 }
        }
        return (near(device.layers[0]) + near(device.layers[device.layers.count - 1]).map { length - $0 }).sorted()
    }
}
