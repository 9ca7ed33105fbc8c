/// A device as the equations see it: layers, species, contacts and heat; no number of a solver in it.
public struct Device: Equatable, Sendable {
    /// How electrons are solved for.
    public enum ElectronModel: String, Equatable, Sendable, Codable, CaseIterable {
        /// dF_n/dx = 0 and no charge: the current is one integral over the band, two unknowns a node.
        case quasiStationary = "quasi_stationary"
        /// dn/dt + dF_n/dx = 0 with the electrons' charge in Poisson's equation: three unknowns a node.
        case driftDiffusion = "drift_diffusion"
    }

    /// How electrons tunnel through the barriers at the contacts (`Layer.tunnellingMass` is m_t).
    public enum Tunnelling: String, Equatable, Sendable, Codable, CaseIterable {
        /// They do not.
        case none
        /// e^(-f) -> e^(-f - lnGamma), lnGamma = (hbar q E)^2 / (24 m_t m_e (k_B T)^3): the leading term at every point (`LocalTunnelling`).
        case local
        /// The transmission integrated along the computed band (`BarrierLadder`); drift-diffusion electrons take the local factor.
        case wkb
    }

    /// Where electrons pass to and from the metal at v_R.
    public enum Emission: String, Equatable, Sendable, Codable, CaseIterable {
        /// In the plane of the contact, inside the well of the image potential.
        case contact
        /// At the top of the band near the contact (Crowell & Sze, 1966); drift-diffusion electrons keep the contact's plane.
        case maximum
    }

    /// What the device is called.
    public var name = ""
    /// A, m2.
    public var area = 2.87e-15
    /// From left to right, at least one.
    public var layers: [Layer]
    /// Whether electrons carry charge.
    public var electrons = ElectronModel.quasiStationary
    /// How electrons tunnel.
    public var tunnelling = Tunnelling.none
    /// Where electrons are emitted.
    public var emission = Emission.contact
    /// z, charge number of the vacancies, and their site density c_max, 1/m3 (may be infinite).
    public var chargeNumber = 2.0
    /// c_max, 1/m3; may be infinite.
    public var maximumDensity = 1e28
    /// The two ends; the voltage is on the left one.
    public var left, right: Contact
    /// Lattice temperature of the surroundings, K.
    public var ambientTemperature = 300.0
    /// R_th, K/W (0: no self-heating), and the temperature above which a heat balance without a root is electroforming, K.
    public var thermalResistance = 0.0
    /// Greatest temperature of a heat balance, K.
    public var maximumTemperature = 900.0

    /// Temperature at which every constant of a device file is given, K.
    public static let referenceTemperature = 300.0

    /// A device of these layers and contacts, everything else as by default.
    public init(layers: [Layer], left: Contact, right: Contact) {
        self.layers = layers
        self.left = left
        self.right = right
    }

    /// L of all layers, m.
    public var thickness: Double { layers.reduce(0) { $0 + $1.thickness } }

    /// Zero-field capacitance of the layers in series, F/m2.
    public var layerCapacitance: Double { 1 / layers.reduce(0) { $0 + 1 / $1.capacitance } }

    /// Zero-field capacitance between the left metal and the first lattice plane, F/m2: the compact layer and the step from the contact
    /// plane in series; infinite without a compact layer.
    var zeroFieldContactCapacitance: Double {
        guard left.compactCapacitance.isFinite, left.planeDistance > 0 else { return left.compactCapacitance }
        return 1 / (1 / left.compactCapacitance + left.planeDistance / (Constants.vacuumPermittivity * layers[0].permittivity))
    }

    /// The smallest sheet of vacancies that counts: what moves the first plane by a tenth of V_T (a thousandth of the field's
    /// own thermal sheet where the potential of both ends is held), 1/m2.
    public var sheetFloor: Double {
        let thermal = Constants.thermalVoltage(ambientTemperature) / (chargeNumber * Constants.charge)
        guard left.compactCapacitance.isFinite else { return 1e-3 * thermal * layerCapacitance }
        return 0.1 * thermal * (left.compactCapacitance + layerCapacitance)
    }

    /// Which layer each edge of `grid` lies in.
    func layerOfEdges(_ grid: Grid) -> [Int] {
        var ends: [Double] = []
        for layer in layers { ends.append((ends.last ?? 0) + layer.thickness) }
        return grid.edges.indices.map { e in
            let middle = 0.5 * (grid.nodes[e] + grid.nodes[e + 1])
            return ends.firstIndex { middle < $0 } ?? layers.count - 1
        }
    }
}

import FiniteVolume

extension Device {
    /// Fixed charge of donor type in each cell of a grid, 1/m2.
    func fixedCharge(_ grid: Grid) -> [Double] {
        var charge = [Double](repeating: 0, count: grid.count)
        for (e, layer) in layerOfEdges(grid).enumerated() {
            let half = 0.5 * grid.edges[e] * layers[layer].donorDensity
            charge[e] += half
            charge[e + 1] += half
        }
        return charge
    }

    /// The grid of the device: lattice planes at both ends of every layer, edges that grow inwards.
    ///
    /// No edge is longer than `options.largestEdge`, nor so long that the fixed charge bends the band inside it by more than
    /// q N h^2 / (8 eps) = 0.075 % of V_T, since the potential is taken as straight there (the length scales with `largestEdge`, so that
    /// half of that halves every edge).
    public func grid(_ options: SolverOptions = SolverOptions()) -> Grid {
        let bend = 0.75e-3 * Constants.thermalVoltage(Self.referenceTemperature)
        return Grid.layers(
            layers.map { layer in
                let charge = Constants.charge * abs(layer.donorDensity + chargeNumber * layer.vacancyBackground)
                let straight = (8 * Constants.vacuumPermittivity * layer.permittivity * bend / max(charge, 1e-30)).squareRoot()
                let scale = options.largestEdge / SolverOptions().largestEdge
                return (layer.thickness, layer.plane, min(options.largestEdge, scale * straight))
            }, growth: options.growth)
    }

    /// Control volumes of the vacancies, m: finite-volume cells, but a lattice plane at both ends of a device whose lattice ends in
    /// a compact layer: the first and the last plane hold as many sites as any other.
    func vacancyCells(_ grid: Grid) -> [Double] {
        var cells = grid.cells
        if left.compactCapacitance.isFinite {
            cells[0] = layers[0].plane
            cells[cells.count - 1] = layers[layers.count - 1].plane
        }
        return cells
    }
}
