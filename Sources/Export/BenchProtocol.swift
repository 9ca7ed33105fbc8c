import CompactModel
import Essentials
import Foundation

/// A pulse stream on which an export is compared with the model that it was made from.
package struct BenchProtocol: Sendable {
    /// The stream; its level is where the export starts.
    package var stream: PulseStream
    /// Rise and fall of a pulse in the simulator, s; the model has none.
    static let edge = 0.1e-6

    /// One moment: seconds from the start, and G (S).
    package struct Moment: Equatable, Sendable {
        package var time, conductance: Double
    }

    /// The four that an export is judged by.
    package static func standard(readVoltage: Double = 0.6, level: Int) -> [BenchProtocol] {
        typealias Event = PulseStream.Event
        func stream(_ name: String, settle: Double = 5, _ events: [Event]) -> BenchProtocol {
            BenchProtocol(stream: PulseStream(name: name, bias: readVoltage, settle: settle, level: level, events: events))
        }
        var mixed = PulseStream(
            name: "mixed, changing bias", seed: 7, count: 8, ranges: .paper, biases: [-0.6, -0.3, 0, 0.3, 0.6], level: level)
        mixed.settle = 5
        mixed.bias = readVoltage
        return [
            stream(
                "3.5 V, 500 us, decay at \(number(readVoltage)) V",
                [.init(amplitude: 3.5, width: 500e-6, bias: readVoltage, hold: 60)]),
            stream(
                "10 x 2 V, 100 us, 1 s apart",
                (0..<10).map { _ in Event(amplitude: 2, width: 100e-6, bias: readVoltage, hold: 1) }),
            stream("3 V, 200 us, decay at -0.6 V", [.init(amplitude: 3, width: 200e-6, bias: -0.6, hold: 30)]),
            BenchProtocol(stream: mixed),
        ]
    }

    /// Its voltage over time.
    var wave: BenchWave {
        var points = [(time: 0.0, voltage: stream.bias)]
        var (t, v) = (stream.settle, stream.bias)
        for e in stream.events {
            points += [
                (t, v), (t + Self.edge, e.amplitude), (t + Self.edge + e.width, e.amplitude),
                (t + 2 * Self.edge + e.width, e.bias),
            ]
            t += e.width + 2 * Self.edge + e.hold
            v = e.bias
        }
        return BenchWave(name: stream.name, corners: points + [(t, v)])
    }

    /// Seconds into a hold at which the conductance is compared: 2 ms after the pulse, then five a decade, and the end.
    static func moments(of hold: Double) -> [Double] {
        var found: [Double] = []
        var t = 2e-3
        while t < 0.9 * hold {
            found.append(t)
            t *= pow(10, 0.2)
        }
        return found + [hold]
    }

    /// What a model says: the conductance just before the first pulse, then at each moment.
    ///
    /// - Throws: `InputError` where the stream leaves what the state model describes.
    func course(_ start: ModelRun) throws(InputError) -> [Moment] {
        var run = start
        run.hold(stream.bias, for: stream.settle)
        var course = [Moment(time: stream.settle, conductance: run.conductance)]
        var t = stream.settle
        for e in stream.events {
            run.pulse(e.amplitude, for: e.width)
            t += e.width + 2 * Self.edge
            var reached = 0.0
            for moment in Self.moments(of: e.hold) {
                run.hold(e.bias, for: moment - reached)
                reached = moment
                course.append(Moment(time: t + moment, conductance: run.conductance))
            }
            t += e.hold
        }
        guard !run.isLost else {
            throw InputError(
                "protocol", value: stream.name, problem: "leaves what the state model describes",
                expected: "pulses within the range that its file says")
        }
        return course
    }

    /// Root mean square of the difference over that of F = G - G(start).
    package static func error(_ found: [Moment], of model: [Moment]) -> Double {
        guard let start = model.first?.conductance, let own = found.first?.conductance, found.count == model.count else {
            return .infinity
        }
        return Fits.relativeError(
            found.dropFirst().map { $0.conductance - own }, of: model.dropFirst().map { $0.conductance - start })
    }
}
