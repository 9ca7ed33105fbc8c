import Essentials
import Foundation
import NeuralNetwork

extension TrainingConfiguration {
    private static let integers: [(String, WritableKeyPath<Self, Int> & Sendable, ClosedRange<Int>)] = [
        ("total_steps", \.totalSteps, 1...10_000_000_000), ("environments", \.environments, 1...1024),
        ("helpers", \.helpers, 1...16), ("workers", \.workers, 1...256), ("frame_skip", \.frameSkip, 1...16),
        ("noops", \.noopMaximum, 0...1000), ("rollout", \.rollout, 1...4096), ("epochs", \.epochs, 1...100),
        ("warm_up_steps", \.warmUpSteps, 0...10_000_000_000), ("group", \.group, 1...64),
        ("minibatches", \.minibatches, 1...1024), ("log_updates", \.logUpdates, 1...1_000_000),
        ("frame_limit", \.frameLimit, 100...108_000), ("evaluation_games", \.evaluationGames, 1...1000),
    ]
    private static let numbers: [(String, WritableKeyPath<Self, Double> & Sendable, ClosedRange<Double>)] = [
        ("discount", \.discount, 0...1), ("gae_lambda", \.gaeLambda, 0...1), ("learning_rate", \.learningRate, 0...1),
        ("learning_rate_end", \.learningRateEnd, 0...1), ("gradient_norm", \.gradientNorm, 1e-9...1e9),
        ("adam_beta1", \.adamBeta1, 0...0.999999), ("adam_beta2", \.adamBeta2, 0...0.99999999),
        ("adam_epsilon", \.adamEpsilon, 1e-15...1), ("value_coefficient", \.valueCoefficient, 0...1000),
        ("entropy_coefficient", \.entropyCoefficient, 0...1000), ("clip", \.clip, 1e-6...10),
        ("lambda_min", \.lambdaMinimum, 0...1), ("lambda_max", \.lambdaMaximum, 0...1),
        ("delta_f_step", \.deltaFStep, 0...1000), ("delta_f_max", \.deltaFMaximum, 0...1000),
        ("lambda_rate", \.lambdaRate, 0...1000), ("gamma_rate", \.gammaRate, 0...1000),
        ("sticky", \.sticky, 0...1), ("energy_exponent", \.energyExponent, 1...3),
        ("teacher_coefficient", \.teacherCoefficient, 0...1000), ("checkpoint_seconds", \.checkpointSeconds, 0...86_400),
    ]
    /// Settings that may be left out: "none", "" or 0 in a file.
    private static let optionalIntegers: [(String, WritableKeyPath<Self, Int?> & Sendable, ClosedRange<Int>)] = [
        ("truncation", \.truncation, 1...4096), ("learning_rate_steps", \.learningRateSteps, 1...10_000_000_000),
        ("teacher_steps", \.teacherSteps, 1...10_000_000_000), ("evaluation_steps", \.evaluationSteps, 1...10_000_000_000),
    ]
    private static let optionalNumbers: [(String, WritableKeyPath<Self, Double?> & Sendable, ClosedRange<Double>)] = [
        ("gradient_skip", \.gradientSkip, 1e-12...1e9), ("gamma_initial", \.gammaInitial, 1e-12...100),
        ("energy_weight", \.energyWeight, 1e-15...1000),
    ]
    private static let switches: [(String, WritableKeyPath<Self, Bool> & Sendable)] = [
        ("clip_rewards", \.clipRewards), ("normalise_advantages", \.normaliseAdvantages),
    ]

    /// Every key that a file may have.
    static let keys =
        ["name", "algorithm", "seed", "actions", "start", "teacher"] + integers.map(\.0) + numbers.map(\.0)
        + optionalIntegers.map(\.0)
        + optionalNumbers.map(\.0) + switches.map(\.0)

    mutating func set(_ key: String, _ value: YAML) throws {
        if let (_, path, range) = Self.integers.first(where: { $0.0 == key }) {
            self[keyPath: path] = try Self.integer(value, in: range)
        } else if let (_, path, range) = Self.numbers.first(where: { $0.0 == key }) {
            self[keyPath: path] = try Self.number(value, in: range)
        } else if let (_, path, range) = Self.optionalIntegers.first(where: { $0.0 == key }) {
            self[keyPath: path] = try Self.isNone(value) ? nil : Self.integer(value, in: range)
        } else if let (_, path, range) = Self.optionalNumbers.first(where: { $0.0 == key }) {
            self[keyPath: path] = try Self.isNone(value) ? nil : Self.number(value, in: range)
        } else if let (_, path) = Self.switches.first(where: { $0.0 == key }) {
            self[keyPath: path] = try value.bool()
        } else {
            let text = try value.string()
            switch key {
            case "algorithm":
                guard let algorithm = Algorithm(rawValue: text) else {
                    throw value.error("is not an algorithm", value: text, expected: "a2c or ppo")
                }
                self.algorithm = algorithm
            case "actions":
                do throws(InputError) {
                    actions = try Action.parse(text)
                } catch {
                    throw error.located(in: value.source, line: value.line)
                }
            case "seed":
                guard let seed = UInt64(text) else {
                    throw value.error("is not a seed", value: text, expected: "a whole number of 0 or more")
                }
                self.seed = seed
            case "start": start = try Self.path(value)
            case "teacher": teacher = try Self.path(value)
            default:
                guard text.unicodeScalars.count <= 200 else {
                    throw value.error("is too long a name", value: text, expected: "at most 200 characters")
                }
                name = text
            }
        }
    }

    private static func integer(_ value: YAML, in range: ClosedRange<Int>) throws -> Int {
        let text = try value.string().replacingOccurrences(of: "_", with: "")
        guard let number = Int(text) ?? Double(text).flatMap({ Int(exactly: $0) }), range.contains(number) else {
            throw value.error(
                "is not a whole number in range", value: try value.string(),
                expected: "\(range.lowerBound) ... \(range.upperBound)")
        }
        return number
    }

    private static func number(_ value: YAML, in range: ClosedRange<Double>) throws -> Double {
        let number = try value.double()
        guard range.contains(number) else {
            throw value.error("is out of range", value: "\(number)", expected: "\(range.lowerBound) ... \(range.upperBound)")
        }
        return number
    }

    private static func path(_ value: YAML) throws -> String? {
        let text = try value.string()
        guard !text.utf8.contains(0), text.utf8.count < 4096 else {
            throw value.error("is not a path", value: text, expected: "the path of an agent file, or none")
        }
        return text.isEmpty || text == "none" ? nil : text
    }

    private static func isNone(_ value: YAML) throws -> Bool {
        let text = try value.string()
        return text.isEmpty || text == "none" || Double(text) == 0
    }

    /// The configuration with changes such as "seed=2" applied; throws `InputError` as for a file.
    package func setting(_ changes: [String]) throws -> TrainingConfiguration {
        var copy = self
        for change in changes {
            let parts = change.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2, !parts[0].isEmpty else {
                throw InputError("--set", value: change, problem: "is not key=value", expected: "seed=2")
            }
            // Quotes and brackets are read as in a file; any other text is what it is, also with a colon or a # in it.
            let isYAML = ["\"", "'", "[", "{"].contains(parts[1].prefix(1))
            let yaml =
                isYAML
                ? try YAML(parsing: "\(parts[0]): \(parts[1])", source: "--set \(change)")
                : YAML(key: parts[0], text: parts[1], source: "--set \(change)")
            for entry in try yaml.mapping(known: Self.keys) { try copy.set(entry.key, entry.value) }
        }
        try copy.validate(source: changes.isEmpty ? nil : "--set")
        return copy
    }

    /// Checks what concerns several keys at once.
    package func validate(source: String? = nil) throws {
        func check(_ holds: Bool, _ key: String, _ value: String, _ problem: String, _ expected: String) throws {
            if !holds { throw InputError(key, value: value, problem: problem, expected: expected, source: source) }
        }
        try check(
            lambdaMinimum <= lambdaMaximum, "lambda_min", "\(lambdaMinimum)", "is above lambda_max = \(lambdaMaximum)",
            "lambda_min <= lambda_max")
        try check(
            helpers <= environments, "helpers", "\(helpers)", "are more than the environments", "1 ... \(environments)")
        if algorithm == .a2c {
            let groups = (environments + group - 1) / group
            try check(
                helpers <= groups, "helpers", "\(helpers)", "are more than the \(groups) groups of \(group) environments",
                "1 ... \(groups), or a smaller group")
        } else {
            try check(
                environments % minibatches == 0, "minibatches", "\(minibatches)",
                "do not divide the \(environments) environments evenly", "a divisor of \(environments)")
        }
        try check(
            deltaFStep == 0 || deltaFStep >= 1e-6, "delta_f_step", "\(deltaFStep)", "is out of range", "0, or 1e-6 ... 1000")
        try check(learningRate > 0, "learning_rate", "\(learningRate)", "learns nothing", "more than 0")
        try constraints.validate()
        try check(
            energyWeight == nil || deltaFStep > 0, "energy_weight", "\(energyWeight ?? 0)", "needs updates on a grid",
            "delta_f_step above 0")
    }

    /// The configuration as a file has it, every key written out: what a run keeps beside its checkpoints.
    package var text: String {
        func written<T>(_ value: T?) -> String { value.map { "\($0)" } ?? "none" }
        var lines = [
            "name: \(YAML.quoted(name))", "algorithm: \(algorithm.rawValue)", "seed: \(seed)",
            "actions: \(actions.map(\.name).joined(separator: " "))", "start: \(YAML.quoted(start ?? "none"))",
            "teacher: \(YAML.quoted(teacher ?? "none"))",
        ]
        lines += Self.integers.map { "\($0.0): \(self[keyPath: $0.1])" }
        lines += Self.numbers.map { "\($0.0): \(self[keyPath: $0.1])" }
        lines += Self.optionalIntegers.map { "\($0.0): \(written(self[keyPath: $0.1]))" }
        lines += Self.optionalNumbers.map { "\($0.0): \(written(self[keyPath: $0.1]))" }
        lines += Self.switches.map { "\($0.0): \(self[keyPath: $0.1])" }
        return lines.joined(separator: "\n") + "\n"
    }
}
