import Essentials

extension Learner {
    /// Everything that the next rollout depends on: parameters, Adam's moments and step count, h and F.
    ///
    /// Call between rollouts (after `update`). Names: the agent file's, `adam.m.*`, `adam.v.*`, `state.h`, `state.F`,
    /// and `adam.steps`. Restoring them goes on bit for bit.
    public func checkpoint() -> [Tensor] {
        precondition(!isMidRollout, "a checkpoint is taken between rollouts")
        return parameters.tensors() + network.layout.unpack(optimiser.m).tensors(prefix: "adam.m.")
            + network.layout.unpack(optimiser.v).tensors(prefix: "adam.v.") + state.tensors(prefix: "state.")
            + [Tensor("adam.steps", shape: [1], [Int64(optimiser.steps)])]
    }

    /// Goes on from a checkpoint. Throws `InputError` naming the tensor that is missing or does not fit; the learner
    /// is then unchanged.
    public func restore(_ file: Safetensors) throws(InputError) {
        let loaded = try ActorCriticParameters(file, shape: shape, prefix: "")
        let m = try ActorCriticParameters(file, shape: shape, prefix: "adam.m.")
        let v = try ActorCriticParameters(file, shape: shape, prefix: "adam.v.")
        let steps = try file.elements("adam.steps", shape: [1], as: Int64.self)[0]
        guard (0...1_000_000_000_000_000).contains(steps) else {
            throw InputError(
                "tensor adam.steps", value: "\(steps)", problem: "is out of range", expected: "0 ... 1e15", source: file.source)
        }
        for name in ParameterName.allCases {
            if let bad = v[name].first(where: { $0 < 0 }) {
                throw InputError(
                    "tensor adam.v.\(name.rawValue)", value: "\(bad)", problem: "is a mean of squares below 0",
                    expected: "0 or more", source: file.source)
            }
        }
        let fresh = RecurrentState(shape: shape, environments: configuration.environments)
        try fresh.restore(file, prefix: "state.")
        network.layout.pack(loaded, into: network.flat)
        network.refresh()
        network.layout.pack(m, into: optimiser.m)
        network.layout.pack(v, into: optimiser.v)
        optimiser.steps = Int(steps)
        state.h.copy(0..<state.h.count, from: fresh.h, at: 0)
        state.f.copy(0..<state.f.count, from: fresh.f, at: 0)
    }
}
