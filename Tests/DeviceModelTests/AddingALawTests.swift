import Essentials
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import DeviceModel

/// Docs/adding-a-law.md shows the very code that is compiled here, and its device file is read.
struct AddingALawTests {
    @Test("Each block of the page is the file it names, and the line of the catalogue is there")
    func blocks() throws {
        let page = try Repository.text("Docs/adding-a-law.md")
        var compared: [String] = []
        for block in page.components(separatedBy: "```swift\n").dropFirst() {
            let code = block.components(separatedBy: "```")[0]
            let (head, body) = (code.prefix { $0 != "\n" }, code.drop { $0 != "\n" }.dropFirst())
            let file = String(head.dropFirst(3))
            #expect(try Repository.text(file) == body, "\(file) and the page differ")
            compared.append(file)
        }
        #expect(
            compared == [
                "Sources/DeviceModel/Laws/FirstOrderExchange.swift", "Tests/DeviceModelTests/FirstOrderExchangeTests.swift",
            ])
        let added = page.components(separatedBy: "```diff\n")[1].components(separatedBy: "```")[0].split(separator: "\n").filter
        { $0.hasPrefix("+") }
        let catalogue = try Repository.text("Sources/DeviceModel/Laws/RateLaw.swift")
        #expect(added.count == 1 && catalogue.contains("\n" + added[0].dropFirst() + "\n"))
    }

    @Test(
        "A device file that names the law is read and solved; one that misses a number or gives a rate above its prefactor is refused"
    )
    func file() throws {
        let reaction = """
                exchange:
                  law: first_order_exchange
                  moves: {oxygen: -1, stored: 1}
                  forward_rate: {value: 2e-5, unit: 1/s, status: assumed, source: "x"}
                  forward_prefactor: {value: 1e13, unit: 1/s, status: assumed, source: "x"}
                  backward_rate: {value: 5e-5, unit: 1/s, status: assumed, source: "x"}
                  backward_prefactor: {value: 1e13, unit: 1/s, status: assumed, source: "x"}

            """
        let parts = try DeviceDescriptionTests.text().components(separatedBy: "    store:\n")
        let rest = parts[1].components(separatedBy: "\nright:\n")[1]
        func read(_ reaction: String) throws -> DeviceDescription {
            try DeviceDescription(yaml: parts[0] + reaction + "\nright:\n" + rest, path: "my.yaml")
        }
        let found = try read(reaction)
        #expect(
            found.device.left.reactions[2].law
                == ReactionLaw(
                    "first_order_exchange",
                    ["forward_rate": 2e-5, "forward_prefactor": 1e13, "backward_rate": 5e-5, "backward_prefactor": 1e13]))
        #expect(try found.setting(["exchange.forward_rate=1e-4/s"]).entry("left.reactions.exchange.forward_rate").value == 1e-4)
        let solver = try AssembledDevice(found.device)
        let state = try Samples.state(solver, voltage: 2, duration: 1e-3)
        #expect(solver.density(of: "stored", in: state.row) > 0)
        let missing = #expect(throws: InputError.self) {
            try read(reaction.split(separator: "\n").filter { !$0.contains("backward_rate") }.joined(separator: "\n") + "\n")
        }
        #expect(missing?.key == "left.reactions.exchange.backward_rate" && missing?.line != nil)
        let above = #expect(throws: InputError.self) {
            try read(
                reaction.replacingOccurrences(of: "2e-5", with: "1e13").replacingOccurrences(
                    of: "forward_prefactor: {value: 1e13", with: "forward_prefactor: {value: 1e12"))
        }
        #expect(above?.key == "left.reactions.exchange.forward_prefactor" && above?.line != nil, "\(above?.description ?? "")")
    }
}
