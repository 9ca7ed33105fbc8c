import Essentials
import NeuralNetwork

/// N games of Pong side by side in one helper process: one call steps them all and leaves what the network sees next.
///
/// PongNoFrameskip-v4 through ALE with the "rllib84" observation. A game that ends starts anew at once, after a random
/// number of no-ops from the environment's own seeded generator: the same seed gives the same games however they are
/// shared between such values (`first`). Frame skip k > 1 repeats an action k times, shows the pixel-wise maximum of the last two frames
/// and sums the rewards. With sticky actions each frame takes, with that probability, the action of the frame before instead of
/// the one chosen, as ALE does it (Machado et al. 2018, arXiv:1709.06009); the draws are the environment's own.
package final class PongEnvironments {
    package struct Configuration: Equatable, Sendable {
        /// Number of games side by side, 1 ... 1024.
        package var count: Int
        /// Frames that an action lasts, 1 ... 16.
        package var frameSkip: Int
        package var actions: [Action]
        /// Starts have 0 ... this many no-ops, equally likely.
        package var noopMaximum: Int
        package var seed: UInt64
        /// Number of the first game among all that the seed stands for.
        package var first: Int
        /// Frames after which a game counts as ended with its score so far.
        package var frameLimit: Int
        /// Probability that a frame repeats the action of the frame before, 0 ... 1.
        package var sticky: Double

        package init(
            count: Int, frameSkip: Int = 1, actions: [Action] = Action.pong, noopMaximum: Int = 30, seed: UInt64 = 1,
            first: Int = 0, frameLimit: Int = 108_000, sticky: Double = 0
        ) {
            self.count = count
            self.frameSkip = frameSkip
            self.actions = actions
            self.noopMaximum = noopMaximum
            self.seed = seed
            self.first = first
            self.frameLimit = frameLimit
            self.sticky = sticky
        }
    }

    /// A game that ended: its score, agent steps, frames (no-ops included), and whether the frame limit ended it.
    package struct FinishedGame: Equatable, Sendable {
        package var environment: Int
        package var score, steps, frames: Int
        package var capped: Bool
    }

    /// Side of the square observation.
    package static let observationSide = ScreenTransform.side
    /// Values of one observation.
    package static let observationSize = ScreenTransform.size

    package let configuration: Configuration
    /// What the network sees now: [count, 84 * 84], values -1 ... 0.992.
    package private(set) var observations: [Float]
    /// Points of the last step, one number an environment.
    package private(set) var rewards: [Int]
    /// Whether the last step ended the environment's game (the observation is then the next game's first).
    package private(set) var ends: [Bool]
    /// Games that ended in the last step.
    package private(set) var finished: [FinishedGame] = []
    /// What the network would have seen of games that the frame limit ended in the last step, by environment.
    package private(set) var truncated: [Int: [Float]] = [:]
    /// The action (ALE's code) that each frame of the last step took, [count][frame skip].
    package private(set) var frameActions: [Int32] = []
    /// No-ops of each environment's next start; drawn by its generator, and free to be set.
    package var nextNoops: [Int]

    let emulators: Emulators
    private let codes: [Int32]
    private var generators: [SeededGenerator]
    private var scores, steps: [Int]
    /// The action of each environment's last frame.
    private var held: [Int32]
    private var transform = ScreenTransform()

    /// Starts the helper process; `reset` must follow. Throws `InputError` when there is no Python with ale-py, or
    /// when Pong does not know an action.
    package init(_ configuration: Configuration) throws {
        let count = configuration.count
        guard (0...10_000).contains(configuration.noopMaximum) else {
            throw InputError(
                "noops", value: "\(configuration.noopMaximum)", problem: "is out of range", expected: "0 ... 10000")
        }
        guard (0...1).contains(configuration.sticky) else {
            throw InputError(
                "sticky", value: "\(configuration.sticky)", problem: "is no probability", expected: "0 ... 1, such as 0.25")
        }
        self.configuration = configuration
        emulators = try Emulators(count: count, frameSkip: configuration.frameSkip, frameLimit: configuration.frameLimit)
        codes = configuration.actions.map(\.rawValue)
        let set = emulators.actionSet
        if let strange = configuration.actions.first(where: { !set.contains($0.rawValue) }) {
            let names = set.compactMap { Action(rawValue: $0)?.name }.joined(separator: " ")
            throw InputError("actions", value: strange.name, problem: "is not an action of Pong", expected: names)
        }
        generators = (0..<count).map {
            SeededGenerator(seed: configuration.seed, stream: 1000 + UInt64(configuration.first + $0))
        }
        observations = [Float](repeating: 0, count: count * Self.observationSize)
        rewards = [Int](repeating: 0, count: count)
        ends = [Bool](repeating: false, count: count)
        nextNoops = [Int](repeating: 0, count: count)
        scores = [Int](repeating: 0, count: count)
        steps = [Int](repeating: 0, count: count)
        held = [Int32](repeating: Action.noop.rawValue, count: count)
        for i in 0..<count { drawNoops(i) }
    }

    private func drawNoops(_ environment: Int) {
        nextNoops[environment] = generators[environment].integer(below: configuration.noopMaximum + 1)
    }

    /// Gives an environment another source of random numbers, for its sticky actions and the no-ops of later starts.
    package func setGenerator(_ generator: SeededGenerator, environment: Int) { generators[environment] = generator }

    /// Starts a new game in every environment, each with its `nextNoops`.
    package func reset() throws {
        let noops = nextNoops
        for i in 0..<configuration.count {
            scores[i] = 0
            steps[i] = 0
            rewards[i] = 0
            ends[i] = false
            held[i] = Action.noop.rawValue
            drawNoops(i)
        }
        finished = []
        truncated = [:]
        try emulators.reset(noops: noops)
        try observe()
    }

    /// Plays one step of every game; `actions` are indices into the configuration's actions.
    package func step(_ actions: [Int]) throws {
        try beginStep(actions)
        try finishStep()
    }

    /// Sends the actions and returns while the games are played; `finishStep` must follow.
    package func beginStep(_ actions: [Int]) throws {
        precondition(actions.count == configuration.count)
        frameActions.removeAll(keepingCapacity: true)
        for (i, action) in actions.enumerated() {
            for _ in 0..<configuration.frameSkip {
                if configuration.sticky == 0 || generators[i].uniform() >= configuration.sticky { held[i] = codes[action] }
                frameActions.append(held[i])
            }
        }
        try emulators.beginStep(actions: frameActions, noops: nextNoops)
    }

    /// Waits for the games and takes over screens, rewards and ends.
    package func finishStep() throws {
        finished.removeAll(keepingCapacity: true)
        truncated.removeAll(keepingCapacity: true)
        try emulators.finishStep()
        for i in 0..<configuration.count {
            let outcome = emulators.outcome(i)
            rewards[i] = outcome.reward
            ends[i] = outcome.over
            scores[i] += outcome.reward
            steps[i] += 1
            if outcome.over {
                finished.append(
                    FinishedGame(
                        environment: configuration.first + i, score: scores[i], steps: steps[i], frames: outcome.frames,
                        capped: outcome.capped))
                scores[i] = 0
                steps[i] = 0
                held[i] = Action.noop.rawValue
                drawNoops(i)
                if outcome.capped {
                    var last = [Float](repeating: 0, count: Self.observationSize)
                    try observe(i, into: &last, at: 0)
                    truncated[i] = last
                }
            }
        }
        if !truncated.isEmpty { try emulators.goOn() }
        try observe()
    }

    /// Processor time that the helper process has used, in s.
    package var processorSeconds: Double { emulators.processorSeconds }

    private func observe() throws {
        for i in 0..<configuration.count { try observe(i, into: &observations, at: i * Self.observationSize) }
    }

    /// Copies the last screen of environment 0, palette indices row by row.
    func copyScreen(into pixels: inout [UInt8]) { emulators.memory.screen(0, slot: 1).copy(into: &pixels) }

    /// The colour of a palette index that a present screen shows, 0xRRGGBB. Throws `InputError` when the helper dies.
    func colour(of index: UInt8) throws -> UInt32 {
        if emulators.memory.colour(Int(index)) == nil { try emulators.learnPalette() }
        guard let (red, green, blue) = emulators.memory.colour(Int(index)) else {
            throw InputError("screen", value: "palette index \(index)", problem: "has an unknown colour")
        }
        return UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)
    }

    /// Writes what the network sees of an environment's present screens.
    private func observe(_ i: Int, into pixels: inout [Float], at offset: Int) throws {
        let memory = emulators.memory
        let screen = memory.screen(i, slot: 1)
        let earlier = configuration.frameSkip > 1 ? memory.screen(i, slot: 0) : nil
        do {
            try transform(screen, earlier: earlier, into: &pixels, at: offset)
        } catch {
            try emulators.learnPalette()
            transform.palette.learn(from: memory)
            do {
                try transform(screen, earlier: earlier, into: &pixels, at: offset)
            } catch {
                throw InputError("screen", value: "palette index \(error.index)", problem: "has an unknown colour")
            }
        }
    }

    /// Saves the state between two steps. About 14 kB an environment from the emulator and 28 kB of observation.
    package func snapshot() throws -> Snapshot {
        Snapshot(
            emulators: try emulators.save(), observations: observations, generators: generators,
            nextNoops: nextNoops, scores: scores, steps: steps, held: held)
    }

    /// Goes on from a saved state; the next step gives exactly what it would have given then.
    package func restore(_ snapshot: Snapshot) throws {
        let count = configuration.count
        guard
            [
                snapshot.emulators.count, snapshot.generators.count, snapshot.nextNoops.count, snapshot.scores.count,
                snapshot.steps.count, snapshot.held.count, snapshot.observations.count / Self.observationSize,
            ]
            .allSatisfy({ $0 == count })
        else {
            throw InputError(
                "environments", value: "\(snapshot.emulators.count)", problem: "does not fit the saved state",
                expected: "\(count), as configured")
        }
        try emulators.restore(snapshot.emulators)
        observations = snapshot.observations
        generators = snapshot.generators
        nextNoops = snapshot.nextNoops
        scores = snapshot.scores
        steps = snapshot.steps
        held = snapshot.held
    }
}
