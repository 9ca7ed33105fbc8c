import DeviceModel
import Essentials
import Foundation
import Protocols

/// Devices and protocols drawn at random over everything that the program accepts: a trial of the solver, not of physics.
struct RandomTrial {
    let parameters: DeviceParameters
    let experiment: Experiment

    /// The trial of a seed. A third of the devices is drawn over the whole catalogue, the rest keeps about two
    /// parameters in three within a factor of two of a working device, so that many runs pass through such devices to their edges.
    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        parameters = RandomTrial.parameters(&random)
        experiment = RandomTrial.experiment(&random)
    }

    /// Where draws start, half of them each: set T, and the default device in round numbers, so that a new fit of the default leaves a
    /// seed its devices.
    static let working: [DeviceParameters] = {
        var p = DeviceParameters()
        (p.hop, p.forwardHopEnergy, p.backwardHopEnergy, p.planeDistance) = (.activated, 0.6, 0.9, 0.9e-9)
        (p.permittivity, p.highFieldPermittivity, p.permittivityField, p.donorDensity) = (316, 10, 6e7, 2e25)
        (p.platinumBarrier, p.titaniumBarrier, p.compactCapacitance, p.redoxPotential) = (1.3, 0.36, 0.22, -0.11)
        (p.area, p.thermalResistance, p.vacancyDiffusivity) = (4e-14, 3.5e5, 1e-19)
        (p.oxygenLossRate, p.oxygenReturnRate) = (7e-21, 2e-5)
        return [DeviceParameters(), p]
    }()

    /// Keys of the form of the hop that a device does not have, and the mass of tunnelling, which the memristor leaves off.
    static func unused(_ hop: DeviceParameters.Hop) -> Set<String> {
        let other =
            switch hop {
            case .rates: ["attempt_frequency", "forward_hop_energy", "backward_hop_energy"]
            case .activated: ["forward_hop_rate", "hop_activation", "backward_hop_velocity", "hop_field_length"]
            }
        return Set(other + ParameterSpecification.tunnelling.map(\.key))
    }

    private static func parameters(_ random: inout SeededGenerator) -> DeviceParameters {
        let keep = random.uniform() < 1.0 / 3 ? 0.0 : 0.65
        let start = working[random.uniform() < 0.5 ? 0 : 1]
        let unused = unused(start.hop)
        while true {
            var p = start
            for s in ParameterSpecification.all where !unused.contains(s.key) {
                let usual = p[keyPath: s.path]
                if random.uniform() < keep {
                    p[keyPath: s.path] = near(usual, s.range, &random)
                } else if s.allowsInfinity, random.uniform() < 0.3 {
                    p[keyPath: s.path] = .infinity
                } else if s.unit.dimension == .length, s.range.lowerBound == 0 {
                    // From none to some nanometres: evenly, since nothing below an atom's size is another device.
                    p[keyPath: s.path] = random.uniform() < 0.1 ? 0 : s.range.upperBound * random.uniform()
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
            let steps = (0..<(1 + Int(clamped: random.uniform() * 6, rounded: .down))).map { _ in step(&random, depth: 0) }
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
        let step = action(&random, depth: depth)
        return random.uniform() < 0.3 ? step.with(terms(&random)) : step
    }

    private static func action(_ random: inout SeededGenerator, depth: Int) -> Step {
        switch Int(clamped: random.uniform() * (depth == 0 ? 11 : 10), rounded: .down) {
        case 0:
            return .pulse(amplitude: voltage(&random), width: time(&random, 1e-9...1), edge: time(&random, Step.edgeRange))
        case 1:
            return .train(
                count: 1 + Int(clamped: random.uniform() * 20, rounded: .down), amplitude: voltage(&random),
                width: time(&random, 1e-9...1e-2),
                gap: random.uniform() < 0.1 ? 0 : time(&random, 1e-9...10),
                base: random.uniform() < 0.5 ? voltage(&random) : Step.trainBase,
                edge: time(&random, 1e-9...1e-3))
        case 2: return .hold(voltage: voltage(&random), duration: time(&random, Step.timeRange))
        case 3: return .sweep(from: voltage(&random), to: voltage(&random), rate: time(&random, 1e-3...1e9))
        case 4: return .read(voltage: random.uniform() < 0.5 ? voltage(&random) : nil)
        case 5:
            let sign = random.uniform() < 0.7 ? 1.0 : -1
            return .hold(current: sign * time(&random, 1e-12...1e-4), duration: time(&random, Step.timeRange))
        case 6:
            let rise = time(&random, 1e-2...1)
            return .staircase(
                from: 0, to: rise * Double(1 + Int(clamped: random.uniform() * 8, rounded: .down)), rise: rise,
                width: time(&random, 1e-9...10))
        case 7:
            let (amplitude, frequency) = (time(&random, 1e-3...3), time(&random, 1e-3...1e9))
            let duration = max((0.1 + 4 * random.uniform()) / frequency, 1e-9)
            return random.uniform() < 0.5
                ? .sine(amplitude: amplitude, frequency: frequency, duration: duration, phase: 360 * random.uniform())
                : .triangle(amplitude: amplitude, frequency: frequency, duration: duration, mean: 0)
        case 8:
            let interval = time(&random, 1e-9...1)
            return .noise(
                deviation: time(&random, 1e-3...0.5), duration: interval * (1 + 20 * random.uniform()), interval: interval,
                seed: Int(clamped: random.uniform() * 1e6, rounded: .down), mean: 0)
        case 9:
            return .pair(
                amplitude: voltage(&random), width: time(&random, 1e-9...1e-2), gap: time(&random, 1e-9...10),
                edge: time(&random, 1e-9...1e-3))
        default:
            return .repeat(
                count: 1 + Int(clamped: random.uniform() * 3, rounded: .down),
                steps: (0..<2).map { _ in step(&random, depth: depth + 1) })
        }
    }

    /// Conditions and limits, now and then; a step that takes no time is refused with them, and another is drawn.
    private static func terms(_ random: inout SeededGenerator) -> StepTerms {
        var terms = StepTerms()
        if random.uniform() < 0.5 {
            let isAbove = random.uniform() < 0.8
            switch Int(clamped: random.uniform() * 4, rounded: .down) {
            case 0: terms.until = [StopCondition(.size, isAbove: isAbove, threshold: time(&random, 1e-12...1e-4))]
            case 1: terms.until = [StopCondition(.conductance, isAbove: isAbove, threshold: time(&random, 1e-12...1e-4))]
            case 2: terms.until = [StopCondition(.voltage, isAbove: isAbove, threshold: voltage(&random))]
            default: terms.until = [StopCondition(.temperature, isAbove: isAbove, threshold: 250 + 300 * random.uniform())]
            }
        }
        if random.uniform() < 0.5 { terms.compliance = time(&random, 1e-12...1e-4) }
        if random.uniform() < 0.2 { terms.temperature = 250 + 300 * random.uniform() }
        return terms
    }
}
