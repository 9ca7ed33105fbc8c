import Essentials

extension Device {
    /// The stoichiometry of the left contact, nil where nothing lives there.
    ///
    /// - Throws: `InputError` naming the contact or reaction that cannot be solved.
    func checkedStoichiometry() throws(InputError) -> Stoichiometry? {
        if case .blocked = left.electrons, case .blocked = right.electrons, electrons == .driftDiffusion,
            layers[0].densityOfStates > 0
        {
            throw InputError(
                "contacts", problem: "both block electrons, so that their number is undetermined",
                expected: "one contact that passes electrons, or a density of states of 0")
        }
        if !right.sheets.isEmpty || !right.reactions.isEmpty || right.compactCapacitance.isFinite {
            throw InputError(
                "right", problem: "has sheets, reactions or a compact layer", expected: "these at the left contact, x = 0")
        }
        for layer in layers where !(layer.thickness > 0) {
            throw InputError(
                "layers.\(layer.name).thickness", value: "\(layer.thickness) m", problem: "is not positive",
                expected: "more than 0 m")
        }
        guard left.compactCapacitance.isFinite else {
            if let sheet = left.sheets.first {
                throw InputError(
                    "left.sheets", value: sheet.name, problem: "needs a compact layer, whose drop drives its reactions",
                    expected: "a compact_layer with a capacitance")
            }
            return nil
        }
        for reaction in left.reactions {
            for (name, _) in reaction.moves
            where name != Reaction.vacancies && !left.sheets.contains(where: { $0.name == name }) {
                throw InputError(
                    "left.reactions.\(reaction.name).moves", value: name, problem: "is no sheet of this contact",
                    expected: "one of \((left.sheets.map(\.name) + [Reaction.vacancies]).joined(separator: ", "))")
            }
            guard let law = RateLaws.all.first(where: { $0.name == reaction.law.name }) else {
                throw RateLaws.unknown(reaction.law.name, key: "left.reactions.\(reaction.name).law")
            }
            for rule in law.parameters where reaction.law[rule.key].isNaN {
                throw InputError(
                    "left.reactions.\(reaction.name).\(rule.key)", problem: "is missing",
                    expected: "\(rule.name), \(rule.rangeText)")
            }
            // A hop with a field length of its own and planes apart would be two lengths for one field.
            if left.planeDistance != 0, law.name == DeviceParameters.Hop.rates.rawValue {
                throw InputError(
                    "left.compact_layer.plane_distance", value: "\(left.planeDistance) m",
                    problem: "stands beside the field_length of \(reaction.name)",
                    expected: "the law activated_hop, whose field length it is, or 0")
            }
            guard law.sheets(reaction, left) != nil else {
                throw InputError(
                    "left.reactions.\(reaction.name).moves", problem: "does not fit its law, \(law.name)",
                    expected: law.movesText)
            }
        }
        guard left.sheets.filter({ $0.depth > 0 }).count <= 1 else {
            throw InputError("left.sheets", problem: "has more than one sheet at a depth", expected: "at most one")
        }
        guard let stoichiometry = Stoichiometry(left) else {
            throw InputError(
                "left.reactions", problem: "leave no conserved inventory, or two of them move the same sheet alone",
                expected: "one reaction a sheet, each with a sheet of its own")
        }
        return stoichiometry
    }
}
