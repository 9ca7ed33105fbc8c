extension Device {
    /// Names of the sheets at a reactive Pt contact.
    public enum SheetName {
        /// Stored oxygen, interfacial oxygen, vacancies of the contact plane, trapped vacancies.
        public static let stored = "stored", oxygen = "oxygen", plane = "plane", trapped = "trapped"
    }

    /// The memristor of Docs/device-model.md: one layer, the reactive contact at Pt, thermionic emission at both ends.
    public init(_ p: DeviceParameters) {
        self.init(
            p, left: .reactivePlatinum(p), right: .schottky(barrier: p.titaniumBarrier, velocity: p.richardsonVelocity))
    }

    /// One layer between any two contacts.
    public init(_ p: DeviceParameters, left: Contact, right: Contact) {
        self.init(layers: [Layer(p)], left: left, right: right)
        name = p.name
        (tunnelling, emission) = (p.tunnelling, p.emission)
        area = p.area
        chargeNumber = p.chargeNumber
        maximumDensity = p.maximumDensity
        ambientTemperature = p.ambientTemperature
        thermalResistance = p.thermalResistance
        maximumTemperature = p.maximumTemperature
    }
}

extension Layer {
    /// The SrTiO3 of a parameter set.
    public init(_ p: DeviceParameters) {
        self.init()
        thickness = p.thickness
        permittivity = p.permittivity
        highFieldPermittivity = p.highFieldPermittivity
        permittivityField = p.permittivityField
        donorDensity = p.donorDensity
        electronMobility = p.electronMobility
        mobilityExponent = p.mobilityExponent
        densityOfStates = p.densityOfStates
        opticalPermittivity = p.opticalPermittivity
        imageCore = p.imageCore
        tunnellingMass = p.tunnellingMass
        vacancyBackground = p.vacancyBackground
        vacancyDiffusivity = p.vacancyDiffusivity
        vacancyDiffusivityPrefactor = p.vacancyDiffusivityPrefactor
        hopDistance = p.hopDistance
        plane = p.firstPlane
    }
}

extension Contact {
    /// The Pt contact of the memristor: compact layer, redox, hop into the first lattice plane, oxygen store, deep traps where there
    /// are any; electrons by thermionic emission over the barrier that the compact layer leaves.
    public static func reactivePlatinum(_ p: DeviceParameters) -> Contact {
        typealias Name = Device.SheetName
        var contact = Contact.schottky(barrier: p.platinumBarrier, velocity: p.richardsonVelocity)
        contact.compactCapacitance = p.compactCapacitance
        contact.planeDistance = p.planeDistance
        contact.sheets = [
            Sheet(name: Name.stored, sites: p.oxygenCapacity), Sheet(name: Name.oxygen),
            Sheet(name: Name.plane, charge: p.chargeNumber, sites: p.siteDensity),
        ]
        contact.reactions = [
            Reaction(
                name: "redox",
                law: ReactionLaw(
                    "butler_volmer",
                    [
                        "potential": p.redoxPotential, "oxygen_reference": p.oxygenReference, "rate": p.redoxRate,
                        "symmetry": p.redoxSymmetry,
                    ]),
                moves: [Name.plane: 1, Name.oxygen: 1]),
            Reaction(
                name: "hop", law: hop(p),
                moves: [Name.plane: -1, Reaction.vacancies: 1]),
            Reaction(
                name: "store",
                law: ReactionLaw(
                    "second_order_store",
                    [
                        "loss_rate": p.oxygenLossRate, "loss_prefactor": p.oxygenLossPrefactor,
                        "return_rate": p.oxygenReturnRate,
                        "return_prefactor": p.oxygenReturnPrefactor,
                    ]),
                moves: [Name.oxygen: -1, Name.stored: 1]),
        ]
        guard p.trapCaptureRate > 0 else { return contact }
        contact.sheets.append(Sheet(name: Name.trapped, charge: p.chargeNumber, sites: p.trapDensity, depth: p.trapDepth))
        contact.reactions.append(
            Reaction(
                name: "trap",
                law: ReactionLaw(
                    "activated_trap",
                    [
                        "capture_rate": p.trapCaptureRate, "capture_prefactor": p.trapCapturePrefactor,
                        "release_rate": p.trapReleaseRate, "release_prefactor": p.trapReleasePrefactor,
                        "field_length": p.trapFieldLength,
                    ]),
                moves: [Reaction.vacancies: -1, Name.trapped: 1]))
        return contact
    }

    private static func hop(_ p: DeviceParameters) -> ReactionLaw {
        let values =
            switch p.hop {
            case .rates:
                [
                    "forward_rate": p.forwardHopRate, "backward_velocity": p.backwardHopVelocity, "activation": p.hopActivation,
                    "field_length": p.hopFieldLength, "symmetry": p.hopSymmetry,
                ]
            case .activated:
                [
                    "attempt_frequency": p.attemptFrequency, "forward_energy": p.forwardHopEnergy,
                    "backward_energy": p.backwardHopEnergy,
                    "symmetry": p.hopSymmetry,
                ]
            }
        return ReactionLaw(p.hop.rawValue, values)
    }
}
