import CompactModel
import Energy
import Essentials
import Foundation
import GameAccount
import Testing

@Suite("Periphery and opponents")
struct PeripheryTests {
    /// 4 units, 3 inputs, 10 steps, 6 updates.
    private let counts = PeripheryCounts(units: 4, inputs: 3, steps: 10, updates: 6)

    private func expect(_ estimate: Estimate, _ low: Double, _ middle: Double, _ high: Double, _ name: String) {
        for (value, hand) in [(estimate.low, low), (estimate.middle, middle), (estimate.high, high)] {
            #expect(abs(value - hand) <= 1e-12 * abs(hand), "\(name): \(value) is not \(hand)")
        }
    }

    /// Each row from numbers that can be multiplied on paper (`PeripheryFile`): 12 synapses, 120 synapse-steps, 40 sums, 30 inputs.
    @Test func rowsByHand() throws {
        let rows = PeripheryRow.rows(counts, try PeripheryFile().energies())
        func row(_ key: String) throws -> PeripheryRow { try #require(rows.first { $0.key == key }) }
        // 6 pulses charge 7 cells each: 42 cells, below twice 120. p C' V^2 = 1 fJ, 8 fJ, 54 fJ.
        expect(try row("lines").energy, 42e-15, 42 * 8e-15, 42 * 54e-15, "lines")
        // 3 inputs take 1, 2 or 3 conversions of 3, 2 or 1 rows.
        expect(try row("sums").energy, 40 * 1 * 1e-12, 40 * 2 * 2e-12, 40 * 3 * 4e-12, "sums")
        expect(try row("inputs").energy, 30 * 4 * 0.5e-12, 30 * 8 * 1e-12, 30 * 16 * 2e-12, "inputs")
        expect(try row("norm").energy, 120e-12, 240e-12, 480e-12, "norm")
        expect(try row("squares").energy, 120 * 1.1e-12, 120 * 2.2e-12, 120 * 3.4e-12, "squares")
        // Two multiplications, one rounding, and 4, 8 or 16 bits of Gamma out of words of 64 for 8, 16 or 64 pJ.
        expect(
            try row("outer").energy, 120 * (2.1 + 0.5) * 1e-12, 120 * (4.2 + 2) * 1e-12, 120 * (6.4 + 16) * 1e-12, "outer")
        expect(try row("gamma").standingPower, 12 * 4 * 1e-12, 12 * 8 * 10e-12, 12 * 16 * 100e-12, "gamma")
        #expect(try row("gamma").energy == .zero && rows.count == 7)
        expect(try row("gamma").total(over: 5), 5 * 48e-12, 5 * 960e-12, 5 * 19200e-12, "gamma over 5 s")
        #expect(try row("lines").count == 6 && row("sums").count == 40 && row("inputs").count == 30 && row("norm").count == 120)
    }

    /// Written side by side, the updates of a step charge every line at most once: 2 S T cells.
    @Test func linesAreChargedOnceAStepAtLeast() throws {
        var many = counts
        many.updates = 100
        let lines = try #require(PeripheryRow.rows(many, try PeripheryFile().energies()).first)
        expect(lines.energy, 240e-15, 700 * 8e-15, 700 * 54e-15, "lines")
    }

    @Test func opponentsByHand() throws {
        let paper = try published()
        let opponents = Opponent.all(counts, try PeripheryFile().energies(), published: paper)
        func opponent(_ key: String) throws -> Opponent { try #require(opponents.first { $0.key == key }) }
        // 5 multiplications, 4 additions, 5 words of 16 bits in accesses of 64; 64 bits are kept.
        expect(
            try opponent("digital_45nm").energy, 120 * (5 + 2 + 10) * 1e-12, 120 * (10 + 4 + 20) * 1e-12,
            120 * (20 + 8 + 80) * 1e-12, "45 nm")
        expect(
            try opponent("digital_7nm").energy, 120 * (2.5 + 1 + 5) * 1e-12, 120 * (5 + 2 + 10) * 1e-12,
            120 * (10 + 4 + 20) * 1e-12, "7 nm")
        for key in ["digital_45nm", "digital_7nm"] {
            expect(try opponent(key).standingPower, 768e-12, 7680e-12, 76800e-12, "SRAM of \(key)")
        }
        expect(try opponent("hbm").energy, 120 * 32 * 1e-12, 120 * 64 * 2e-12, 120 * 160 * 4e-12, "HBM")
        expect(
            try opponent("a100_card").energy, 120 * 9e-12, 120 * (45 + 128) * 1e-12, 120 * (180 + 640) * 1e-12, "A100")
        expect(
            try opponent("h100_card").energy, 120 * 4.5e-12, 120 * (27 + 128) * 1e-12, 120 * (90 + 640) * 1e-12, "H100")
        // Table 1 times 120 synapse-steps over the paper's; Table 2, registers only: 37.6 + 2 * 5.9 and 59.8 + 2 * 9.5 pJ.
        let share = 120 / (169_984.0 * 6826)
        expect(
            try opponent("a100_optimal").energy, 3.4639 * share, (3.4639 * 6.292).squareRoot() * share, 6.292 * share,
            "measured")
        expect(
            try opponent("a100_registers").energy, 120 * 49.4e-12, 120 * (49.4 * 78.8).squareRoot() * 1e-12,
            120 * 78.8e-12, "registers")
        #expect(opponents.count == 8 && opponents.filter { $0.kind == .measured }.count == 3)
    }

    /// The paper's own counts and the shipped energies: first estimates made apart from this code, by hand, lie in every range.
    @Test func thePapersGame() throws {
        let paper = try published()
        let n = paper.counts
        #expect(n.synapses == 169_984 && n.steps == 6826)
        // 0.4 mJ / (30 pJ 0.5^1.52 = 10.46 pJ): 3.3 % of all synapses in a step.
        #expect(abs(Double(n.updates) / n.synapseSteps - 0.033) < 0.0005)
        let rows = PeripheryRow.rows(n, try surroundings())
        let opponents = Opponent.all(n, try surroundings(), published: paper)
        func inside(_ estimate: Estimate?, _ hand: Double...) throws {
            let estimate = try #require(estimate)
            for value in hand { #expect(estimate.low <= value && value <= estimate.high, "\(value) is outside \(estimate)") }
        }
        func energy(_ key: String) -> Estimate? {
            rows.first { $0.key == key }?.energy ?? opponents.first { $0.key == key }?.energy
        }
        try inside(energy("sums"), 0.7e-6, 2.2e-6)
        try inside(energy("inputs"), 0.6e-6)
        try inside(energy("lines"), 0.19e-3)
        #expect(abs(try #require(energy("lines")).middle / paper.memristor.deltaF - 0.5) < 0.05)
        try inside(energy("norm"), 0.35e-3, 1.9e-3, 5.8e-3)
        #expect(abs(try #require(energy("norm")).low - 0.35e-3) < 0.01e-3)
        try inside(energy("digital_45nm"), 37e-3, 153e-3)
        #expect(abs(try #require(energy("digital_45nm")).middle - 37e-3) < 0.5e-3)
        try inside(energy("digital_7nm"), 37e-3 / 6, 37e-3 / 4)
        try inside(energy("hbm"), 297e-3)
        #expect(abs(try #require(energy("hbm")).middle - 297e-3) < 10e-3)
        // Nine operations of 0.71 pJ, where eight gave 6.6 mJ.
        #expect(abs(try #require(energy("h100_card")).low - 6.6e-3 * 9 / 8) < 0.05e-3)
    }

    /// Energies grow with the steps, powers with the synapses alone.
    @Test func everythingGrowsWithTheCounts() throws {
        let energies = try surroundings()
        var twice = counts
        twice.steps *= 2
        twice.updates *= 2
        for (one, two) in zip(PeripheryRow.rows(counts, energies), PeripheryRow.rows(twice, energies)) {
            expect(two.energy, 2 * one.energy.low, 2 * one.energy.middle, 2 * one.energy.high, one.key)
            #expect(one.standingPower == two.standingPower)
        }
        let paper = try published()
        for (one, two) in zip(
            Opponent.all(counts, energies, published: paper), Opponent.all(twice, energies, published: paper))
        {
            expect(two.energy, 2 * one.energy.low, 2 * one.energy.middle, 2 * one.energy.high, one.key)
            #expect(one.standingPower == two.standingPower)
        }
    }

    /// low <= middle <= high in every number that is shown, for the shipped energies.
    @Test(arguments: [0, 6, 5000]) func rangesAreInOrder(updates: Int) throws {
        var counts = counts
        counts.updates = updates
        let periphery = try account(counts, try surroundings())
        var ranges = periphery.rows.flatMap { [$0.energy, $0.standingPower] }
        ranges += periphery.opponents.flatMap { [$0.energy, $0.standingPower] } + periphery.entries.map(\.estimate)
        for reading in periphery.readings {
            ranges += reading.stages.flatMap { [$0.total] + Array($0.gains.values) }
            for step in reading.breakEven.values {
                #expect(step.low ?? .infinity <= step.middle ?? .infinity && step.middle ?? .infinity <= step.high ?? .infinity)
            }
            #expect(reading.breakEven.count == 8 && reading.stages.count == 5)
            for (less, more) in zip(reading.stages, reading.stages.dropFirst()) {
                #expect(less.total.middle <= more.total.middle && more.parts.count == less.parts.count + 1)
            }
        }
        #expect(ranges.allSatisfy { 0 <= $0.low && $0.low <= $0.middle && $0.middle <= $0.high && $0.high.isFinite })
    }

    /// Gains of the paper's count are those of the account; with all counted they and the break-even step follow by hand.
    @Test func gainsAndBreakEvenByHand() throws {
        let energies = try PeripheryFile().energies()
        let periphery = try account(counts, energies)
        let reading = try #require(periphery.reading(.paper))
        let account = try EnergyAccount(synapse: paperSynapse(), game: record(counts), published: published())
        let device = account.reading(.paper)
        #expect(reading.stages[0].parts.isEmpty && reading.stages[0].total == Estimate(exactly: device.total))
        #expect(reading.stages[0].name == "paper's count" && reading.stages[4].name == "+ outer product")

        let duration = 10 * 7.1e-3
        // Energies and powers in the middle: 0.336 + 160 + 240 + 240 + 264 + 744 pJ, 960 pW; the digital cell 4080 pJ, 7680 pW.
        let fixed = 1648.336e-12
        let all = device.total + fixed + duration * 960e-12
        #expect(abs(reading.stages[4].total.middle / all - 1) < 1e-12)
        let gain = try #require(reading.stages[4].gains["digital_45nm"])
        #expect(abs(gain.middle / ((4080e-12 + duration * 7680e-12) / all) - 1) < 1e-12)
        let found = try #require(reading.breakEven["digital_45nm"])
        let step = try #require(found.middle)
        let power = device.decay / duration
        #expect(abs(step / ((4080e-12 - device.deltaF - fixed) / (10 * (power + 960e-12 - 7680e-12))) - 1) < 1e-9)
        // At that step both cost the same.
        let both = reading.total(step: step, rows: periphery.rows).middle
        let other = try #require(periphery.opponents.first { $0.key == "digital_45nm" }).total(over: 10 * step).middle
        #expect(abs(both / other - 1) < 1e-9)
    }

    /// Where opponent and memristors use the same SRAM, ends take it at the same value: they are the extremes over its whole range.
    @Test func commonNumbersAreTakenTogether() throws {
        let periphery = try account(counts, try PeripheryFile().energies())
        let reading = try #require(periphery.readings.first { $0.reading == .slow })
        let gain = try #require(reading.stages.last?.gains["digital_45nm"])
        var (least, greatest) = (Double.infinity, 0.0)
        for leak in stride(from: 1.0, through: 100, by: 9) {
            for sram in stride(from: 8.0, through: 64, by: 7) {
                var file = PeripheryFile()
                file.numbers["memory.sram_leakage"] = (leak, leak, leak, "pW")
                file.numbers["digital_45nm.sram_access"] = (sram, sram, sram, "pJ")
                let energies = try file.energies()
                let total = PeripheryRow.rows(counts, energies).reduce(reading.stages[0].total) {
                    $0 + $1.total(over: reading.gameDuration)
                }
                let cell = try #require(
                    Opponent.all(counts, energies, published: published()).first { $0.key == "digital_45nm" })
                let held = cell.total(over: reading.gameDuration) / total
                (least, greatest) = (min(least, held.low), max(greatest, held.high))
            }
        }
        #expect(abs(gain.low / least - 1) < 1e-9 && abs(gain.high / greatest - 1) < 1e-9)
        let cell = try #require(periphery.opponents.first { $0.key == "digital_45nm" })
        let apart = cell.total(over: reading.gameDuration) / (try #require(reading.stages.last)).total
        #expect(apart.low < gain.low && gain.high < apart.high)
    }

    /// An opponent that is cheaper at any step, and one that is dearer at any.
    @Test func noneAndAny() throws {
        var file = PeripheryFile()
        file.numbers["memory.hbm_bit"] = (0, 0, 0, "pJ")
        file.numbers["digital_7nm.sram_access"] = (1e9, 1e9, 1e9, "pJ")
        file.numbers["memory.sram_leakage"] = (1e4, 1e4, 1e4, "pW")
        let reading = try #require(try account(counts, try file.energies()).reading(.paper))
        let none = try #require(reading.breakEven["hbm"])
        #expect(none.low == 0 && none.middle == 0 && none.high == 0)
        let any = try #require(reading.breakEven["digital_7nm"])
        #expect(any.middle == nil && any.high == nil)
        let text = PeripheryText.text(try account(counts, try file.energies()))
        let line = text.split(separator: "\n").last { $0.contains("F in HBM") }
        #expect(line?.hasSuffix("none    none  none") == true, "\(line ?? "")")
    }

    @Test func jsonAndText() throws {
        var whole = try EnergyAccount(synapse: paperSynapse(), game: record(counts), published: published())
        let periphery = try account(counts, try surroundings())
        whole.periphery = periphery
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        #expect(try decoder.decode(EnergyAccount.self, from: whole.json()).periphery == periphery)
        let text = PeripheryText.text(periphery)
        for row in periphery.rows.map(\.name) + periphery.opponents.map(\.name) { #expect(text.contains(row), "\(row)") }
        #expect(text.contains("4 units x 3 inputs, 10 steps, 6 updates"))
    }

    private func record(_ counts: PeripheryCounts) -> GameRecord {
        game(
            units: counts.units, inputs: counts.inputs, steps: counts.steps,
            updates: counts.updates == 0 ? [] : [(5, 1, UInt32(counts.updates))])
    }

    private func account(_ counts: PeripheryCounts, _ energies: PeripheryEnergies) throws -> PeripheryAccount {
        let account = try EnergyAccount(synapse: paperSynapse(), game: record(counts), published: published())
        let record = record(counts)
        #expect(PeripheryCounts(record) == counts)
        return PeripheryAccount(account: account, counts: counts, energies: energies, published: try published())
    }
}
