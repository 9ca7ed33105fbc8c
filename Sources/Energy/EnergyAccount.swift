import CompactModel
import Essentials
import Foundation
import GameAccount

/// What one game costs on memristive synapses, beside the published GPU figures. SI units throughout.
///
///     updates   E_dF    = sum over synapses and updates of  c |dF|^alpha
///     bias      E_decay = sum over synapses  (G_min T + g sum_t |G|) V^2 dt
///
/// with c, alpha, G_min and the conductance g of one unit from the synapse, the counts of dF and the sums of |G| over the T
/// steps from the game, V = 0.6 V on every synapse (worst case), and dt the step's duration in the chosen reading.
/// Not counted, as in the paper: peripheral circuits, and the tanh and the input normalisation, which stay digital; `periphery` counts
/// what of it is paid for every synapse, input or sum.
/// Source: Weilenmann 2024, section 3 ("energy") and Tables 1, 2.
package struct EnergyAccount: Equatable, Sendable, Codable {
    /// The account in one reading of the step's duration.
    package struct Reading: Equatable, Sendable, Codable {
        package var reading: TimeReading
        /// Duration of a step in the energy of the bias, s, and of the game, s.
        package var stepDuration, gameDuration: Double
        /// Duration of the step that Lambda belongs to, s, and the device's Lambda range for it.
        package var decayStep, lambdaMinimum, lambdaMaximum: Double
        /// Whether the game was played with this Lambda range (to 0.005).
        package var playedWithTheseLambdas: Bool
        /// Energy of the updates, of the bias, and their sum, J per game.
        package var deltaF, decay, total: Double
        /// The part of `decay` that flows at G = 0 everywhere, J: synapses * G_min * V^2 * game duration.
        package var decayFloor: Double
        /// Mean power of the bias per synapse, W.
        package var meanBiasPower: Double
        /// Gain over each published GPU row, the row scaled to this game's number of steps; keyed by the row.
        package var gains: [String: Double]

        /// The same on pairs of devices.
        package var pair: Pair
        /// The same as devices did it; nil where the game was not played on devices with this reading's decay.
        package var measured: Measured?

        /// The memristor row of Table 1, J per game.
        package var row: EnergyRow {
            EnergyRow(
                key: "memristor_ours_\(reading.rawValue)", deltaF: deltaF, decay: decay, weightSum: nil,
                weightMultiplication: nil)
        }
    }

    /// A weight with a sign on two devices, G = (G+ - G-) / g, each pulsed upwards only: a positive dF pulses G+, a negative one G-.
    ///
    ///     bias   E >= sum over synapses  (2 G_min T + g sum_t |G|) V^2 dt
    ///
    /// At least, because G+ + G- = 2 G_min + g |G| only where one of the two holds nothing above G_min; what a game wrote to each is not in
    /// its record. Updates cost what they cost on one device. The paper's mapping, one device whose conductance may be negative,
    /// cannot be built.
    package struct Pair: Equatable, Sendable, Codable {
        /// Energy of the bias and of the game, J, at least.
        package var decay, total: Double
        /// Gain over each published GPU row, at most.
        package var gains: [String: Double]
    }

    /// Pairs of devices in the game itself: the state model's pulses and currents (`pong evaluate --cell device`), no power law.
    package struct Measured: Equatable, Sendable, Codable {
        /// Energy of the pulses; of the bias, each synapse at its own, and with every device at the bias of the worst case, (G+ + G-) V^2; J.
        package var deltaF, decay, worstDecay: Double
        package var total, worstTotal: Double
        /// Gain over each published GPU row of the two totals.
        package var gains, worstGains: [String: Double]
    }

    /// The synapse with the largest |dF|, step by step (thinned); times are steps.
    package struct Growth: Equatable, Sendable, Codable {
        /// Index of the synapse (unit * inputs + input).
        package var synapse: Int
        /// Step numbers, total weight G and update dF (unitless) at them.
        package var step: [Int]
        package var weight, deltaF: [Double]
        /// Energy of the updates so far, J; and the sum of bias power over the steps so far, W (times dt gives J).
        package var deltaFEnergy, biasPowerSum: [Double]
    }

    package var synapses, steps, frameSkip, nonzeroUpdates: Int
    package var score: Int
    /// Largest |dF| of the game and mean |dF| of the non-zero updates (unitless).
    package var largestDeltaF, meanDeltaF: Double
    /// c for the unitless dF (J), alpha.
    package var prefactor, exponent: Double
    /// Worst-case bias (V), G_min (S), conductance of one unit of weight (S), G_min V^2 (W).
    package var biasVoltage, minimumConductance, conductancePerUnit, biasPowerFloor: Double
    package var readings: [Reading]
    /// How often each |dF| occurred (unitless level, count), ascending.
    package var levels: [Level]
    /// Per synapse: energy of its updates (logarithmic bins), of its bias and the sum (reading `paper`), J per game.
    package var deltaFHistogram, decayHistogram, totalHistogram: Histogram
    package var growth: Growth
    /// What this count leaves out, and other machines that play the game; nil where it was not asked for.
    package var periphery: PeripheryAccount?

    package struct Level: Equatable, Sendable, Codable {
        package var deltaF: Double
        package var count: Int
        package init(deltaF: Double, count: Int) {
            self.deltaF = deltaF
            self.count = count
        }
    }

    /// The account in one reading.
    package func reading(_ reading: TimeReading) -> Reading { readings.first { $0.reading == reading }! }

    /// Counts one game; `published` brings the GPU rows.
    ///
    /// Throws `InputError` when synapse or game hold a value no account can be made of (non-finite, negative, index out of
    /// range, arrays of different lengths). Cost: one pass over the sparse counts and the synapses.
    package init(synapse: SynapseModel, game: GameRecord, published: PublishedEnergy) throws(InputError) {
        let energies = try SynapseEnergies(synapse: synapse, game: game)
        synapses = energies.synapses
        steps = game.steps
        frameSkip = game.frameSkip
        score = game.score
        nonzeroUpdates = game.nonzeroUpdates
        prefactor = synapse.energy.prefactorPerUnit
        exponent = synapse.energy.exponent
        biasVoltage = synapse.readVoltage
        minimumConductance = synapse.weightMap.minimumConductance
        conductancePerUnit = synapse.weightMap.conductancePerUnit
        let floorPower = synapse.weightMap.minimumConductance * synapse.readVoltage * synapse.readVoltage
        biasPowerFloor = floorPower

        var counts: [UInt8: Int] = [:]
        for (level, count) in zip(game.updateLevel, game.updateCount) { counts[level, default: 0] += Int(count) }
        levels = counts.sorted { $0.key < $1.key }.map {
            Level(deltaF: Double($0.key) * game.deltaFStep, count: $0.value)
        }
        largestDeltaF = levels.last?.deltaF ?? 0
        meanDeltaF =
            nonzeroUpdates == 0
            ? 0 : levels.reduce(0) { $0 + $1.deltaF * Double($1.count) } / Double(nonzeroUpdates)

        let perStep = Double(game.steps) / Double(published.steps)
        readings = TimeReading.allCases.map { reading in
            let dt = reading.energyStep(frameSkip: game.frameSkip)
            let decay = energies.totalBiasPowerSum * dt
            let total = energies.totalDeltaF + decay
            let floor = floorPower * Double(energies.synapses) * dt * Double(game.steps)
            func gains(_ total: Double) -> [String: Double] {
                Dictionary(uniqueKeysWithValues: published.gpus.map { ($0.key, $0.total * perStep / total) })
            }
            let lambda = reading.lambdaRange(frameSkip: game.frameSkip, synapse: synapse)
            let played =
                abs(game.lambdaMinimum - lambda.lowerBound) < 0.005
                && abs(game.lambdaMaximum - lambda.upperBound) < 0.005
            let decayStep = reading.decayStep(frameSkip: game.frameSkip, synapse: synapse)
            let measured = game.devices.flatMap { devices -> Measured? in
                guard abs(devices.step / decayStep - 1) < 1e-6 else { return nil }
                let own = devices.biasEnergy * dt / decayStep
                let worst = devices.conductanceSum * synapse.readVoltage * synapse.readVoltage * dt
                let (total, most) = (devices.pulseEnergy + own, devices.pulseEnergy + worst)
                return Measured(
                    deltaF: devices.pulseEnergy, decay: own, worstDecay: worst, total: total, worstTotal: most,
                    gains: gains(total), worstGains: gains(most))
            }
            return Reading(
                reading: reading, stepDuration: dt, gameDuration: dt * Double(game.steps),
                decayStep: decayStep,
                lambdaMinimum: lambda.lowerBound, lambdaMaximum: lambda.upperBound, playedWithTheseLambdas: played,
                deltaF: energies.totalDeltaF, decay: decay, total: total,
                decayFloor: floor,
                meanBiasPower: energies.totalBiasPowerSum / Double(energies.synapses) / Double(max(game.steps, 1)),
                gains: gains(total), pair: Pair(decay: decay + floor, total: total + floor, gains: gains(total + floor)),
                measured: measured)
        }

        let dt = TimeReading.paper.energyStep(frameSkip: game.frameSkip)
        let bias = energies.biasPowerSum.map { $0 * dt }
        deltaFHistogram = Histogram(of: energies.deltaF, logarithmic: true)
        decayHistogram = Histogram(of: bias, logarithmic: false)
        totalHistogram = Histogram(of: zip(energies.deltaF, bias).map { $0 + $1 }, logarithmic: true)
        growth = Growth(game: game, synapse: synapse)
        for reading in readings {
            let values = [reading.deltaF, reading.decay, reading.total, reading.pair.total] + reading.gains.values
            guard values.allSatisfy(\.isFinite) else {
                throw InputError(
                    "energy", value: "\(reading.total) J", problem: "is no number of joules",
                    expected:
                        "a synapse and a game whose energies are finite, such as `tausonite extract` and `pong evaluate` write")
            }
        }
    }

    /// Pretty JSON with sorted snake_case keys; all values in SI units.
    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return try encoder.encode(self)
    }
}
