import Essentials
import Foundation
import Testing

@testable import Protocols

/// Damaged sentences and files: each is refused with an `InputError` or read as steps whose own sentences say the same;
/// nothing traps, nothing takes long.
@Suite struct MutationTests {
    /// Knuth's MMIX linear congruential generator: the same damage in every run.
    private struct Linear: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 33)
        }
    }

    private static func damaged(_ text: String, _ generator: inout Linear) -> String {
        var characters = Array(text)
        let pool = Array("0123456789.-+eE *;:,[]\"'xVsumnµ/%#{}\\\n\tPTHRSRfromatwithgapsedges\u{2212}\u{301}")
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let at = Int.random(in: 0...characters.count, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0 where at < characters.count: characters.remove(at: at)
            case 1: characters.insert(pool.randomElement(using: &generator)!, at: at)
            case 2 where at < characters.count: characters[at] = pool.randomElement(using: &generator)!
            default:  // double a stretch
                let end = min(characters.count, at + Int.random(in: 0...12, using: &generator))
                characters.insert(contentsOf: characters[at..<end], at: end)
            }
        }
        return String(characters)
    }

    @Test func sentences() throws {
        let sound = [
            "Pulse 3.5 V for 500 us from 0.6 V with 1 us edges",
            "Train 100 x 4 V for 500 us with 0.1 s gaps and 2 us edges from 0 V",
            "Repeat 30 times: [Sweep 0 V to 2 V at 1 V/s; Sweep to -2 V at 50 mV/s; Read at 0.6 V]", "Hold 0.6 V for 375 s * 4",
            "Hold 1 uA for 10 ms until G > 40 nS; Sine 10 mV at 1 kHz for 5 ms around 0.6 V phase 90 deg; Save as a-1",
            "Pre [Pulse 1 V for 1 ms; Rest for 9 ms] post [Rest for 2 ms; Pulse 1 V for 1 ms]; Waveform 0 s 0 V, 1 ms 2 V, 1 ms 1 V, 3 ms 0 V",
            "Staircase 0 V to 2 V by 0.1 V every 10 ms compliance 1 uA; Triangle 2 V at 1 kHz for 5 ms; Noise 50 mV for 1 s every 1 ms seed 7",
            "Repeat 5 times: [Pair of pulses 3 V for 100 us 10 ms apart; Hold 0.6 V for 1 s at 350 K] until |I| > 1 uA or G < 1 nS",
            "Repeat 2 times: Rest for 1 h; \"Train 5 x 4 V for 500 us every 0.1 s\" * 3",
        ]
        var generator = Linear(state: 2024)
        var read = 0
        for round in 0..<4000 {
            let text = Self.damaged(sound[round % sound.count], &generator)
            do {
                let steps = try Step.parse(text)
                read += 1
                for step in steps { #expect(try Step.parse(step.sentence) == [step], "\(text)") }
                if !steps.isEmpty, let experiment = try? Experiment(steps: steps) {
                    #expect(experiment.duration.isFinite && experiment.segmentCount >= 0)
                    var last = 0.0
                    for segment in experiment.waveform.prefix(50) {
                        #expect(segment.start >= last && segment.from.isFinite && segment.to.isFinite)
                        last = segment.start
                    }
                }
            } catch {}
        }
        #expect(read > 100 && read < 3900)
    }

    @Test func files() throws {
        var generator = Linear(state: 7)
        for _ in 0..<1500 {
            let text = Self.damaged(ExperimentTests.text, &generator)
            do {
                let experiment = try Experiment(yaml: YAML(parsing: text, source: "t.yaml"))
                #expect(try Experiment(yaml: YAML(parsing: experiment.yaml, source: "t.yaml")) == experiment, "\(text)")
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }

    @Test func longWordsTakeNoTime() {
        let word = String(repeating: "1", count: 200_000)
        for text in [
            "Pulse \(word)V for 1 s", "Pulse 3 V for \(word)s", String(repeating: "x", count: 200_000),
            "Hold \(word) V for 1 s",
        ] {
            #expect(throws: InputError.self) { try Step.parse(text) }
        }
    }
}
