import DeviceModel
import Essentials
import Foundation
import TestSupport
import Testing

@testable import CompactModel

/// A device with falling permittivity, an activated hop and transport in the layer, and set D, against an independent solver
/// of the same equations (Scripts/reference, rows in Validation/reference/device-p and device-d): every row within 1 %.
struct ReferenceDeviceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let folder, device: String
        var testDescription: String { folder }
    }
    static let cases = [
        Case(folder: "device-p", device: "Validation/reference/device-p/device.yaml"),
        Case(folder: "device-d", device: "Materials/pt-sto-ti-drift.yaml"),
    ]

    @Test("Base state, dF, energy, peak temperature, tau and the first train without the electrons' charge", arguments: cases)
    func chargeless(of one: Case) throws {
        var campaign = try prepared(one)
        campaign.chargeThreshold = .infinity
        campaign.parts = [.decays, .trains]
        try compare(campaign, with: "chargeless", of: one)
    }

    @Test("Base state, dF, energy, peak temperature and tau with the electrons' charge", arguments: cases)
    func charged(of one: Case) throws {
        var campaign = try prepared(one)
        campaign.device.electrons = .driftDiffusion
        campaign.parts = [.decays]
        try compare(campaign, with: "charged", of: one)
    }

    /// Set D's pulses stay below the threshold from which the charge is solved for: 2 %.
    @Test("The same by default, where the charge is taken up only where it counts", arguments: cases)
    func byDefault(of one: Case) throws {
        var campaign = try prepared(one)
        campaign.parts = [.decays]
        try compare(campaign, with: "charged", of: one, below: one.folder == "device-p" ? 0.01 : 0.02, shown: "default path, ")
    }

    /// One repeat of four pulses and decays at three biases.
    private func prepared(_ one: Case) throws -> Campaign {
        var campaign = Campaign(try DeviceDescription.load(path: Repository.path(one.device)).device)
        campaign.repeats = 1
        campaign.extraCells = [(2.0, 20e-6), (2, 100e-6), (3, 100e-6), (3.5, 500e-6)].map {
            .init(amplitude: $0.0, width: $0.1)
        }
        campaign.biases = [0.6, 0, -0.6]
        campaign.trains = 1
        campaign.retention = []
        return campaign
    }

    private func compare(
        _ campaign: Campaign, with name: String, of one: Case, below limit: Double = 0.01, shown path: String = ""
    ) throws {
        let result = try campaign.run()
        let table = try Table.load(path: Repository.path("Validation/reference/\(one.folder)/\(name).csv"))
        var (worst, compared) = (0.0, 0)
        for row in table.rows {
            let quantity = try row.text("quantity")
            let (voltage, width) = (try row.numberIfGiven("voltage_V") ?? 0, try row.numberIfGiven("width_us") ?? 0)
            let cell = result.map.first { abs($0.amplitude - voltage) < 1e-9 && abs($0.width * 1e6 - width) < 1e-6 }
            // A peak temperature counts as a rise above the ambient one.
            let ambient = campaign.device.ambientTemperature
            let ours: Double? =
                switch quantity {
                case "rest_conductance" where name == "chargeless": result.restConductance * 1e9
                case "base_conductance": result.baseConductance * 1e9
                case "delta_F": cell?.deltaConductance.first.map { $0 * 1e9 }
                case "pulse_energy": cell?.energy.first.map { $0 * 1e12 }
                case "peak_temperature": cell?.peakTemperature.first.map { $0 - ambient }
                case "tau": result.decays.first { abs($0.bias - voltage) < 1e-9 }?.tau
                case "level_1": result.trains.first.map { $0.read1s * 1e9 }
                case "train_peak_temperature": result.trains.first.map { $0.peakTemperature - ambient }
                default: nil
                }
            guard let ours else { continue }
            let expected = try row.number("value") - (quantity.hasSuffix("temperature") ? ambient : 0)
            let error = abs(ours / expected - 1)
            // Close to the thermal fold, where an error of the current comes back as twice as large a rise.
            if quantity == "train_peak_temperature" {
                hold(error, below: 0.02, as: "\(one.folder): \(name) peak temperature of a SET train, relative to its rise")
                continue
            }
            #expect(error < limit, "\(quantity) at \(voltage) V, \(width) us, \(name): \(ours), reference \(expected)")
            worst = max(worst, error)
            compared += 1
        }
        #expect(compared >= 14)
        hold(worst, below: limit, as: "\(one.folder): \(path)\(name) rows against the independent solver, relative")
    }
}
