import Essentials
import Testing

@testable import DeviceModel

/// The inventory and the rows that follow from the stoichiometry of a contact.
struct StoichiometryTests {
    @Test("The memristor: N_s + vacancies + N_t - N_O - N_p is conserved, and every sheet's row holds one reaction")
    func memristor() throws {
        var p = DeviceParameters()
        p.trapCaptureRate = 1e-5
        let contact = Contact.reactivePlatinum(p)
        let found = try #require(Stoichiometry(contact))
        #expect(found.inventory == [-1, -1, 1, 1, 1])
        // The balance of N_s - N_O - N_p is that of the hop alone: the fast redox rate has dropped out.
        #expect(
            found.rows[2] == [-1, -1, 1, 0, 0] && found.reactions[2]?.reaction == 1 && found.reactions[2]?.coefficient == -1)
        #expect(found.rows[1] == [1, 1, 0, 0, 0] && found.reactions[1]?.reaction == 0)
        #expect(Set(found.reactions.compactMap { $0?.reaction }) == [0, 1, 2, 3])
        // The left null vector, multiplied out.
        for reaction in contact.reactions {
            let change = contact.sheets.indices.reduce(reaction.moves[Reaction.vacancies] ?? 0) {
                $0 + found.inventory[$1] * (reaction.moves[contact.sheets[$1].name] ?? 0)
            }
            #expect(change == 0, "\(reaction.name) changes the inventory by \(change)")
        }
    }

    @Test("Reactions that create vacancies from nothing, move an unknown sheet or lack one are refused by name")
    func refused() {
        func key(_ change: (inout Device) -> Void) -> String {
            var device = Device(DeviceParameters())
            change(&device)
            do {
                _ = try AssembledDevice(device)
                return "accepted"
            } catch { return error.key }
        }
        #expect(key { $0.left.reactions[1].moves = [Reaction.vacancies: 1] } == "left.reactions.hop.moves")
        #expect(key { $0.left.reactions[0].moves = ["plane": 1, "ozone": 1] } == "left.reactions.redox.moves")
        #expect(key { $0.left.reactions.append($0.left.reactions[1]) } == "left.reactions")
        #expect(key { $0.left.compactCapacitance = .infinity } == "left.sheets")
        #expect(key { $0.right.compactCapacitance = 1 } == "right")
        #expect(key { _ in } == "accepted")
    }
}
