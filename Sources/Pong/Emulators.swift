import Essentials

/// N emulators of one Atari game in a helper process: actions in; screens, rewards and ends of games out.
///
/// PongNoFrameskip-v4: default mode and difficulty, minimal action set; a game also ends at `frameLimit` frames. A game that
/// ends begins anew within the same step, after the number of no-ops that was drawn for it, so the screens are those that the
/// next action answers; one that the frame limit ends shows its last screens until `goOn`.
final class Emulators {
    /// What one environment did in one step.
    struct Outcome: Equatable {
        var reward: Int
        var over: Bool
        /// The frame limit, not the game, ended it.
        var capped: Bool
        /// Frames of the game so far (of the finished game, where it is over), no-ops included.
        var frames: Int
    }

    static let version = HelperMemory.version
    let count: Int
    let memory: HelperMemory
    /// ALE's codes of the game's minimal action set.
    let actionSet: [Int32]
    private let process: HelperProcess

    var processIdentifier: Int32 { process.identifier }
    /// Processor time of the helper, in s.
    var processorSeconds: Double { process.processorSeconds }

    /// Starts the helper. Throws `InputError` when Python, ale-py or the game's ROM is missing.
    init(
        count: Int, frameSkip: Int = 1, frameLimit: Int = 108_000, game: String = "pong",
        python: String? = nil, script: [UInt8] = PackageResources.ale_helper_py
    ) throws {
        guard (1...1024).contains(count) else {
            throw InputError("environments", value: "\(count)", problem: "is out of range", expected: "1 ... 1024")
        }
        guard (1...16).contains(frameSkip) else {
            throw InputError("frame skip", value: "\(frameSkip)", problem: "is out of range", expected: "1 ... 16")
        }
        self.count = count
        memory = try HelperMemory(environments: count, frameSkip: frameSkip, frameLimit: frameLimit)
        process = try HelperProcess(
            python: python ?? HelperProcess.location.find(), script: script, arguments: [game], memory: memory)
        actionSet = memory.actionSet
    }

    /// Begins all games anew with `noops` no-ops each.
    func reset(noops: [Int]) throws {
        precondition(noops.count == count)
        for i in 0..<count { memory[.noops, i] = noops[i] }
        try process.run(.reset)
    }

    /// Rings for one step: `actions` are ALE codes, one a frame, [count][frame skip], or one a game for all its frames;
    /// `noops` are the starts of games that begin anew. `finishStep` must follow.
    func beginStep(actions: [Int32], noops: [Int]) throws {
        let frames = memory.frameSkip
        precondition((actions.count == count || actions.count == count * frames) && noops.count == count)
        for i in 0..<count {
            for frame in 0..<frames {
                memory.setAction(
                    actions.count == count ? actions[i] : actions[i * frames + frame], frame: frame, environment: i)
            }
            memory[.noops, i] = noops[i]
        }
        try process.begin(.step)
    }

    /// Begins anew the games that the frame limit ended in the last step, each with its no-ops.
    func goOn() throws { try process.run(.goOn) }

    func finishStep() throws { try process.finish(.step) }

    func outcome(_ environment: Int) -> Outcome {
        let over = memory[.over, environment]
        return Outcome(
            reward: memory[.reward, environment], over: over != 0, capped: over == 2,
            frames: memory[.frames, environment])
    }

    /// The complete state of every emulator, its random generator included (about 14 kB each).
    func save() throws -> [[UInt8]] {
        try process.run(.save)
        return (0..<count).map(memory.state)
    }

    /// Puts emulators back into saved states; their screens show again only after the next step.
    func restore(_ states: [[UInt8]]) throws {
        guard states.count == count, states.allSatisfy({ !$0.isEmpty && $0.count <= HelperMemory.stateCapacity }) else {
            throw InputError(
                "emulator states", value: "\(states.count)", problem: "do not fit", expected: "\(count) states")
        }
        for i in 0..<count { memory.setState(i, states[i]) }
        try process.run(.restore)
    }

    /// Learns the colours of the present screens.
    func learnPalette() throws { try process.run(.learnPalette) }
}
