import Essentials

@testable import NeuralNetwork

/// A small random network and rollout, with resets inside, a state that is not zero at the start, and Lambda on both
/// sides of its range, so that every term of the gradient is at work.
struct SmallCase {
    let parameters: ActorCriticParameters
    let constraints: CellConstraints
    let samples: ReferenceNetwork.Samples
    let pixels: [Float]

    static let kinds = ["mstpn", "rounded", "stpn"]

    static var smallShape: NetworkShape {
        var shape = NetworkShape()
        (shape.observationSide, shape.filters1, shape.kernel1, shape.stride1) = (10, 2, 3, 2)
        (shape.filters2, shape.kernel2, shape.stride2, shape.units, shape.actions) = (3, 2, 1, 5, 3)
        return shape
    }

    init(_ kind: String, environments: Int, steps: Int = 6, seed: UInt64 = 1, shape: NetworkShape = smallShape) {
        var constraints = CellConstraints(lambdaRange: 0.2...0.8)
        if kind == "rounded" { (constraints.deltaFStep, constraints.deltaFMaximum) = (0.05, 0.2) }
        if kind == "stpn" {
            constraints.kind = .stpn
            constraints.lambdaRange = nil
        }
        self.constraints = constraints
        parameters = ActorCriticParameters(
            shape: shape, seed: seed,
            initialisation: ActorCriticParameters.Initialisation(weight: 0.5, gamma: 0.6, lambda: 0.1...0.95))
        var generator = SeededGenerator(seed: seed, stream: 77)
        let count = steps * environments
        pixels = (0..<count * shape.observations).map { _ in Float(generator.uniform(-1, 1)) }
        func draw(_ n: Int, _ size: Double) -> [Double] { (0..<n).map { _ in Double(Float(generator.uniform(-size, size))) } }
        var resets = [Bool](repeating: false, count: count)
        if steps > 3 { resets[3 * environments + environments - 1] = true }
        if steps > 2, environments > 2 { resets[2 * environments + 1] = true }
        samples = ReferenceNetwork.Samples(
            steps: steps, environments: environments, observations: pixels.map(Double.init), resets: resets,
            actions: (0..<count).map { _ in generator.integer(below: 3) }, advantages: draw(count, 2),
            targets: draw(count, 1), oldLogProbabilities: draw(count, 0.3).map { $0 - 1.1 },
            hidden: (0..<environments).map { _ in draw(shape.units, 0.5) },
            plastic: (0..<environments).map { _ in draw(shape.synapses, 0.5) })
    }

    /// The product's learner with this rollout played and its advantages and targets set.
    func learner(
        _ algorithm: LearnerConfiguration.Algorithm, groupSize: Int, threads: Int = 1, truncation: Int? = nil,
        segmentLength: Int = 1, kernels: KernelLevel? = nil, price: UpdatePrice? = nil
    ) throws -> Learner {
        var configuration = LearnerConfiguration(
            algorithm: algorithm, environments: samples.environments, rolloutLength: samples.steps, gaeLambda: 1,
            normalisesAdvantages: false, gradientNorm: 1e9, adam: LearnerConfiguration.Adam(), truncation: truncation)
        configuration.groupSize = groupSize
        configuration.threads = threads
        configuration.segmentLength = segmentLength
        configuration.kernels = kernels
        configuration.updatePrice = price
        let learner = try Learner(parameters: parameters, constraints: constraints, configuration: configuration)
        for e in 0..<samples.environments {
            learner.recurrentState.set(
                environment: e, hidden: samples.hidden[e].map { Float($0) }, plastic: samples.plastic[e].map { Float($0) })
        }
        let size = samples.environments * parameters.shape.observations
        for t in 0..<samples.steps {
            _ = learner.act(observations: Array(pixels[t * size..<(t + 1) * size]))
            let range = t * samples.environments..<(t + 1) * samples.environments
            let next = range.map { t + 1 < samples.steps && samples.resets[$0 + samples.environments] }
            learner.record(
                actions: Array(samples.actions[range]), rewards: [Float](repeating: 0, count: samples.environments),
                ends: next)
        }
        return learner
    }
}

extension ReferenceNetwork.Samples {
    /// Some steps alone, from the state that the whole rollout (`records`) had reached before them.
    func steps(_ range: Range<Int>, of network: ReferenceNetwork, after records: [ReferenceNetwork.Record]) -> Self {
        var part = self
        let samples = range.lowerBound * environments..<range.upperBound * environments
        let pixels = observations.count / (steps * environments)
        part.steps = range.count
        part.observations = Array(observations[samples.lowerBound * pixels..<samples.upperBound * pixels])
        part.resets = Array(resets[samples])
        part.actions = Array(actions[samples])
        part.advantages = Array(advantages[samples])
        part.targets = Array(targets[samples])
        part.oldLogProbabilities = Array(oldLogProbabilities[samples])
        for e in 0..<environments where range.lowerBound > 0 {
            part.hidden[e] = records[(range.lowerBound - 1) * environments + e].hidden
            part.plastic[e] = records[range.lowerBound * environments + e].before
        }
        return part
    }
}
