import Energy
import Essentials
import Foundation
import GameAccount

/// What `tausonite replay` found, for people, as JSON and as a table of courses; units in the names.
struct ReplaySummary: Encodable {
    struct Errors: Encodable {
        /// Root mean square of the error of F over that of the device's F.
        var state, tables, linear, network: Double
    }
    struct Synapse: Encodable {
        var synapse, unit, input, pulses, trains, clipped: Int
        var W, W_of_the_devices, Lambda, bias_V, largest_F_nS: Double
        var error: Errors
        var pulse_energy_device_J, pulse_energy_state_J, pulse_energy_tables_J: Double
        var stopped: String?
    }
    var game, reading: String
    var steps: Int
    var synapses: [Synapse]
    /// Over all synapses and moments.
    var error: Errors
    var seconds: Double

    init(_ courses: [GameReplay.Course], _ record: GameRecord, reading: TimeReading, steps: Int, seconds: Double) {
        game = record.actionDigest
        self.reading = reading.rawValue
        (self.steps, self.seconds) = (steps, seconds)
        func errors(_ course: GameReplay.Course) -> Errors {
            Errors(
                state: course.error(\.state), tables: course.error(\.cell), linear: course.error(\.linear),
                network: course.error(\.network))
        }
        synapses = courses.map {
            Synapse(
                synapse: $0.synapse, unit: $0.synapse / record.inputs, input: $0.synapse % record.inputs, pulses: $0.pulses,
                trains: $0.trains, clipped: $0.clipped, W: $0.weight, W_of_the_devices: $0.written, Lambda: $0.lambda,
                bias_V: $0.bias, largest_F_nS: $0.largest * 1e9, error: errors($0),
                pulse_energy_device_J: $0.pulseEnergy.device, pulse_energy_state_J: $0.pulseEnergy.state,
                pulse_energy_tables_J: $0.pulseEnergy.cell, stopped: $0.stopped)
        }
        guard var all = courses.first else {
            error = Errors(state: 0, tables: 0, linear: 0, network: 0)
            return
        }
        all.moments = courses.flatMap(\.moments)
        error = errors(all)
    }

    /// F in nS at the moments compared.
    static func table(_ courses: [GameReplay.Course]) -> Table {
        typealias Line = (synapse: Int, moment: GameReplay.Moment)
        let lines: [Line] = courses.flatMap { course in course.moments.map { (course.synapse, $0) } }
        func nanosiemens(_ model: KeyPath<GameReplay.Moment, Double>) -> (Line) -> any TableField {
            { $0.moment[keyPath: model] * 1e9 }
        }
        let synapse: (Line) -> any TableField = { $0.synapse }
        let step: (Line) -> any TableField = { $0.moment.step }
        return Table(
            lines,
            columns: [
                ("synapse", synapse), ("step", step), ("device_nS", nanosiemens(\.device)), ("state_nS", nanosiemens(\.state)),
                ("tables_nS", nanosiemens(\.cell)), ("linear_nS", nanosiemens(\.linear)),
                ("network_nS", nanosiemens(\.network)),
            ])
    }

    var text: String {
        func percent(_ x: Double) -> String { String(format: "%8.1f", x * 100) }
        func row(_ e: Errors) -> String { percent(e.state) + percent(e.tables) + percent(e.linear) + percent(e.network) }
        var lines = [
            "\(synapses.count) synapses over \(steps) steps, reading \(reading): rms of the error of F over rms of the device's F (%)",
            "  unit  input       W  trains  bias (V)  pulses  largest F (nS)   state  tables  linear network",
        ]
        for s in synapses {
            let head = String(
                format: "  %4d  %5d  %6.2f  %6d  %8.3f  %6d  %14.2f", s.unit, s.input, s.W, s.trains, s.bias_V, s.pulses,
                s.largest_F_nS)
            lines.append(head + row(s.error) + (s.stopped.map { "  stopped: \($0)" } ?? ""))
        }
        lines.append("  all" + String(repeating: " ", count: 58) + row(error))
        let device = synapses.reduce(0) { $0 + $1.pulse_energy_device_J }
        let (state, tables) = (
            synapses.reduce(0) { $0 + $1.pulse_energy_state_J }, synapses.reduce(0) { $0 + $1.pulse_energy_tables_J }
        )
        lines.append(
            "pulses \(engineering(device, "J")) by the device, \(engineering(state, "J")) by the state model, \(engineering(tables, "J")) "
                + "by the tables")
        let clipped = synapses.count { $0.clipped > 0 }
        if clipped > 0 { lines.append("\(clipped) synapses asked the state model for more than it was fitted to") }
        lines.append(String(format: "time    %.1f s", seconds))
        return lines.joined(separator: "\n")
    }
}
