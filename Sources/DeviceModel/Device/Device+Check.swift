import Essentials

extension Device {
    /// The stoichiometry of the left contact, nil where nothing lives there.
    ///
    /// - Throws: `InputError` naming the contact or reaction that cannot be solved.
    func checkedStoichiometry() throws(InputError) -> Stoichiometry? {
        if case .blocked = left.electrons, case .blocked = right.electrons, electrons == .driftDiffusion, layers[0].densityOfStates > 0 {
            throw InputError(
                "contacts", problem: "both block electrons, so that their number is undetermined",
                expected: "one contact that passes electrons, or a density of states of 0")
        }
        if !right.sheets.isEmpty || !right.reactions.isEmpty || right.compactCapacitance.isFinite {
            throw InputError(
                "right contact", problem: "has sheets, reactions or a compact layer", expected: "these at the left contact, x = 0")
        }
        for layer in layers where !(layer.thickness > 0) {
            throw InputError("layers.\(layer.name).thickness", value: "\(layer.thickness) m", problem: "is not positive", expected: "more than 0 m")
        }
        guard left.compactCapacitance.isFinite else {
            if let sheet = left.sheets.first {
                throw InputError(
                    "left contact.sheets", value: sheet.name, problem: "needs a compact layer, whose drop drives its reactions",
                    expected: "a compact_layer with a capacitance")
            }
            return nil
        }
        for reaction in left.reactions {
            for (name, _) in reaction.moves where name != Reaction.vacancies && !left.sheets.contains(where: { $0.name == name }) {
                throw InputError(
                    "left contact.reactions.\(reaction.name).moves", value: name, problem: "is no sheet of this contact",
                    expected: "one of \((left.sheets.map(\.name) + [Reaction.vacancies]).joined(separator: ", "))")
            }
            let needed = reaction.law.sheetCount
            guard reaction.roles(in: left).count == needed else {
                throw InputError(
                    "left contact.reactions.\(reaction.name).moves", problem: "does not move \(needed) sheet\(needed == 1 ? "" : "s") of its law",
                    expected: reaction.law.stoichiometryText)
            }
        }
        guard left.sheets.filter({ $0.depth > 0 }).count <= 1 else {
            throw InputError("left contact.sheets", problem: "has more than one sheet at a depth", expected: "at most one")
        }
        guard let stoichiometry = Stoichiometry(left) else {
            throw InputError(
                "left contact.reactions", problem: "leave no conserved inventory, or two of them move the same sheet alone",
                expected: "one reaction a sheet, each with a sheet of its own")
        }
        return stoichiometry
    }
}

extension ReactionLaw {
    /// Sheets that the law reads.
    var sheetCount: Int {
        switch self {
        case .butlerVolmer, .secondOrderStore: 2
        case .fieldHop, .activatedTrap: 1
        }
    }

    /// What `moves` of this law looks like.
    var stoichiometryText: String {
        switch self {
        case .butlerVolmer: "a charged and a neutral sheet, such as {plane: 1, oxygen: 1}"
        case .fieldHop: "a sheet and the vacancies, such as {plane: -1, vacancies: 1}"
        case .secondOrderStore: "one sheet to another, such as {oxygen: -1, stored: 1}"
        case .activatedTrap: "the vacancies and a sheet, such as {vacancies: -1, trapped: 1}"
        }
    }
}
