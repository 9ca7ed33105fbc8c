import ArgumentParser
import CompactModel
import DeviceModel
import Energy
import Essentials
import Foundation
import GameAccount
import Pong
import Report
import Simulation

extension Reproduce {
    /// The agent asked for, else the shipped one, else an untrained one, which is written beside the results.
    static func player(given path: String?, validation: String, seed: UInt64, out: String) throws -> Agent {
        if let path { return try Agent.load(path: path) }
        // The agent of the paper's protocol (no frame skip) is preferred to the one trained with frame skip 4.
        for name in ["agent", "agent-skip4"] {
            let shipped = "\(validation)/pong/\(name).safetensors"
            if FileManager.default.fileExists(atPath: shipped) { return try Agent.load(path: shipped) }
        }
        try Agent.untrained(seed: seed).save(path: "\(out)/agent.safetensors")
        return try Agent.load(path: "\(out)/agent.safetensors")
    }

    /// The learning curves of the shipped agents; none where their logs are not there.
    static func curves(_ validation: String) throws -> [LearningCurve] {
        let list = "\(validation)/pong/curves.yaml"
        return FileManager.default.fileExists(atPath: list) ? try LearningCurve.load(list: list) : []
    }

    /// The shipped comparison of ranges of Lambda, where there is one.
    static func sweep(_ validation: String) throws -> LambdaSweep? {
        let file = "\(validation)/pong/lambda-sweep.csv"
        return FileManager.default.fileExists(atPath: file) ? try LambdaSweep.load(path: file) : nil
    }

    /// The shipped energies of peripheral circuits and of opponents, where they are there.
    static func surroundings(_ validation: String) throws -> PeripheryEnergies? {
        let file = "\(validation)/periphery.yaml"
        return FileManager.default.fileExists(atPath: file) ? try PeripheryEnergies.load(path: file) : nil
    }

    /// Everything that is needed to run it again.
    static func provenance(
        _ device: DeviceDescription, _ agent: Agent, _ game: GameRecord, _ c: Characterisation
    ) -> [String: String] {
        let options = SolverOptions()
        return [
            "program": "tausonite \(Tausonite.configuration.version)",
            "device": device.name,
            "device_file": device.path.map { URL(fileURLWithPath: $0).lastPathComponent } ?? "",
            "device_sha256": device.digest,
            "solver": "order \(options.maximumOrder), tolerance \(options.tolerance), grid growth \(options.growth) to "
                + "\(PhysicalUnit.shortest(options.largestEdge * 1e9)) nm",
            "solver_steps": "\(c.steps) accepted, \(c.rejections) rejected",
            "agent": game.agent,
            "agent_sha256": agent.digest,
            "agent_training": agent.trainedBy,
            "agent_steps": "\(agent.agentSteps)",
            "policy": game.policy,
            "seed": "\(game.seed)",
            "date": ISO8601DateFormatter().string(from: Date()),
            "system": ProcessInfo.processInfo.operatingSystemVersionString,
        ]
    }

    static func settings(_ provenance: [String: String]) -> [ReportContent.Setting] {
        let order = [
            ("Program", "program"), ("Device", "device"), ("Device file", "device_file"),
            ("Device file, SHA-256", "device_sha256"), ("Solver", "solver"), ("Time steps of the campaign", "solver_steps"),
            ("Agent", "agent"), ("Agent, SHA-256", "agent_sha256"), ("Agent, training", "agent_training"),
            ("Agent, steps of training", "agent_steps"), ("Policy", "policy"), ("Seed", "seed"), ("Date", "date"),
            ("System", "system"),
        ]
        return order.compactMap { name, key in provenance[key].map { ReportContent.Setting(name, $0, key: key) } }
    }

    static func parameter(_ entry: ParameterEntry) -> ReportContent.Parameter {
        ReportContent.Parameter(
            group: entry.section, symbol: entry.symbol, name: entry.name, value: entry.number, unit: entry.unit.symbol,
            status: entry.status.rawValue, range: entry.rangeText, source: entry.source)
    }

    /// What a report cites: the laws in use, then network, game and emulator.
    static func citations(_ device: Device) -> [Reference] {
        device.references + [
            Reference(
                "GarciaRodriguez2022",
                "H. Garcia Rodriguez, Q. Guo, T. Moraitis, Short-term plasticity neurons learning to learn and forget, "
                    + "Proc. 39th Int. Conf. Machine Learning, PMLR 162, 18704 (2022)."),
            Reference(
                "Mnih2016",
                "V. Mnih et al., Asynchronous methods for deep reinforcement learning, Proc. 33rd Int. Conf. Machine "
                    + "Learning, PMLR 48, 1928 (2016)."),
            Reference(
                "Bellemare2013",
                "M. G. Bellemare, Y. Naddaf, J. Veness, M. Bowling, The Arcade Learning Environment, J. Artif. Intell. "
                    + "Res. 47, 253 (2013); ale-py 0.12.1."),
        ]
    }
}
