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
        ("Dance", "\"Dance\"", "one of Pulse"),
    ])
    func names(text: String, problem: String, expected: String) {
        let error = #expect(throws: InputError.self) { try Experiment(sentences: [text]) }
        #expect(error?.problem.contains(problem) == true, "\(error?.description ?? "")")
        #expect(error?.expected?.contains(expected) == true, "\(error?.description ?? "")")
        #expect(error?.key.contains(text.trimmingCharacters(in: .whitespaces).prefix(4)) == true)
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
}
