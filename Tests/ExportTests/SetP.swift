import CompactModel
import Foundation
import Testing

@testable import Export

/// The default device's synapse and state model as `tausonite extract` wrote them.
enum SetP {
    static let folder = Bundle.module.resourceURL!.appendingPathComponent("Fixtures/set-p")

    static func synapse() throws -> SynapseModel {
        try SynapseModel.load(path: folder.appendingPathComponent("synapse.yaml").path)
    }
    static func lumps() throws -> LumpedDevice {
        try LumpedDevice.load(path: folder.appendingPathComponent("synapse.state.json").path)
    }

    static func origin() throws -> ExportOrigin {
        let synapse = try synapse()
        return ExportOrigin(device: synapse.device, digest: synapse.deviceDigest, command: "tausonite export synapse.yaml")
    }

    static func state(level: Int = 0) throws -> CompactExport {
        CompactExport(.state(try lumps()), level: level, origin: try origin())
    }
    static func linear(level: Int = 0) throws -> CompactExport {
        CompactExport(.linear(try synapse()), level: level, origin: try origin())
    }

    static let hasNgspice = (try? Simulator.ngspice()) != nil
    static let hasVacask = (try? Simulator.vacask()) != nil
}
