/// What stands at one end of a device: how the metal holds the potential, how electrons pass, and what reacts there.
public struct Contact: Equatable, Sendable {
    /// How electrons pass the end.
    public enum Electrons: Equatable, Sendable {
        /// F_n = v_R (n - N_c e^((psi + psi_im - V) / V_T)) into the metal; v_R at the reference temperature in m/s, ~ T^0.5.
        case thermionic(velocity: Double)
        /// n held at N_c e^((psi + psi_im - V) / V_T): emission of infinite velocity.
        case ohmic
        /// F_n = 0.
        case blocked
    }

    /// Barrier between the metal and the band of the first layer, V: beyond a band offset the metal sees `barrier` + offset.
    public var barrier: Double
    /// How electrons pass.
    public var electrons: Electrons
    /// Capacitance of a compact layer between the metal and the first plane, F/m2; infinite: psi = V - barrier in that plane.
    public var compactCapacitance = Double.infinity
    /// lambda, distance between the contact plane, where the sheets lie, and the first lattice plane behind the compact layer, m; 0: one plane.
    public var planeDistance = 0.0
    /// Areal densities that live at this contact, in the order of their unknowns.
    public var sheets: [Sheet] = []
    /// What exchanges particles between the sheets and the first plane.
    public var reactions: [Reaction] = []

    /// A contact without compact layer, sheets and reactions; `barrier` in V.
    public init(barrier: Double, electrons: Electrons) {
        self.barrier = barrier
        self.electrons = electrons
    }

    /// psi = V - barrier and thermionic emission; `barrier` in V, `velocity` in m/s.
    public static func schottky(barrier: Double, velocity: Double) -> Contact {
        Contact(barrier: barrier, electrons: .thermionic(velocity: velocity))
    }

    /// psi = V - barrier and n in balance with the metal; `barrier` in V.
    public static func ohmic(barrier: Double) -> Contact { Contact(barrier: barrier, electrons: .ohmic) }

    /// psi = V - barrier, and electrons cannot pass; `barrier` in V.
    public static func blocking(barrier: Double) -> Contact { Contact(barrier: barrier, electrons: .blocked) }
}

/// An areal density with an unknown of its own, 1/m2.
public struct Sheet: Equatable, Sendable {
    /// Name in the device file.
    public var name: String
    /// Elementary charges of one particle as the potential sees it.
    public var charge: Double
    /// Sites, 1/m2; may be infinite.
    public var sites: Double
    /// Distance from the contact at which its charge lies, m; 0: in the first plane.
    public var depth: Double

    /// A sheet; `charge` in elementary charges, `sites` in 1/m2, `depth` in m.
    public init(name: String, charge: Double = 0, sites: Double = .infinity, depth: Double = 0) {
        self.name = name
        self.charge = charge
        self.sites = sites
        self.depth = depth
    }
}

/// A reaction between the sheets of a contact and the vacancies of the first plane.
///
/// `moves` is its stoichiometry: what one event adds to each sheet, and to `vacancies`. The conserved inventory is the left null
/// vector of all reactions together.
public struct Reaction: Equatable, Sendable {
    /// Name in the device file.
    public var name: String
    /// How fast it is.
    public var law: ReactionLaw
    /// What one event adds, by name of the sheet or `vacancies`.
    public var moves: [String: Int]

    /// A reaction of this law and stoichiometry.
    public init(name: String, law: ReactionLaw, moves: [String: Int]) {
        self.name = name
        self.law = law
        self.moves = moves
    }

    /// The key of the mobile vacancies in `moves`.
    public static let vacancies = "vacancies"
}

/// The rate law of a reaction: its name in the catalogue (`RateLaws`) and the numbers of its parameters.
///
/// Formula, parameters and their ranges stand with each law in `Laws/`.
public struct ReactionLaw: Equatable, Sendable {
    /// "butler_volmer", "field_hop", "activated_hop", "second_order_store", "activated_trap", ...
    public let name: String
    /// SI values by the law's own keys.
    public private(set) var values: [String: Double]

    /// The law of this name; `values` in SI units by the law's own keys.
    public init(_ name: String, _ values: [String: Double] = [:]) {
        self.name = name
        self.values = values
    }

    /// A parameter, SI; NaN where it was not given, which `AssembledDevice` refuses.
    public subscript(key: String) -> Double {
        get { values[key] ?? .nan }
        set { values[key] = newValue }
    }
}
