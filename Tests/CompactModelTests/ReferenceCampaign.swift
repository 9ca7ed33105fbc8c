import DeviceModel
import Essentials
import Foundation

@testable import CompactModel

/// Set T's campaign with the electrons' charge left out, as the independent prototype does, run once for all tests of this target, and
/// the prototype's tables.
enum ReferenceCampaign {
    static let result: Result<Characterisation, any Error> = Result { try chargeless(DeviceParameters()).run() }

    static func chargeless(_ parameters: DeviceParameters) -> Campaign {
        var campaign = Campaign(parameters)
        campaign.chargeThreshold = .infinity
        return campaign
    }

    static func table(_ name: String) throws -> Table {
        try Table.load(path: Bundle.module.resourceURL!.appendingPathComponent("Fixtures/device/\(name)").path)
    }

    /// The rows of a fixture as numbers, those fields left out that are none.
    static func numbers(_ name: String) throws -> [[Double]] {
        try table(name).rows.map { $0.fields.compactMap { Double($0) } }
    }

    static func summary(_ key: String) throws -> Double {
        try table("summary.csv").rows.first { $0.fields[0] == key }!.number("value")
    }
}
