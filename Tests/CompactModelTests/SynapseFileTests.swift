import Essentials
import Foundation
import Testing

@testable import CompactModel

@Suite struct SynapseFileTests {
    let synapse: SynapseModel
    init() throws {
        synapse = try #require(
            SynapseModel(try ReferenceCampaign.result.get(), readVoltage: 0.6, device: "set \"T\"", deviceDigest: "ab12"))
    }

    @Test func reductionKeepsWhatTheCampaignMeasured() throws {
        #expect(synapse.update.points.count == 12)
        #expect(synapse.decay.points.count == 13)
        #expect(synapse.levels.count == 6)
        #expect(synapse.update.maximum == 20)
        #expect(synapse.update.step == 0.5)
        // Docs/device-model.md, section 4: exponent 1.39 over 12 cells, 1.465 corner to corner, c = 27 pJ (nS).
        #expect(abs(synapse.energy.exponent - 1.39) < 0.01)
        #expect(abs(synapse.energy.cornerExponent - 1.465) < 0.01)
        #expect(abs(synapse.energy.prefactorPerNanosiemens * 1e12 - 27) < 1)
        #expect(synapse.decay.sigmoid.residual < 0.004)
    }

    @Test func bothReadingsOfTheEnergyLawAreTheSameJoules() {
        let nanosiemens = 7.5
        let units = nanosiemens / (synapse.weightMap.conductancePerUnit * 1e9)
        let a = synapse.energy.prefactorPerNanosiemens * pow(nanosiemens, synapse.energy.exponent)
        let b = synapse.energy.prefactorPerUnit * pow(units, synapse.energy.exponent)
        #expect(abs(a / b - 1) < 1e-12)
    }

    /// Lambda belongs to a step: over two steps of 0.5 s the weight keeps what it keeps over one of 1 s.
    @Test func lambdaIsThatOfItsStep() throws {
        var conventions = SynapseConventions()
        conventions.decayStep = 0.5
        let half = try #require(
            SynapseModel(
                try ReferenceCampaign.result.get(), conventions: conventions, readVoltage: 0.6, device: "T",
                deviceDigest: "ab12"))
        #expect(half.decay.step == 0.5)
        for (short, long) in zip(half.decay.points, synapse.decay.points) {
            #expect(abs(short.lambda * short.lambda - long.lambda) < 1e-12)
            #expect(abs(long.lambda - exp(-1 / long.tau)) < 1e-12)
        }
    }

    @Test func fileReadsBack() throws {
        let read = try SynapseModel(YAML(parsing: synapse.yaml, source: "synapse.yaml"))
        #expect(read.device == synapse.device)
        #expect(read.update.points.count == 12)
        for (a, b) in zip(read.update.points, synapse.update.points) {
            #expect(abs(a.deltaConductance / b.deltaConductance - 1) < 1e-11)
            #expect(abs(a.energy / b.energy - 1) < 1e-11)
        }
        #expect(abs(read.decay.lambdaMaximum - synapse.decay.lambdaMaximum) < 1e-12)
        #expect(read.levels.map(\.train) == synapse.levels.map(\.train))
        // The text is a fixed point: writing what was read changes nothing.
        #expect(read.yaml == synapse.yaml)
    }

    @Test(arguments: [
        ("unit: nS}\n  conductance_per_unit", "unit: V}\n  conductance_per_unit", "minimum_conductance"),
        ("step: 0.5", "step: -0.5", "step"), ("maximum: 20", "maximum: 0.1", "maximum"),
        ("pulse_energy:", "pulse_enrgy:", "pulse_energy"), ("long_term:", "other:", "long_term"),
        ("lambda_minimum:", "lambda_minimum: 2 #", "lambda_minimum"),
    ])
    func badFilesNameTheKey(change: (from: String, to: String, key: String)) throws {
        let text = synapse.yaml
        #expect(text.contains(change.from))
        let bad = text.replacingOccurrences(of: change.from, with: change.to)
        let error = #expect(throws: InputError.self) { try SynapseModel(YAML(parsing: bad, source: "synapse.yaml")) }
        #expect(error?.description.contains(change.key) == true, "\(String(describing: error))")
        #expect(error?.description.contains("synapse.yaml:") == true)
    }

    @Test func aTableRowTooShortIsRefused() throws {
        let bad = synapse.yaml.replacingOccurrences(of: "    - [2, 20, ", with: "    - [20, ")
        #expect(throws: InputError.self) { try SynapseModel(YAML(parsing: bad, source: "s")) }
    }

    @Test func tablesHaveUnitsInTheirHeaders() throws {
        let tables = try ReferenceCampaign.result.get().tables
        #expect(tables.map(\.name).contains("fig3abc-pulses"))
        for (name, table) in tables {
            #expect(table.rows.count >= 2, "\(name)")
            #expect(!table.csv.contains("nan") && !table.csv.contains("inf"))
            // What was written is read back the same, and every field but the name of a phase is a number.
            let read = try Table(csv: table.csv, source: name, columns: table.columns)
            #expect(read == table, "\(name)")
            for column in read.columns where column != "phase" {
                #expect(throws: Never.self) { for row in read.rows { _ = try row.number(column) } }
            }
        }
    }
}
