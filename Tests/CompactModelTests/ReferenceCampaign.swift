import DeviceModel
import Foundation

@testable import CompactModel

/// Set T's campaign, run once for all tests of this target, and the tables of the independent prototype.
enum ReferenceCampaign {
    static let result: Result<Characterisation, any Error> = Result { try Campaign(DeviceParameters()).run() }

    /// Rows of a fixture as text, header left out.
    static func rows(_ name: String) throws -> [[String]] {
        let folder = Bundle.module.resourceURL!.appendingPathComponent("Fixtures/device")
        let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        return text.split(whereSeparator: \.isNewline).dropFirst().map { $0.split(separator: ",").map(String.init) }
    }

    static func numbers(_ name: String) throws -> [[Double]] {
        try rows(name).map { $0.compactMap { Double($0) } }
    }

    static func summary(_ key: String) throws -> Double {
        try rows("summary.csv").first { $0[0] == key }.flatMap { Double($0[1]) }!
    }
}
