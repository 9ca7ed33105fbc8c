import DeviceModel
import Essentials
import Foundation
import TestSupport
import Testing

@testable import CompactModel

/// What is made of an ensemble's numbers, on tables made by hand, and what cannot be read.
@Suite struct EnsembleTableTests {
    private let shipped: DeviceDescription
    private let campaign: EnsembleCampaign

    init() throws {
        shipped = try DeviceDescription.load(path: Repository.path("Materials/pt-sto-ti.yaml"))
        campaign = EnsembleCampaign(Campaign(shipped.device))
    }

    /// 1 ... 5: mean 3, sum of squares 10, n - 1 = 4; the 5 % point lies 0.2 of the way from the first to the second.
    @Test func distributionsAreThoseOfAHandMadeTable() throws {
        let d = try #require(Distribution([5, 3, 1, 2, 4]))
        #expect(d.count == 5 && d.mean == 3 && d.deviation == 2.5.squareRoot() && d.median == 3)
        #expect(abs(d.p5 - 1.2) < 1e-15 && abs(d.p95 - 4.8) < 1e-15 && d.least == 1 && d.greatest == 5)
        #expect(Distribution([]) == nil && Distribution([2])?.deviation == 0)
    }

    /// Ranks 1, 2, 3.5, 3.5, 5 for 1, 2, 3, 3, 7; rho is 1 for any rising function, and 1 - 6 sum d^2 / (n (n^2 - 1)) without ties: d = 0, 1,
    /// -1, 0 gives 0.8 of four.
    @Test func rankCorrelationsAreThoseOfAHandMadeTable() throws {
        #expect(RankCorrelation.ranks([3, 1, 7, 3, 2]) == [3.5, 1, 5, 3.5, 2])
        let x = [0.1, 0.5, 2, 9]
        #expect(RankCorrelation.spearman(x, x.map { exp($0) }) == 1 && RankCorrelation.spearman(x, x.map { -$0 }) == -1)
        #expect(abs(try #require(RankCorrelation.spearman([1, 2, 3, 4], [1, 3, 2, 4])) - 0.8) < 1e-15)
        #expect(RankCorrelation.spearman([1, 2], [1, 2]) == nil && RankCorrelation.spearman([1, 1, 1], [1, 2, 3]) == nil)
    }

    /// Four devices: two good, one beyond a limit, one without a number.
    private func table() throws -> EnsembleResult {
        let draws = try DeviceDraws(
            shipped, spreads: ParameterSpread.list("area=5%,platinum_barrier=10meV", of: shipped), count: 4, seed: 1)
        var outcome = EnsembleCampaign.Outcome(devices: [])
        for (k, conductance) in [9e-9, 17e-9, 12e-9].enumerated() {
            var device = EnsembleCampaign.Measured()
            for quantity in campaign.quantities { device.values[quantity] = Double(k + 1) * 1e-9 }
            device.values[.baseConductance] = conductance
            outcome.devices.append(device)
        }
        outcome.devices.append(
            .init(
                values: [.baseConductance: 10e-9],
                failures: [.init(quantity: .decayTime(bias: 0), reason: "says why, in words")]))
        let limits = try YieldLimit.list("G_min=8:16nS,tau_0V=0:infs", of: campaign.quantities)
        return EnsembleResult(draws, campaign, outcome, limits: limits + [.init(.formingVoltage, 4...5)])
    }

    @Test func yieldIsThatOfAHandMadeTable() throws {
        let result = try table()
        // The limit on what was not measured at all is left out.
        #expect(result.limits.count == 2 && result.good == 2)
        #expect(result.kept(result.limits[0]) == (3, 0) && result.kept(result.limits[1]) == (3, 1))
        #expect(result.failed == [3] && result.values(.decayTime(bias: 0)).count == 3)
        let rows = result.table.rows
        #expect(try rows.map { try $0.integer("good") } == [1, 0, 1, 0])
        #expect(try rows[3].text("failures") == "tau_0V: says why, in words" && rows[3].numberIfGiven("tau_0V_s") == nil)
        #expect(abs(try rows[1].number("G_min_nS") - 17) < 1e-6)
        #expect(abs(try rows[2].number("area_nm2") / (result.draws.members[2].values[0] * 1e18) - 1) < 1e-8)
        let read = try Table(csv: result.table.csv, source: "ensemble.csv")
        #expect(read == result.table)
    }

    @Test func aSynapseCarriesTheSpread() throws {
        let result = try table()
        let measured = try #require(result.variability(stepNoise: 0.5e-9))
        let conductances = try #require(result.distribution(.baseConductance))
        #expect(measured.devices == 4 && measured.conductance == conductances.deviation / conductances.mean)
        // 1, 2, 3: mean 2, standard deviation 1.
        #expect(measured.cells.count == 12 && measured.decays.count == 3)
        #expect(abs(measured.step - 0.5) < 1e-12 && abs(measured.decayTime - 0.5) < 1e-12)
        var synapse = try #require(
            SynapseModel(try ReferenceCampaign.result.get(), readVoltage: 0.6, device: "T", deviceDigest: "ab"))
        let old = synapse.yaml
        let without = try SynapseModel(YAML(parsing: old, source: "s"))
        #expect(!old.contains("variability") && without.variability == nil)
        synapse.variability = measured
        #expect(synapse.yaml.hasPrefix(old))
        let read = try SynapseModel(YAML(parsing: synapse.yaml, source: "synapse.yaml"))
        #expect(read.variability?.stepNoise == 0.5e-9 && read.variability?.readNoise == 0 && read.variability?.devices == 4)
        #expect(
            abs((read.variability?.step ?? 0) - 0.5) < 1e-9
                && read.variability?.cells.map(\.width) == measured.cells.map(\.width))
        #expect(read.yaml == synapse.yaml)
        #expect(try synapse.json().contains("\"step_noise_nS\""))
        for (from, to, word) in [
            ("devices: 4", "devices: 0", "devices"), ("step: 0.5\n  decay_time", "step: -1\n  decay_time", "0.0 ... 2.0"),
            ("  step_noise: {value: 0.5, unit: nS}", "  step_noise: {value: 0.5, unit: nm}", "conductance"),
            ("  decay_time:", "  decay_tim:", "decay_time"),
        ] {
            let text = synapse.yaml.replacingOccurrences(of: from, with: to)
            #expect(text != synapse.yaml)
            let error = #expect(throws: InputError.self) { try SynapseModel(YAML(parsing: text, source: "s.yaml")) }
            #expect(error?.description.contains(word) == true && error?.line != nil, "\(String(describing: error))")
        }
    }

    @Test(arguments: [
        ("aria=5%", "perhaps area"), ("area=5nm", "unit of length"), ("area=5", "has no unit"),
        ("area=-5%", "standard deviation"),
        ("platinum_barrier=-10meV", "0 or more"), ("area=300%", "0 ... 200 %"), ("area", "key=standard deviation"),
        ("area=5%,area=6%", "named twice"), ("", "names no parameter"), ("area=x%", "is not a number"),
        ("area=5parsec", "is not a known unit"), ("area=5nm", "or %"),
    ])
    func spreadsThatCannotBeRead(text: String, words: String) {
        let error = #expect(throws: InputError.self) { try ParameterSpread.list(text, of: shipped) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    @Test func aSpreadWithoutAValidDeviceIsRefused() throws {
        #expect(throws: InputError.self) { try DeviceDraws(shipped, spreads: [], count: 0, seed: 1) }
        // A sheet of infinite sites has no spread, nor has a share of nothing.
        #expect(throws: InputError.self) { try ParameterSpread(parsing: "left.sheets.oxygen.sites=5%", of: shipped) }
        #expect(throws: InputError.self) { try ParameterSpread(parsing: "left.reactions.hop.symmetry=5%", of: shipped) }
        // 2,000 sigma beyond the range: no draw in a thousand.
        let far = ParameterSpread.Width.absolute(1)
        let spread = try ParameterSpread("thickness", far, of: shipped)
        let error = #expect(throws: InputError.self) { try DeviceDraws(shipped, spreads: [spread], count: 1, seed: 1) }
        #expect(error?.description.contains("every one of 1000 draws") == true, "\(String(describing: error))")
    }

    @Test(arguments: [
        ("G_min=16:8nS", "empty range"), ("G_mim=8:16nS", "perhaps G_min"), ("G_min=8:16s", "unit of time"),
        ("G_min=8nS", "low:high"), ("G_min=8:16", "has no unit"), ("forming=4:5V", "is not among"),
    ])
    func limitsThatCannotBeRead(text: String, words: String) {
        let error = #expect(throws: InputError.self) { try YieldLimit.list(text, of: campaign.quantities) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    @Test func limitsAreReadWithTheirUnits() throws {
        let limits = try YieldLimit.list(
            "G_min=8:16nS, dF_3.5V_500us=0.02:0.05uS,tau_-0.6V=200ms:inf s", of: campaign.quantities)
        #expect(limits[0] == .init(.baseConductance, 8e-9...16e-9))
        #expect(
            limits[1].quantity == .step(amplitude: 3.5, width: 500e-6) && abs(limits[1].range.upperBound / 5e-8 - 1) < 1e-15)
        #expect(limits[2].quantity == .decayTime(bias: -0.6) && limits[2].range == 0.2 ... .infinity)
        #expect(Set(YieldLimit.standard.map(\.quantity.key)).isSubset(of: ["forming"] + campaign.quantities.map(\.key)))
    }
}
