import DeviceModel
import Foundation
import Protocols
import Simulation
import Testing

/// A fixture table of numbers, column by column; rows that do not start with a number keep their first cell as a name.
struct ReferenceTable {
    var columns: [String]
    var rows: [(name: String, values: [Double])]

    init(_ path: String) throws {
        let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
        let text = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
        let header = lines[0].replacingOccurrences(of: "\"branch(0 up,1 down,2 back)\"", with: "branch")
        columns = header.split(separator: ",").map(String.init)
        rows = lines.dropFirst().map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            return (cells[0], cells.map { Double($0) ?? .nan })
        }
    }

    func column(_ name: String) throws -> [Double] {
        let index = try #require(columns.firstIndex(of: name), "no column \(name)")
        return rows.map { $0.values[index] }
    }

    /// The value in the row `name`.
    func value(_ name: String, _ column: String) throws -> Double {
        let index = try #require(columns.firstIndex(of: column))
        return try #require(rows.first { $0.name == name }).values[index]
    }
}

/// Devices at the start of the paper's figures.
enum Bench {
    static func parameters(_ set: String) -> DeviceParameters {
        var p = DeviceParameters()
        guard set == "set-d" else { return p }
        // Set D, Docs/device-model.md, end of section 4.
        p.donorDensity = 1e25
        p.platinumBarrier = 0.99389
        p.redoxPotential = -0.031658
        p.compactCapacitance = 0.33706
        p.area = 1.86733e-15
        p.forwardHopRate = 1670.3
        p.hopActivation = 0
        p.backwardHopVelocity = 2.43160e-12
        p.hopFieldLength = 2.02212e-9
        p.vacancyDiffusivity = 3.05340e-18
        p.oxygenLossRate = 3.25844e-21
        p.oxygenReturnRate = 5.20261e-5
        p.thermalResistance = 1.95e6
        return p
    }

    /// A device after 1e3 s at 0 V and 300 s at 0.6 V.
    ///
    /// `chargeThreshold`: infinite for references that leave the electrons' charge out.
    static func base(
        _ parameters: DeviceParameters = DeviceParameters(), options: SolverOptions = SolverOptions(),
        chargeThreshold: Double = 0.025
    ) throws -> DeviceSimulator {
        let simulator = DeviceSimulator(parameters, options: options)
        simulator.chargeThreshold = chargeThreshold
        try simulator.run(Experiment.baseStateSteps)
        return simulator
    }
}
