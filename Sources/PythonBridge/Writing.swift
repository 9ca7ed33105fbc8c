import CompactModel
import DeviceModel
import Essentials
import Foundation
import Simulation

/// The files that a value can become, as the command line writes them.
struct Writing {
    private let content: (any Sendable)?

    init(_ pointer: UnsafeRawPointer?) { content = Handle.at(pointer)?.content }

    func text(_ what: String) throws -> String {
        switch (content, what) {
        case (let device as DeviceDescription, "yaml"): device.yaml
        case (let answer as SynapseAnswer, "yaml"): answer.model.yaml
        case (let run as Run, "csv"): run.trace.csv
        case (let run as Run, "profiles.csv"): run.trace.profileTable.csv
        case (let run as Run, "json"): String(decoding: try run.record.json(), as: UTF8.self)
        default: throw InputError("what", value: what, problem: "is nothing that this can become", expected: "another name")
        }
    }

    func write(_ what: String, to path: String) throws {
        switch content {
        case let file as StateFile: try file.save(path: path)
        case let answer as SynapseAnswer: try answer.write(what, to: path)
        default: try AtomicFile.write(text(what), to: path)
        }
    }
}
