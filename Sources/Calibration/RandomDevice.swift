import DeviceModel
import Essentials
import Foundation
import Protocols

/// Devices and protocols drawn at random over everything that the program accepts: a trial of the solver, not of physics.
struct RandomTrial {
    let parameters: DeviceParameters
    let experiment: Experiment

    /// The trial of a seed. A third of the devices is drawn over the whole catalogue, the rest keeps about two
    /// parameters in three within a factor of two of set T, so that many runs pass through working devices to their edges.
    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        parameters = RandomTrial.parameters(&random)
        experiment = RandomTrial.experiment(&random)
    }

    private static func parameters(_ random: inout SeededGenerator) -> DeviceParameters {
        let keep = random.uniform() < 1.0 / 3 ? 0.0 : 0.65
        while true {
            var p = DeviceParameters()
            let otherForm = (ParameterSpecification.activatedHop + ParameterSpecification.tunnelling).map(\.key)
            for s in ParameterSpecification.all where !otherForm.contains(s.key) {
                let usual = p[keyPath: s.path]
                if random.uniform() < keep {
                    p[keyPath: s.path] = near(usual, s.range, &random)
                } else if s.allowsInfinity, random.uniform() < 0.3 {
                    p[keyPath: s.path] = .infinity
                } else {
                    p[keyPath: s.path] = anywhere(s.range, &random)
                }
            }
            // Conditions between parameters are met by moving the follower.
            p.highFieldPermittivity = min(p.highFieldPermittivity, p.permittivity)
            p.vacancyDiffusivity = min(p.vacancyDiffusivity, p.vacancyDiffusivityPrefactor)
            p.oxygenLossRate = min(p.oxygenLossRate, p.oxygenLossPrefactor)
            p.oxygenReturnRate = min(p.oxygenReturnRate, p.oxygenReturnPrefactor)
            if (try? p.checkTogether()) != nil { return p }
        }
    }

    private static func near(_ value: Double, _ range: ClosedRange<Double>, _ random: inout SeededGenerator) -> Double {
        guard value.isFinite else { return value }
        return min(max(value * exp((2 * random.uniform() - 1) * log(2.0)), range.lowerBound), range.upperBound)
    }

    /// Evenly in the logarithm over ranges of more than two decades (zero now and then), evenly otherwise.
    private static func anywhere(_ range: ClosedRange<Double>, _ random: inout SeededGenerator) -> Double {
        let (low, high) = (range.lowerBound, range.upperBound)
        let u = random.uniform()
        if low > 0, high / low > 100 { return min(max(low * pow(high / low, u), low), high) }
        if low == 0, high / 1e-3 > 1e4 || high < 1e-2 {
            return random.uniform() < 0.1 ? 0 : high * pow(1e-24, u)
        }
        return low + (high - low) * u
    }

    private static func experiment(_ random: inout SeededGenerator) -> Experiment {
        while true {
            let steps = (0..<(1 + Int(random.uniform() * 6))).map { _ in step(&random, depth: 0) }
            let read = random.uniform() < 0.8 ? 0.6 : voltage(&random)
            if let experiment = try? Experiment(
                name: "random", steps: steps, readVoltage: read, startsFromBaseState: random.uniform() < 0.5),
                experiment.pulseCount <= 200
            {
                return experiment
            }
        }
    }

    private static func voltage(_ random: inout SeededGenerator) -> Double {
        let u = random.uniform()
        let reach = random.uniform() < 0.8 ? 4.5 : Step.voltageRange.upperBound
        return random.uniform() < 0.1 ? 0 : (2 * u - 1) * reach
    }

    private static func time(_ random: inout SeededGenerator, _ range: ClosedRange<Double>) -> Double {
        min(
            max(range.lowerBound * pow(range.upperBound / range.lowerBound, random.uniform()), range.lowerBound),
            range.upperBound)
    }

    private static func step(_ random: inout SeededGenerator, depth: Int) -> Step {
        switch Int(random.uniform() * (depth == 0 ? 6 : 5)) {
        case 0:
            return .pulse(amplitude: voltage(&random), width: time(&random, 1e-9...1), edge: time(&random, Step.edgeRange))
        case 1:
            return .train(
                count: 1 + Int(random.uniform() * 20), amplitude: voltage(&random), width: time(&random, 1e-9...1e-2),
                gap: random.uniform() < 0.1 ? 0 : time(&random, 1e-9...10),
                base: random.uniform() < 0.5 ? voltage(&random) : nil,
                edge: time(&random, 1e-9...1e-3))
        case 2: return .hold(voltage: voltage(&random), duration: time(&random, Step.timeRange))
        case 3: return .sweep(from: voltage(&random), to: voltage(&random), rate: time(&random, 1e-3...1e9))
        case 4: return .read(voltage: random.uniform() < 0.5 ? voltage(&random) : nil)
        default:
            return .repeat(count: 1 + Int(random.uniform() * 3), steps: (0..<2).map { _ in step(&random, depth: depth + 1) })
        }
    }
}
