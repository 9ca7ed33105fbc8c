import CompactModel
import Essentials
import Foundation
import Testing

@testable import Export

/// Simulators beside the device: a part of the table of Docs/export.md (two cells, two biases, one level).
@Suite(.serialized) struct DeviceComparisonTests {
    func rows(_ export: CompactExport, _ language: CompactExport.Language) throws -> [String: DeviceComparison.Row] {
        var synapse = try SetP.synapse()
        synapse.update.points = [synapse.update.points[0], synapse.update.points[10]]
        synapse.decay.points = [synapse.decay.points[0], synapse.decay.points[6]]
        synapse.levels = [synapse.levels[5]]
        let currents: [Campaign.CurrentPoint] = [
            .init(voltage: -0.6, current: -679.5e-15, isPulse: false), .init(voltage: 0.6, current: 7.360e-9, isPulse: false),
            .init(voltage: 3.5, current: 9.471e-6, isPulse: true),
        ]
        let rows = try DeviceComparison(export, synapse, currents: currents).rows(language)
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.quantity, $0) })
    }

    /// Currents above are those of the device (`tausonite export ... --against-device`); at -0.6 V, 0.7 pA, the state model errs by 1 %.
    func holds(_ rows: [String: DeviceComparison.Row]) {
        #expect(rows.count == 10)
        for row in rows.values {
            #expect(abs(row.error) < 0.015, "\(row)")
            #expect(abs(row.exportError ?? 1) < 0.01, "\(row)")
        }
    }

    @Test(.enabled(if: SetP.hasNgspice, "ngspice is not installed: apt-get install ngspice"))
    func ngspiceFollowsTheDevice() throws { holds(try rows(SetP.state(), .spice)) }

    @Test(.enabled(if: SetP.hasVacask, "vacask is not installed: Scripts/setup.sh --with vacask"))
    func vacaskFollowsTheDevice() throws { holds(try rows(SetP.state(), .verilogA)) }

    /// W, F and Lambda: dF, tau and W are the device's own; it is ohmic, so that its energies and currents are not.
    @Test(.enabled(if: SetP.hasNgspice, "ngspice is not installed: apt-get install ngspice"))
    func theLinearModelHasNoCurrents() throws {
        let rows = try rows(SetP.linear(), .spice)
        for (name, row) in rows where name.hasPrefix("dF") || name.hasPrefix("tau") || name.hasPrefix("W") {
            #expect(abs(row.error) < 0.01, "\(row)")
        }
        #expect(try #require(rows["energy, 2 V, 20 us"]).error < -0.5)
        #expect(try #require(rows["current, sweep at -0.6 V"]).model == nil)
    }
}
