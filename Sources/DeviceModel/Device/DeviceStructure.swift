/// What a device file says beside its numbers: which layers, laws, sheets and reactions there are.
struct DeviceStructure: Equatable, Sendable {
    var electrons = Device.ElectronModel.quasiStationary
    var tunnelling = Device.Tunnelling.none
    var emission = Device.Emission.contact
    /// Names of the layers, left to right.
    var layers: [String]
    var left, right: End

    /// One contact.
    struct End: Equatable, Sendable {
        var name = ""
        var electrons = ElectronLaw.thermionic
        /// Whether the contact has an emission velocity of its own; else that of the layer it touches.
        var hasVelocity = false
        var hasCompactLayer = false
        var sheets: [SheetStructure] = []
        var reactions: [ReactionStructure] = []
    }

    /// How electrons pass a contact.
    enum ElectronLaw: String, CaseIterable, Sendable { case thermionic, ohmic, blocked }

    struct SheetStructure: Equatable, Sendable {
        var name: String
        /// Whether it holds vacancies, which are charged; else it is neutral.
        var holdsVacancies = false
        var hasDepth = false
    }

    struct ReactionStructure: Equatable, Sendable {
        var name, law: String
        var moves: [String: Int]
    }

    /// The memristor of Docs/device-model.md: one layer, the reactive contact at Pt.
    static func memristor(traps: Bool, hop: DeviceParameters.Hop) -> DeviceStructure {
        var left = End(name: "Pt", hasCompactLayer: true)
        typealias Name = Device.SheetName
        left.sheets = [
            SheetStructure(name: Name.stored), SheetStructure(name: Name.oxygen),
            SheetStructure(name: Name.plane, holdsVacancies: true),
        ]
        if traps { left.sheets.append(SheetStructure(name: Name.trapped, holdsVacancies: true, hasDepth: true)) }
        left.reactions = memristorReactions(hop).filter { traps || $0.name != "trap" }
        return DeviceStructure(layers: [Layer().name], left: left, right: End(name: "Ti"))
    }

    static func memristorReactions(_ hop: DeviceParameters.Hop) -> [ReactionStructure] {
        [
            ReactionStructure(
                name: "redox", law: "butler_volmer", moves: [Device.SheetName.plane: 1, Device.SheetName.oxygen: 1]),
            ReactionStructure(name: "hop", law: hop.rawValue, moves: [Device.SheetName.plane: -1, Reaction.vacancies: 1]),
            ReactionStructure(
                name: "store", law: "second_order_store", moves: [Device.SheetName.oxygen: -1, Device.SheetName.stored: 1]),
            ReactionStructure(
                name: "trap", law: "activated_trap", moves: [Reaction.vacancies: -1, Device.SheetName.trapped: 1]),
        ]
    }

    /// Whether it is the memristor, with or without deep traps, whatever layer, metals and electron model.
    var isMemristor: Bool {
        guard layers.count == 1 else { return false }
        var plain = self
        (plain.tunnelling, plain.emission) = (.none, .contact)
        (plain.electrons, plain.layers, plain.left.name, plain.right.name) = (.quasiStationary, [Layer().name], "Pt", "Ti")
        return plain == .memristor(traps: hasTraps, hop: hop)
    }

    /// The form of the hop at Pt; that of rates where there is none.
    var hop: DeviceParameters.Hop { left.reactions.compactMap { DeviceParameters.Hop(rawValue: $0.law) }.first ?? .rates }

    var hasTraps: Bool { left.reactions.contains { $0.law == "activated_trap" } }
}

extension DeviceStructure {
    /// One number that a device of this structure has.
    struct Slot: Sendable {
        /// Where it stands: "layers.SrTiO3.thickness", "left.reactions.hop.forward_rate".
        let path: String
        let rule: ParameterRule
        let store: @Sendable (inout Device, Double) -> Void
    }

    /// Every number, in the order of the file.
    var slots: [Slot] {
        let sheets = left.sheets
        var list = [
            Slot(path: "area", rule: .area) { $0.area = $1 },
            Slot(path: "species.vacancies.charge", rule: .charge) { device, z in
                device.chargeNumber = z
                for (k, sheet) in sheets.enumerated() where sheet.holdsVacancies { device.left.sheets[k].charge = z }
            },
            Slot(path: "species.vacancies.sites", rule: .sites) { $0.maximumDensity = $1 },
        ]
        for k in layers.indices { list += layerSlots(k) }
        list += contactSlots("left", left, \.left) + contactSlots("right", right, \.right)
        list += [
            Slot(path: "heat.ambient_temperature", rule: .ambientTemperature) { $0.ambientTemperature = $1 },
            Slot(path: "heat.thermal_resistance", rule: .thermalResistance) { $0.thermalResistance = $1 },
            Slot(path: "heat.maximum_temperature", rule: .maximumTemperature) { $0.maximumTemperature = $1 },
        ]
        guard isMemristor else { return list }
        // On SrTiO3 the memristor's ranges are narrower: more is known of it.
        let isKnown = layers[0] == Layer().name
        let short = ParameterSpecification.all.map { ($0.place(layer: layers[0]), $0.rule) }
        return list.map { slot in
            guard let rule = short.first(where: { $0.0 == slot.path })?.1 else { return slot }
            return Slot(
                path: slot.path, rule: isKnown ? rule : slot.rule.narrowed(symbol: rule.symbol, name: rule.name),
                store: slot.store)
        }
    }

    private func layerSlots(_ k: Int) -> [Slot] {
        let name = layers[k]
        func slot(_ rule: ParameterRule, _ store: @escaping @Sendable (inout Device, Double) -> Void) -> Slot {
            Slot(path: "layers.\(name).\(rule.key)", rule: rule, store: store)
        }
        var list: [Slot] = []
        // The band offset is counted from the first layer, which has none.
        for (rule, path) in ParameterRule.layer where k > 0 || rule.key != "band_offset" {
            list.append(slot(rule) { $0.layers[k][keyPath: path] = $1 })
            guard rule.key == "density_of_states" else { continue }
            let isLast = k == layers.count - 1
            let (forLeft, forRight) = (takesVelocity(left) && k == 0, takesVelocity(right) && isLast)
            let velocity = forLeft || forRight ? ParameterRule.emissionVelocity : .emissionVelocity.optional(standard: 2.7e4)
            list.append(
                slot(velocity) {
                    if forLeft { $0.left.electrons = .thermionic(velocity: $1) }
                    if forRight { $0.right.electrons = .thermionic(velocity: $1) }
                })
        }
        return list
    }

    private func takesVelocity(_ end: End) -> Bool { end.electrons == .thermionic && !end.hasVelocity }

    private func contactSlots(_ side: String, _ end: End, _ path: WritableKeyPath<Device, Contact> & Sendable) -> [Slot] {
        var list = [Slot(path: "\(side).electrons.barrier", rule: .barrier) { $0[keyPath: path].barrier = $1 }]
        if end.hasVelocity {
            list.append(
                Slot(path: "\(side).electrons.velocity", rule: .velocity) {
                    $0[keyPath: path].electrons = .thermionic(velocity: $1)
                })
        }
        if end.hasCompactLayer {
            list.append(
                Slot(path: "\(side).compact_layer.capacitance", rule: .capacitance) {
                    $0[keyPath: path].compactCapacitance = $1
                })
            list.append(
                Slot(path: "\(side).compact_layer.plane_distance", rule: .planeDistance) {
                    $0[keyPath: path].planeDistance = $1
                })
        }
        for (k, sheet) in end.sheets.enumerated() {
            list.append(
                Slot(path: "\(side).sheets.\(sheet.name).sites", rule: .sheetSites) { $0[keyPath: path].sheets[k].sites = $1 })
            if sheet.hasDepth {
                list.append(
                    Slot(path: "\(side).sheets.\(sheet.name).depth", rule: .depth) { $0[keyPath: path].sheets[k].depth = $1 })
            }
        }
        for (k, reaction) in end.reactions.enumerated() {
            for rule in RateLaws.all.first(where: { $0.name == reaction.law })?.parameters ?? [] {
                let key = rule.key
                list.append(
                    Slot(path: "\(side).reactions.\(reaction.name).\(key)", rule: rule) {
                        $0[keyPath: path].reactions[k].law[key] = $1
                    })
            }
        }
        return list
    }

    /// The device with the given numbers.
    func device(name: String, entries: [ParameterEntry]) -> Device {
        func contact(_ end: End) -> Contact {
            var contact: Contact
            switch end.electrons {
            case .thermionic: contact = .schottky(barrier: 0, velocity: .nan)
            case .ohmic: contact = .ohmic(barrier: 0)
            case .blocked: contact = .blocking(barrier: 0)
            }
            contact.sheets = end.sheets.map { Sheet(name: $0.name) }
            contact.reactions = end.reactions.map { Reaction(name: $0.name, law: ReactionLaw($0.law), moves: $0.moves) }
            return contact
        }
        let layers = layers.map { name in
            var layer = Layer()
            layer.name = name
            return layer
        }
        var device = Device(layers: layers, left: contact(left), right: contact(right))
        device.name = name
        (device.electrons, device.tunnelling, device.emission) = (electrons, tunnelling, emission)
        for entry in entries { entry.store(&device, entry.value) }
        // A file gives the barrier to the band of the layer that the metal touches, `Contact` that to the first layer's.
        device.right.barrier -= device.layers[device.layers.count - 1].bandOffset
        device.left.dropLawsThatAreOff()
        return device
    }
}

extension Contact {
    /// Takes out reactions whose law a parameter switches off, and the sheets that nothing moves any more.
    mutating func dropLawsThatAreOff() {
        let off = reactions.filter { reaction in
            RateLaws.all.first { $0.name == reaction.law.name }?.isOff(reaction.law) ?? false
        }
        guard !off.isEmpty else { return }
        reactions.removeAll { reaction in off.contains { $0.name == reaction.name } }
        sheets.removeAll { sheet in
            off.contains { $0.moves[sheet.name] != nil } && !reactions.contains { $0.moves[sheet.name] != nil }
        }
    }
}
