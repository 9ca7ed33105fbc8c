import Essentials
import Foundation

/// "Sine 10 mV at 1 kHz for 5 ms [around 0.6 V] [phase 90 deg]": one smooth piece, the solver's own steps follow it.
struct SineAction: StepAction {
    var amplitude, frequency, duration: Double
    /// nil: the voltage before.
    var mean: Double?
    /// Degrees, as they are written.
    var phase = 0.0

    static let verb = Verb("Sine", example: "Sine 10 mV at 1 kHz for 5 ms around 0.6 V") { sentence throws(InputError) in
        let amplitude = try sentence.measure(.voltage, "the amplitude")
        try sentence.word("at")
        let frequency = try sentence.measure(.rate, "the frequency")
        try sentence.word("for")
        let duration = try sentence.measure(.time, "the duration")
        var wave = SineAction(amplitude: amplitude, frequency: frequency, duration: duration)
        if sentence.takes("around") { wave.mean = try sentence.measure(.voltage, "the middle") }
        if sentence.takes("phase") {
            wave.phase = try sentence.number("the phase in degrees")
            try sentence.word("deg")
        }
        return wave
    }

    var sentence: String {
        "Sine \(Step.volts(amplitude)) at \(PhysicalUnit("Hz", .rate).text(of: frequency)) for \(Step.timeText(duration))"
            + (mean.map { " around \(Step.volts($0))" } ?? "")
            + (phase == 0 ? "" : " phase \(PhysicalUnit.shortest(phase)) deg")
    }

    func check(depth: Int) throws(InputError) {
        try Step.checkVoltage(amplitude, "amplitude")
        try Step.checkVoltage(mean, "middle")
        try Step.checkVoltage(abs(mean ?? 0) + abs(amplitude), "largest voltage")
        try Step.inRange(frequency, Step.frequencyRange, .rate, "frequency")
        try Step.inRange(phase, -360...360, .none, "phase")
        try Step.checkTime(duration, "duration")
        guard frequency * duration < 1e7 else {
            throw InputError(
                "sine", problem: "has \(frequency * duration) periods", expected: "at most 1e7: some 30 steps are taken in each"
            )
        }
    }

    var pieceCount: Int { 1 }

    func piece(_ k: Int, after voltage: Double) -> Segment {
        let sine = Sine(mean: mean ?? voltage, amplitude: amplitude, frequency: frequency, phase: phase * .pi / 180)
        var piece = Segment.piece(.sweep, sine.value(at: 0), sine.value(at: duration), duration)
        piece.sine = sine
        return piece
    }
}

extension Step {
    /// Sine of `amplitude` V around `mean` V (nil: the voltage before) at `frequency` Hz for `duration` s; `phase` in degrees.
    public static func sine(
        amplitude: Double, frequency: Double, duration: Double, mean: Double? = nil, phase: Double = 0
    ) -> Step {
        Step(SineAction(amplitude: amplitude, frequency: frequency, duration: duration, mean: mean, phase: phase))
    }
}
