import CompactModel
import Energy
import Essentials
import Foundation
import GameAccount
import Testing

@Suite("Energy account")
struct EnergyAccountTests {
    /// 169,984 synapses at G = 0, 12 nS, 0.6 V, 7.1 ms, 6,826 steps: the paper's 35.6 mJ to its rounding of 0.05 mJ.
    @Test func thePapersBiasEnergy() throws {
        let account = try EnergyAccount(
            synapse: paperSynapse(), game: game(units: 64, inputs: 2656), published: published())
        let reading = account.reading(.paper)
        #expect(abs(reading.decay - 35.6e-3) < 0.05e-3)
        #expect(abs(account.biasPowerFloor - 4.32e-9) < 1e-21)
        #expect(abs(reading.decay / reading.decayFloor - 1) < 1e-11 && reading.deltaF == 0)
        #expect(abs(reading.gameDuration - 48.5) < 0.05)
        #expect(reading.playedWithTheseLambdas)
        // One second a step: 5.0 J, more than the best GPU row, so no gain is left.
        #expect(abs(account.reading(.slow).decay - 5.0) < 0.05)
        #expect(account.reading(.slow).gains["gpu_optimal_fp16"]! < 1)
        // 60 frames a second: 16.7 ms a step.
        #expect(abs(account.reading(.timeConsistent).decay / reading.decay - (1.0 / 60) / 7.1e-3) < 1e-12)
    }

    /// E_dF = c sum n (k / 2)^alpha, against a sum written out by hand; E_decay = (G_min T + g sum|G|) V^2 dt.
    @Test func oneSynapseByHand() throws {
        var sums = Array(repeating: 0.0, count: 12)
        sums[5] = 40
        let record = game(
            steps: 10, updates: [(5, 1, 3), (5, 4, 2), (7, 40, 1)], sumAbsoluteWeight: sums)
        let energies = try SynapseEnergies(synapse: paperSynapse(), game: record)
        let c = 30e-12
        #expect(abs(energies.deltaF[5] / (c * (3 * pow(0.5, 1.52) + 2 * pow(2, 1.52))) - 1) < 1e-14)
        #expect(abs(energies.deltaF[7] / (c * pow(20, 1.52)) - 1) < 1e-14)
        #expect(energies.deltaF.filter { $0 == 0 }.count == 10)
        #expect(abs(energies.biasPowerSum[5] / ((12e-9 * 10 + 2e-9 * 40) * 0.36) - 1) < 1e-14)
        let account = try EnergyAccount(synapse: paperSynapse(), game: record, published: published())
        #expect(account.nonzeroUpdates == 6 && account.largestDeltaF == 20)
        #expect(account.levels == [.init(deltaF: 0.5, count: 3), .init(deltaF: 2, count: 2), .init(deltaF: 20, count: 1)])
        for reading in account.readings {
            #expect(abs(reading.total - reading.deltaF - reading.decay) < 1e-20)
            #expect(abs(reading.deltaF - energies.totalDeltaF) < 1e-22)
            // On pairs every synapse has a second device at G_min: (2 G_min T + g sum|G|) V^2 dt.
            let pair = (2 * 12 * 12e-9 * 10 + 2e-9 * 40) * 0.36 * reading.stepDuration
            #expect(abs(reading.pair.decay / pair - 1) < 1e-12)
            #expect(abs(reading.pair.total - reading.deltaF - reading.pair.decay) < 1e-20)
            for (key, gain) in reading.gains {
                #expect(abs(reading.pair.gains[key]! / gain - reading.total / reading.pair.total) < 1e-12)
            }
        }
        #expect(account.deltaFHistogram.zeros == 10 && account.deltaFHistogram.total == 12)
        #expect(account.decayHistogram.total == 12 && account.totalHistogram.total == 12)
    }

    /// Both readings of dF are the same joules: c_unit |dF|^alpha = c_nS (2 |dF|)^alpha.
    @Test func bothReadingsOfTheLawAgree() {
        let law = paperSynapse().energy
        for deltaF in [0.5, 3, 20.0] {
            let unit = law.prefactorPerUnit * pow(deltaF, law.exponent)
            let nanosiemens = law.prefactorPerNanosiemens * pow(2 * deltaF, law.exponent)
            #expect(abs(unit / nanosiemens - 1) < 1e-14)
        }
    }

    /// A game of half the steps on a device of half the power: the gain over GPU rows scaled to its steps doubles.
    @Test func gainsCompareEqualWork() throws {
        var synapse = paperSynapse()
        let full = try EnergyAccount(synapse: synapse, game: game(units: 64, inputs: 2656), published: published())
        synapse.weightMap.minimumConductance /= 2
        let half = try EnergyAccount(
            synapse: synapse, game: game(units: 64, inputs: 2656, steps: 3413), published: published())
        for (key, gain) in full.reading(.paper).gains {
            #expect(abs(half.reading(.paper).gains[key]! / gain - 2) < 1e-12)
        }
    }

    /// Lambda' = Lambda^(dt' / dt) = exp(-dt' / tau): 0.9588 and 0.9986 at 1/60 s, the same decay times tau.
    @Test func lambdaReexpressed() {
        let range = TimeReading.timeConsistent.lambdaRange(frameSkip: 1, synapse: paperSynapse())
        for (lambda, original) in [(range.lowerBound, 0.08), (range.upperBound, 0.92)] {
            #expect(abs(-(1.0 / 60) / log(lambda) + 1 / log(original)) < 1e-9)
        }
        #expect(TimeReading.paper.lambdaRange(frameSkip: 1, synapse: paperSynapse()) == 0.08...0.92)
        #expect(TimeReading.timeConsistent.energyStep(frameSkip: 4) == 4.0 / 60)
    }

    /// The largest synapse's energies sum over all steps, also those that are thinned away from the curve.
    @Test func growthKeepsEveryJoule() throws {
        var deltaF = Array(repeating: Float(0), count: 5000)
        for i in stride(from: 7, to: 5000, by: 13) { deltaF[i] = Float(i % 5) * 0.5 }
        deltaF[4999] = 20
        let weight = deltaF.map { $0 * 0.5 }
        let account = try EnergyAccount(
            synapse: paperSynapse(), game: game(steps: 5000, largest: (weight, deltaF)), published: published())
        let expected = deltaF.reduce(0.0) { $0 + ($1 > 0 ? 30e-12 * pow(Double($1), 1.52) : 0) }
        #expect(abs(account.growth.deltaFEnergy.last! / expected - 1) < 1e-12)
        #expect(account.growth.step.count <= 400 && account.growth.deltaF.max() == 20)
        #expect(zip(account.growth.deltaFEnergy, account.growth.deltaFEnergy.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(zip(account.growth.step, account.growth.step.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func jsonRoundTrip() throws {
        let account = try EnergyAccount(
            synapse: paperSynapse(), game: game(updates: [(0, 2, 5)], largest: ([0, 1], [0.5, 1])),
            published: published())
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        #expect(try decoder.decode(EnergyAccount.self, from: account.json()) == account)
    }

    @Test func badInputIsNamed() throws {
        let paper = try published()
        var synapse = paperSynapse()
        synapse.energy.exponent = .nan
        #expect(throws: InputError.self) { try EnergyAccount(synapse: synapse, game: game(), published: paper) }
        var short = game()
        short.sumAbsoluteWeight.removeLast()
        #expect(throws: InputError.self) { try EnergyAccount(synapse: paperSynapse(), game: short, published: paper) }
        let outside = game(updates: [(12, 1, 1)])
        #expect(throws: InputError.self) { try EnergyAccount(synapse: paperSynapse(), game: outside, published: paper) }
        var negative = game()
        negative.sumAbsoluteWeight[3] = -1
        #expect(throws: InputError.self) { try EnergyAccount(synapse: paperSynapse(), game: negative, published: paper) }
        let error = #expect(throws: InputError.self) { try TimeReading(named: "fast") }
        #expect(error?.description.contains("time-consistent") == true)
    }
}

@Suite("Histogram")
struct HistogramTests {
    /// Every value falls into exactly one bin; edges ascend; zeros are apart.
    @Test(arguments: [true, false]) func countsEverything(logarithmic: Bool) {
        let values = (0..<1000).map { $0 % 10 == 0 ? 0 : pow(10, Double($0) / 200) }
        let histogram = Histogram(of: values, bins: 20, logarithmic: logarithmic)
        #expect(histogram.total == 1000 && histogram.zeros == 100 && histogram.counts.count == 20)
        #expect(zip(histogram.edges, histogram.edges.dropFirst()).allSatisfy { $0 < $1 })
        for (bin, count) in histogram.counts.enumerated() {
            let inside = values.filter {
                $0 != 0 && $0 >= histogram.edges[bin] * (1 - 1e-12)
                    && ($0 < histogram.edges[bin + 1] * (1 - 1e-12) || bin == 19)
            }
            #expect(abs(inside.count - count) <= 1)
        }
    }

    @Test func equalValuesAndNone() {
        let equal = Histogram(of: [3, 3, 3], logarithmic: false)
        #expect(equal.total == 3 && equal.counts.reduce(0, +) == 3)
        let none = Histogram(of: [0, 0], logarithmic: true)
        #expect(none.total == 2 && none.counts.isEmpty && none.edges.isEmpty)
    }
}
