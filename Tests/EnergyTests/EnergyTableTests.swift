import Energy
import Essentials
import Testing

@Suite("Tables 1 and 2")
struct EnergyTableTests {
    /// Table 2 = Table 1 / (synapses * steps), weight multiplication / (2 * synapses * steps). Both tables are printed to
    /// 0.1 (mJ, pJ), so an entry may be off by half a digit of Table 2 plus half a digit of Table 1 in pJ:
    /// 0.05 + 0.05e-3 J / 1.1603e9 = 0.093 pJ; sums of three rounded entries by three times the latter.
    @Test func tableTwoFollowsFromTableOne() throws {
        let paper = try published()
        let operations = Double(paper.synapses) * Double(paper.steps)
        #expect(paper.synapses == 169_984 && paper.steps == 6826)
        let derived = EnergyTables(account: nil, published: paper).derivedPerOperation
        #expect(derived.count == 5)
        for row in derived {
            let printed = try #require(paper.perOperation.first { $0.key == row.key })
            for (column, (ours, theirs)) in zip(row.columns, printed.columns).enumerated() {
                #expect((ours == nil) == (theirs == nil))
                guard let ours, let theirs else { continue }
                let tolerance = 0.05e-12 + 0.05e-3 / operations * 1.0001
                #expect(
                    abs(ours - theirs) <= tolerance, "\(row.key), \(EnergyRow.headings[column]): \(ours) is not \(theirs)")
            }
        }
    }

    /// 3463.9 / 36.0 = 96.2 and 34932.3 / 36.0 = 970.3, printed as 96 and 970.
    @Test func gainsFollowFromTableOne() throws {
        let gains = EnergyTables(account: nil, published: try published()).gains
        #expect(gains[0].lower == 96 && gains[0].upper == 970)
        #expect(gains[1].lower.rounded() == 96 && gains[1].upper.rounded() == 970)
    }

    /// ST-Hebb = dF + decay + W+F and total = ST-Hebb + multiplication, to the rounding of three printed entries.
    @Test func printedRowsAddUp() throws {
        for row in try published().perGame {
            #expect(abs(row.deltaF + row.decay + (row.weightSum ?? 0) - row.stHebb) <= 0.2e-3)
            #expect(abs(row.stHebb + (row.weightMultiplication ?? 0) - row.total) <= 0.15e-3)
        }
    }

    @Test func aBrokenTableIsNamed() throws {
        func table(_ row: String) -> String {
            "network: {}\nenergy:\n  table1_mJ_per_game:\n    memristor: \(row)\n  table2_pJ_per_flop: {}\n"
        }
        let cases = [
            ("network: {}\nenergy: {}", "energy.table1_mJ_per_game"),
            (table("[1, 2]"), "six columns"), (table("[-1, 2, null, 1, null, 3]"), "at least 0"),
            (table("[x, 2, null, 1, null, 3]"), "paper.yaml:4: energy.table1_mJ_per_game.memristor[0]"),
            (table("[1, null, null, 1, null, 3]"), "lacks"),
            ("energy: [", "YAML"), ("", "empty"),
        ]
        for (text, word) in cases {
            let error = #expect(throws: InputError.self) { try PublishedEnergy.parse(text, source: "paper.yaml") }
            #expect(error?.description.contains(word) == true, "\(error?.description ?? "") lacks \(word)")
            #expect(error?.description.contains("paper.yaml") == true)
        }
    }

    /// The printed tables hold our row for each chosen reading, the paper's and every GPU row.
    @Test func textHoldsEveryRow() throws {
        let account = try EnergyAccount(synapse: paperSynapse(), game: game(units: 64, inputs: 2656), published: published())
        let all = EnergyText.text(account, published: try published())
        for name in ["ours: paper", "ours: time-consistent", "ours: slow", "Memristor (paper)", "GPU, standard, FP32", "96"] {
            #expect(all.contains(name), "\(name)")
        }
        let one = EnergyText.text(account, published: try published(), readings: [.slow])
        #expect(one.contains("ours: slow") && !one.contains("ours: paper"))
        #expect(all.split(separator: "\n").contains { $0.contains("ours: paper") && $0.hasSuffix("35.6") })
    }
}
