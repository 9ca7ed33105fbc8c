import Calibration
import CompactModel
import DeviceModel
import Essentials
import Foundation
import Protocols

/// A synapse, and the state model that may stand beside it.
struct SynapseAnswer: Sendable {
    struct Extraction: Decodable {
        var fine, streams: Bool
        var seed: UInt64
    }
    struct Tables: Decodable {
        var paths: [String]
        var path: String?
        /// Relative.
        var sigma: Double
        var seed: UInt64
    }

    var model: SynapseModel
    /// `synapse.state.json`.
    var state: String?

    var handle: Handle {
        get throws { Handle(self, text: try model.json()) }
    }

    /// As `tausonite extract`.
    static func extract(_ description: DeviceDescription, _ request: Extraction, _ task: RunningTask?) throws -> Handle {
        var (_, synapse) = try description.measured(
            options: request.fine ? .reference : SolverOptions(), progress: task?.handler)
        guard request.streams else { return try SynapseAnswer(model: synapse).handle }
        let reduced = try description.reduced(to: synapse, seed: request.seed, progress: task?.handler)
        synapse.reduction = reduced.reduction
        return try SynapseAnswer(
            model: synapse,
            state: reduced.models.state.json(
                device: description.name, digest: description.digest, cell: reduced.models.cell)
        ).handle
    }

    /// As `tausonite extract --data ... --linear-only`.
    static func ofTables(_ request: Tables) throws -> Handle {
        guard request.sigma > 0, request.sigma.isFinite else {
            throw InputError("sigma", value: "\(request.sigma)", problem: "is no relative error", expected: "above 0")
        }
        let experiment = try request.path.map { try Experiment.load(path: $0) }
        let data = try MeasuredData.load(paths: request.paths, experiment: experiment, sigma: request.sigma)
        return try SynapseAnswer(model: data.synapse(seed: request.seed)).handle
    }

    static func at(_ pointer: UnsafeRawPointer?) throws(InputError) -> SynapseAnswer {
        guard let answer = Handle.at(pointer)?.content as? SynapseAnswer else {
            throw InputError("synapse", problem: "is none", expected: "a synapse")
        }
        return answer
    }

    func write(_ what: String, to path: String) throws {
        guard what == "state" else { return try model.save(path: path) }
        guard let state else {
            throw InputError("state model", problem: "was not made", expected: "extract(streams=True)")
        }
        try AtomicFile.write(state, to: path)
    }

    /// One of the synapse's laws at every place of `a` (and `b`): "step" of a pulse (V, s) in nS, "energy" of a dF (nS) in pJ, "tau" at a
    /// bias (V) in s, "sigmoid" at a bias (V).
    func values(_ what: String, _ a: [Double], _ b: [Double]) throws(InputError) -> [Double] {
        try check(a, b)
        switch what {
        case "step":
            let chain = try chain
            return zip(a, b).map { chain.step($0, $1) * 1e9 }
        case "energy": return a.map { model.energy.prefactorPerNanosiemens * 1e12 * pow($0, model.energy.exponent) }
        case "tau":
            let chain = try chain
            return a.map { chain.decayTime(at: $0) }
        case "sigmoid": return a.map { model.decay.sigmoid.lambda(at: $0) }
        default: throw InputError("law", value: what, problem: "is none of a synapse", expected: "step, energy, tau, sigmoid")
        }
    }

    private func check(_ a: [Double], _ b: [Double]) throws(InputError) {
        for value in a + b where !value.isFinite {
            throw InputError("synapse", value: "\(value)", problem: "is not a finite number", expected: "finite numbers")
        }
    }

    /// The synapse in time, which takes a whole grid of pulses and a decay.
    private var chain: LinearSynapse {
        get throws(InputError) {
            let points = model.update.points
            let cells = Set(points.map(\.amplitude)).count * Set(points.map(\.width)).count
            guard !points.isEmpty, points.count == cells, points.allSatisfy({ $0.deltaConductance > 0 && $0.width > 0 }) else {
                throw InputError(
                    "update.map", value: "\(points.count) pulses",
                    problem: "is no grid of amplitudes and widths with dF above 0",
                    expected: "every amplitude with every width, once")
            }
            guard !model.decay.points.isEmpty, model.decay.points.allSatisfy({ $0.tau > 0 }) else {
                throw InputError("decay.table", problem: "has no decay time above 0", expected: "one bias or more")
            }
            return LinearSynapse(model)
        }
    }
}
