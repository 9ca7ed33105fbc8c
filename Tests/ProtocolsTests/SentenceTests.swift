import Essentials
import Foundation
import TestSupport
import Testing

@testable import Protocols

/// Sentences become the steps they say; what cannot be understood is named with the word at fault.
@Suite struct SentenceTests {
    @Test(arguments: [
        ("Pulse 3.5 V for 500 us", Step.pulse(amplitude: 3.5, width: 500e-6)),
        ("pulse 3.5V for 500us", .pulse(amplitude: 3.5, width: 500e-6)),
        ("Pulse 3 V for 100 µs from 0.6 V", .pulse(amplitude: 3, width: 100e-6, base: 0.6)),
        ("Pulse 3 V for 100 us with 1 us edges", .pulse(amplitude: 3, width: 100e-6, edge: 1e-6)),
        ("Pulse −2 V for 1 ms with 2 us edges from 0 V", .pulse(amplitude: -2, width: 1e-3, base: 0, edge: 2e-6)),
        ("Train 100 x 4 V for 500 us with 0.1 s gaps", .train(count: 100, amplitude: 4, width: 500e-6, gap: 0.1)),
        (
            "Train 100x 4V for 500us with 0.1s gaps and 2us edges from 0V",
            .train(count: 100, amplitude: 4, width: 500e-6, gap: 0.1, base: 0, edge: 2e-6)
        ),
        ("Hold 0.6 V for 375 s", .hold(voltage: 0.6, duration: 375)),
        ("Hold 600 mV for 5 minutes", .hold(voltage: 0.6, duration: 300)),
        ("Rest for 240 s", .hold(voltage: 0, duration: 240)),
        ("Sweep 0 V to 2 V at 1 V/s", .sweep(from: 0, to: 2, rate: 1)),
        ("Sweep to -2 V at 50 mV/s", .sweep(from: nil, to: -2, rate: 0.05)),
        ("Read", .read()), ("Read at 0.6 V", .read(voltage: 0.6)),
        ("Hold 1 uA for 10 ms", .hold(current: 1e-6, duration: 10e-3)),
        ("Hold -20nA for 1 s", .hold(current: -20e-9, duration: 1)),
        ("Pair of pulses 3 V for 100 us 10 ms apart", .pair(amplitude: 3, width: 100e-6, gap: 10e-3)),
        (
            "Pair of pulses 3 V for 100 us 10 ms apart from 0 V with 1 us edges",
            .pair(amplitude: 3, width: 100e-6, gap: 10e-3, base: 0, edge: 1e-6)
        ),
        ("Staircase 0 V to 2 V by 0.1 V every 10 ms", .staircase(from: 0, to: 2, rise: 0.1, width: 10e-3)),
        (
            "Staircase 1 V to -1 V by 0.5 V every 1 s with 1 ms edges",
            .staircase(from: 1, to: -1, rise: 0.5, width: 1, edge: 1e-3)
        ),
        ("Triangle 2 V at 1 kHz for 5 ms around 0 V", .triangle(amplitude: 2, frequency: 1e3, duration: 5e-3, mean: 0)),
        ("Sine 10 mV at 1 kHz for 5 ms", .sine(amplitude: 0.01, frequency: 1e3, duration: 5e-3)),
        (
            "Sine 10 mV at 1 MHz for 5 us around 0.6 V phase 90 deg",
            .sine(amplitude: 0.01, frequency: 1e6, duration: 5e-6, mean: 0.6, phase: 90)
        ),
        ("Noise 50 mV for 1 s every 1 ms seed 7", .noise(deviation: 0.05, duration: 1, interval: 1e-3, seed: 7)),
        (
            "Noise 50 mV for 1 s every 1 ms seed 7 around 1 V",
            .noise(deviation: 0.05, duration: 1, interval: 1e-3, seed: 7, mean: 1)
        ),
        ("Waveform 0 s 0 V, 1 ms 2 V, 3 ms 0 V", .waveform([(0, 0), (1e-3, 2), (3e-3, 0)])),
        ("Waveform 1 ms 0 V, 1ms 2V, 3 ms 0 V", .waveform([(1e-3, 0), (1e-3, 2), (3e-3, 0)])),
        (
            "Pre [Pulse 1 V for 1 ms; Rest for 9 ms] post [Rest for 2 ms; Pulse 1 V for 1 ms]",
            .terminals(
                pre: [.pulse(amplitude: 1, width: 1e-3), .rest(duration: 9e-3)],
                post: [.rest(duration: 2e-3), .pulse(amplitude: 1, width: 1e-3)])
        ),
        ("Save as after-set", .save(name: "after-set")),
        (
            "Sweep 0 V to 3 V at 1 V/s until I > 1 uA or G < 40 nS compliance 2 uA at 350 K reading at 0.3 V",
            Step.sweep(from: 0, to: 3, rate: 1).with(
                StepTerms(
                    until: [
                        StopCondition(.current, isAbove: true, threshold: 1e-6),
                        StopCondition(.conductance, isAbove: false, threshold: 40e-9),
                    ], compliance: 2e-6, temperature: 350, readVoltage: 0.3))
        ),
        (
            "Repeat 30 times: [Pulse 2 V for 10 us; Rest for 1 ms] until |I| above 1 uA",
            Step.repeat(count: 30, steps: [.pulse(amplitude: 2, width: 10e-6), .rest(duration: 1e-3)]).with(
                StepTerms(until: [StopCondition(.size, isAbove: true, threshold: 1e-6)]))
        ),
        ("At 350 K", .ambient(temperature: 350)), ("at 350K", .ambient(temperature: 350)),
        ("Pulse 3 V for 100 us * 100", .repeat(count: 100, steps: [.pulse(amplitude: 3, width: 100e-6)])),
        ("\"Pulse 3 V for 100 us\" * 100", .repeat(count: 100, steps: [.pulse(amplitude: 3, width: 100e-6)])),
        (
            "Repeat 30 times: [Sweep 0 V to 2 V at 1 V/s; Sweep to 0 V at 1 V/s]",
            .repeat(count: 30, steps: [.sweep(from: 0, to: 2, rate: 1), .sweep(from: nil, to: 0, rate: 1)])
        ),
        ("Repeat 2 times: Read; Rest for 1 s", .repeat(count: 2, steps: [.read(), .rest(duration: 1)])),
        ("[\"Read\", \"Rest for 1 s\"] * 3", .repeat(count: 3, steps: [.read(), .rest(duration: 1)])),
        (
            "Repeat 2 times: [Repeat 3 times: Read; Rest for 1 s * 4]",
            .repeat(count: 2, steps: [.repeat(count: 3, steps: [.read(), .repeat(count: 4, steps: [.rest(duration: 1)])])])
        ),
    ])
    func says(text: String, step: Step) throws {
        #expect(try Step.parse(text) == [step])
        // And the step's own sentence says the same again.
        #expect(try Step.parse(step.sentence) == [step])
    }

    @Test func aPeriodBecomesAGap() throws {
        guard let train = try Step.parse("Train 5 x 4 V for 500 us every 0.1 s").first?.action as? TrainAction
        else {
            Issue.record("not a train")
            return
        }
        #expect(abs(train.width + train.gap + 2 * train.edge - 0.1) < 1e-16)
    }

    /// The problem names the word (or value) at fault; `expected` ends in a sentence of the same kind.
    @Test(arguments: [
        ("Pulse 3 V fro 100 us", "\"fro\"", "Pulse 3.5 V for 500 us"), ("Puls 3 V for 100 us", "\"Puls\"", "perhaps Pulse"),
        ("Pulse 3 V for 100", "ends too early", "the unit of the width"),
        ("Pulse 3 V for 100 V", "\"100 V\" is a voltage", "a time in s"),
        ("Pulse 3 V", "ends too early", "\"for\""), ("Pulse high for 1 s", "\"high\"", "the amplitude"),
        ("Pulse 3 V for -100 us", "width = -0.0001 s", "1e-9 s ... 1e9 s"), ("Pulse 3 V for 0 s", "width = 0 s", "1e-9 s"),
        ("Pulse 300 V for 1 s", "amplitude = 300 V", "-20 V ... 20 V"), ("Pulse inf V for 1 s", "\"inf\"", "amplitude"),
        ("Hold 0.6 V for 375 fortnights", "\"fortnights\"", "the unit of the duration"),
        ("Hold 0.6 V for 375 s please", "\"please\"", "Hold 0.6 V for 375 s"),
        ("Train 100 4 V for 500 us with 0.1 s gaps", "\"4\"", "\"x\""), ("Train 100 x 4 V for 500 us", "how far apart", "gaps"),
        ("Train 0 x 4 V for 500 us with 0.1 s gaps", "number of pulses = 0", "from 1"),
        ("Train 9 x 4 V for 500 us every 100 us", "shorter", "502 us"),
        ("Train 9 x 4 V for 500 us every 1 s with 1 s gaps", "both", "one of the two"),
        ("Train 99999999999999999999 x 4 V for 1 s with 1 s gaps", "\"99999999999999999999\"", "whole number"),
        ("Sweep 0 V to 2 V at 1 V", "\"1 V\" is a voltage", "V/s"), ("Sweep 0 V to 2 V at -1 V/s", "sweep rate", "V/s ..."),
        ("Sweep 2 V to 2 V at 1 V/s", "goes nowhere", "hold"), ("Read 0.6 V", "\"0.6\"", "\"at\""),
        ("Read at 0 V", "too close to zero", "1 mV"),
        ("At 20 K", "ambient temperature = 20 K", "200 K ... 600 K"), ("At 3 V", "\"3 V\" is a voltage", "a temperature"),
        ("Repeat 3: ", "no steps", "for example"), ("Repeat times: Read", "whole number", "for example"),
        ("Repeat 3 times Read", "\":\"", "for example"), ("Read * many", "\"many\"", "for example"),
        ("[Read", "\"]\"", "for example"),
        ("Read]", "\"[\"", "for example"), ("Read * -1", "number of repeats = -1", "from 1"),
        ("Hold 1 uA for 10 V", "\"10 V\" is a voltage", "the duration"), ("Hold 2 A for 1 s", "current = 2 A", "-1 A ... 1 A"),
        ("Hold 0 A for 1 s", "too close to zero", "1 uA"),
        ("Pair of 3 V for 100 us 10 ms apart", "\"3\"", "Pair of pulses 3 V"),
        ("Staircase 0 V to 2 V by 0.3 V every 10 ms", "whole steps", "a part of 2 V"),
        ("Staircase 0 V to 0 V by 0.3 V every 10 ms", "whole steps", "Staircase 0 V to 2 V"),
        ("Triangle 2 V at 1 V/s for 1 s", "\"1 V/s\" is a sweep rate", "the frequency"),
        ("Sine 25 V at 1 Hz for 1 s", "amplitude = 25 V", "-20 V ... 20 V"),
        ("Sine 1 V at 1 GHz for 1 s", "1000000000.0 periods", "1e7"),
        ("Sine 1 V at 1 Hz for 1 s phase 1 rad", "\"rad\"", "\"deg\""),
        ("Noise 50 mV for 1 s every 1 ms", "ends too early", "\"seed\""),
        ("Noise 50 mV for 1 s every 1 ms seed -1", "seed = -1", "0 to"),
        ("Waveform", "ends too early", "time_s and voltage_V"),
        ("Waveform 0 s 0 V", "fewer than two points", "0 s 0 V, 1 ms 2 V"),
        ("Waveform 0 s 0 V, 1 s", "ends too early", "the voltage at that time"),
        ("Waveform 1 s 0 V, 0 s 1 V", "time of a point = -1 s", "0 s"),
        ("Waveform 0 s 0 V, 1 s 1 V, 1 s 2 V, 1 s 3 V", "three times", "twice"),
        ("Pre [Pulse 1 V for 1 ms] pos [Rest for 1 s]", "\"pos\"", "\"post\""),
        ("Pre Pulse post [Rest for 1 s]", "\"Pulse\"", "in brackets"),
        ("Pre [Read] post [Rest for 1 s]", "terminal holds read", "pulses, trains"),
        ("Pre [Hold 15 V for 1 s] post [Hold -15 V for 1 s]", "difference of the terminals = 30 V", "-20 V ... 20 V"),
        ("Save as ../x", "cannot be that of a file", "letters, digits"), ("Save after-set", "\"after-set\"", "\"as\""),
        ("Hold 1 V for 1 s until X > 1 uA", "\"X\"", "I, |I|, G, V, T"), ("Hold 1 V for 1 s until I 1 uA", "\"1\"", "\">\""),
        ("Hold 1 V for 1 s until I > 1 nS", "\"1 nS\" is a conductance", "a current in A"),
        ("Hold 1 V for 1 s until I > 5 A", "threshold of I = 5 A", "-1 A ... 1 A"),
        ("Hold 1 V for 1 s compliance 0 A", "compliance = 0 A", "1e-15 A ... 1 A"),
        ("Hold 1 V for 1 s at 20 K", "ambient temperature = 20 K", "200 K"),
        ("Hold 1 V for 1 s compliance 1 uA compliance 2 uA", "twice", "each once"),
        ("Read until I > 1 uA", "\"until\"", "Read at 0.6 V"), ("Repeat 3 times: [Read] until", "ends too early", "G > 40 nS"),
        ("Dance", "\"Dance\"", "one of Pulse"),
    ])
    func names(text: String, problem: String, expected: String) {
        let error = #expect(throws: InputError.self) { try Experiment(sentences: [text]) }
        #expect(error?.problem.contains(problem) == true, "\(error?.description ?? "")")
        #expect(error?.expected?.contains(expected) == true, "\(error?.description ?? "")")
        #expect(error?.key.contains(text.trimmingCharacters(in: .whitespaces).prefix(4)) == true)
    }

    @Test func everyVerbHasAnExampleThatParsesAndIsShownWhereItIsMissed() throws {
        for verb in Verb.all {
            let step = try #require(try Step.parse(verb.example).first)
            #expect(try Step.parse(step.sentence) == [step])
            let error = #expect(throws: InputError.self) { try Step.parse(verb.word + " nonsense!") }
            // The name of a table may be anything: there is none of this name.
            if verb.word == "Waveform" { continue }
            #expect(error?.expected?.contains(verb.example) == true, "\(verb.word): \(error?.description ?? "")")
        }
    }

    @Test func emptyAndBottomlessProtocolsAreRefused() {
        #expect(throws: InputError.self) { try Experiment(sentences: []) }
        #expect(throws: InputError.self) { try Experiment(sentences: [" ; "]) }
        #expect(throws: InputError.self) {
            try Experiment(sentences: [String(repeating: "Repeat 9 times: ", count: 5000) + "Read"])
        }
        #expect(throws: InputError.self) {
            try Experiment(sentences: [String(repeating: "[", count: 5000) + "Read" + String(repeating: "]", count: 5000)])
        }
        #expect(throws: InputError.self) {
            try Experiment(sentences: [String(repeating: "Repeat 1000000000 times: ", count: 8) + "Read"])
        }
    }

    /// Text from elsewhere must not decide what is opened: also not inside a repeat or on a terminal.
    @Test func filesCanBeRefused() throws {
        for text in ["Waveform a.csv", "Repeat 2 times: [Waveform a.csv]", "Pre [Waveform \"a.csv\"] post [Rest for 1 ms]"] {
            let error = #expect(throws: InputError.self) { try Step.parse(text, readsFiles: false) }
            #expect(error?.description.contains("cannot be named here") == true, "\(text)")
        }
        #expect(try Step.parse("Waveform 0 s 0 V, 1 ms 2 V", readsFiles: false).count == 1)
    }
}
