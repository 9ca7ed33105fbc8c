import Essentials
import TestSupport
import Testing

@testable import Protocols

/// V(t) of steps: continuous, gapless, with every corner where the steps put it.
@Suite struct WaveformTests {
    /// A mixture of everything, nested.
    static let mixture: [Step] = [
        .hold(voltage: 0.6, duration: 10),
        .pulse(amplitude: 3, width: 100e-6),
        .read(),
        .repeat(
            count: 3,
            steps: [
                .sweep(from: 0, to: 2, rate: 1), .sweep(from: nil, to: -1, rate: 0.5),
                .repeat(count: 2, steps: [.pulse(amplitude: 2, width: 20e-6, base: 0.3), .read(voltage: 0.4)]),
            ]),
        .train(count: 4, amplitude: 4, width: 500e-6, gap: 0.1, base: 0),
        .rest(duration: 240),
    ]

    @Test func isContinuousInTimeAndVoltage() {
        var time = 0.0
        var voltage = 0.0
        for segment in Waveform(steps: Self.mixture) {
            #expect(abs(segment.start - time) <= 1e-12 * max(1, time))
            if segment.kind == .read {
                #expect(segment.duration == 0 && segment.from == segment.to)
            } else {
                #expect(segment.from == voltage && segment.duration > 0)
                time = segment.end
                voltage = segment.to
            }
        }
        #expect(voltage == 0)
    }

    @Test func countsAndDurationAgreeWithTheWalk() throws {
        let experiment = try Experiment(steps: Self.mixture, startsFromBaseState: false)
        let segments = Array(experiment.waveform)
        #expect(experiment.pulseCount == 1 + 3 * 2 + 4)
        #expect(Set(segments.compactMap(\.pulse)) == Set(0..<11))
        #expect(experiment.readCount == 1 + 3 * 2)
        #expect(segments.filter { $0.kind == .read }.count == 7)
        #expect(experiment.segmentCount == segments.count)
        // Same sum in another order: round-off only.
        #expect(abs(experiment.duration - segments.last!.end) < 1e-12 * experiment.duration)
    }

    @Test func aPulseIsRiseTopFallFromTheVoltageBefore() {
        let pulse = Array(
            Waveform(steps: [.hold(voltage: 0.6, duration: 1), .pulse(amplitude: 3, width: 1e-4)], initialVoltage: 0.6))
        #expect(pulse.map(\.kind) == [.hold, .edge, .top, .edge])
        #expect(pulse.map(\.from) == [0.6, 0.6, 3, 3])
        #expect(pulse.map(\.to) == [0.6, 3, 3, 0.6])
        #expect(pulse.map(\.duration) == [1, 1e-7, 1e-4, 1e-7])
        #expect(pulse.map(\.pulse) == [nil, 0, 0, 0])
        #expect(pulse.map(\.step) == [0, 1, 1, 1])
    }

    @Test func aTrainHasGapsOnlyBetweenItsPulses() {
        let train = Array(Waveform(steps: [.train(count: 3, amplitude: 4, width: 5e-4, gap: 0.1)]))
        #expect(train.map(\.kind) == [.edge, .top, .edge, .hold, .edge, .top, .edge, .hold, .edge, .top, .edge])
        #expect(train.filter { $0.kind == .hold }.allSatisfy { $0.duration == 0.1 && $0.from == 0 })
        #expect(train.filter { $0.kind == .edge }.allSatisfy { $0.duration == 1e-6 })
        #expect(train.compactMap(\.pulse) == [0, 0, 0, 1, 1, 1, 2, 2, 2])
        #expect(train.allSatisfy { $0.step == 0 })
    }

    @Test func aReadStandsOutsideTime() {
        let steps: [Step] = [.hold(voltage: 0.2, duration: 1), .read(), .hold(voltage: 0.2, duration: 1)]
        let segments = Array(Waveform(steps: steps, initialVoltage: 0.2, readVoltage: 0.6))
        #expect(segments.map(\.kind) == [.hold, .read, .hold])
        #expect(segments[1] == Segment(start: 1, duration: 0, from: 0.6, to: 0.6, kind: .read, step: 1))
        #expect(segments[2].start == 1 && segments[2].from == 0.2)
    }

    @Test func relativeBasesFollowTheVoltageInsideARepeat() {
        // First pass starts at 0 V, the second where the first ended: at 1 V.
        let steps: [Step] = [
            .repeat(count: 2, steps: [.pulse(amplitude: 3, width: 1e-4), .hold(voltage: 1, duration: 1)])
        ]
        let rises = Waveform(steps: steps).filter { $0.kind == .edge && $0.to == 3 }
        #expect(rises.map(\.from) == [0, 1])
    }

    /// A billion pulses: the iterator neither stores them nor loses time (Neumaier sum), checked on the first 10^5.
    @Test func hugeRepeatsAreLazy() throws {
        let experiment = try Experiment(steps: [
            .repeat(count: 1_000_000, steps: [.train(count: 1000, amplitude: 2, width: 1e-6, gap: 1e-6, base: 0)])
        ])
        #expect(experiment.pulseCount == 1_000_000_000)
        var last: Segment?
        for segment in experiment.waveform.prefix(100_000) { last = segment }
        let made = try #require(last)
        // 1e-7 s joint from the base state's 0.6 V, then segments of 1e-6 s each (no gap between the trains).
        #expect(abs(made.end - (1e-7 + 99_999e-6)) < 1e-15)
    }
}
