import Calibration
import Essentials
import Foundation
import Simulation

/// A number that a sweep asks of each point: read off the run of the protocol, or measured as a calibration measures it.
package enum SweepOutput: Equatable, Sendable {
    case run(RunOutput)
    case observable(Observable, name: String)

    /// Reads "G of the last read", "energy of pulse 1", "tau 0.6 V"; upper and lower case and "the" do not matter.
    ///
    /// Throws `InputError` with all that is known.
    package init(_ text: String) throws(InputError) {
        let words = text.split(separator: " ").map(String.init)
        let plain = words.filter { $0.lowercased() != "the" }
        if let output = RunOutput(plain) {
            self = .run(output)
        } else if let observable = Observable(name: words.joined(separator: " ")) {
            self = .observable(observable, name: words.joined(separator: " "))
        } else {
            throw InputError(
                "--output", value: text, problem: "is not known",
                expected: (RunOutput.examples + ["of the calibration: " + Observable.examples.joined(separator: ", ")])
                    .joined(separator: ", "))
        }
    }

    /// As it is asked for.
    package var name: String {
        switch self {
        case .run(let output): output.name
        case .observable(_, let name): name
        }
    }

    /// The unit it is written in.
    package var unit: PhysicalUnit {
        switch self {
        case .run(let output): output.unit
        case .observable(let observable, _): observable.unit
        }
    }

    /// Column of the table, with the unit: "G_last_read_nS", "tau_0.6V_s".
    package var column: String {
        let head =
            switch self {
            case .run(let output): output.column
            case .observable(_, let name):
                name.replacingOccurrences(of: " V", with: "V").replacingOccurrences(of: " us", with: "us")
                    .replacingOccurrences(of: " s", with: "s").replacingOccurrences(of: " ", with: "_")
            }
        return unit.symbol == "-" ? head : "\(head)_\(unit.symbol)"
    }

    /// "G of the last read (nS)".
    package var title: String { unit.symbol == "-" ? name : "\(name) (\(unit.symbol))" }
}
