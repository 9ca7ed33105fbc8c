import CompactModel
import Essentials

/// A model as a subcircuit of ngspice: unknowns are voltages of 1 F capacitors, everything between a node of a behavioural source.
enum SpiceSubcircuit {
    /// Name of the subcircuit; nodes p, n (the device) and g (1 V for 1 nS of a read).
    static let name = "tausonite_synapse"

    /// What ngspice needs: charges here are of order one, not of picocoulombs.
    static let options = "method=gear reltol=1e-5 vntol=1e-8 abstol=1e-4 chgtol=1e-4 itl4=100"

    static func text(_ equations: Equations, origin: ExportOrigin) -> String {
        var lines = origin.lines(equations).map { "* \($0)" }
        lines += [
            "* X<name> p n g \(name): p - n the device, g its conductance in a read (1 V for 1 nS).",
            "* Start transients with \"uic\"; .options \(options)",
            "* and steps of at most 0.1 s: ngspice gives up at 1e-11 of the largest step.",
        ]
        let starts = equations.unknowns.map { "\($0.name)0=\(number($0.start))" }
        let constants = equations.parameters.map { "\($0.name)=\(number($0.value))" }
        lines += equations.parameters.map { "* \($0.name): \($0.about)" }
        lines += wrapped(".subckt \(name) p n g params: \((starts + constants).joined(separator: " "))", at: " ")
        for u in equations.unknowns {
            lines.append("* \(u.name): \(u.about)")
            lines.append("C\(u.name) \(u.name) 0 1 ic={\(u.name)0}")
            lines += wrapped("B\(u.name) 0 \(u.name) I=\(u.slope)")
        }
        for a in equations.auxiliaries {
            lines.append("* \(a.name): \(a.about)")
            lines += wrapped("B\(a.name) \(a.name) 0 V=\(a.expression)")
        }
        lines += wrapped("Bi p n I=\(equations.current)")
        lines += ["Bg g 0 V=\(equations.reading)", ".ends \(name)"]
        return lines.joined(separator: "\n") + "\n"
    }

    /// Lines of at most about 120 characters, the later ones with the "+" that goes on; broken after `mark`, which no number holds.
    static func wrapped(_ line: String, at mark: Character = "*") -> [String] {
        var (lines, now) = ([String](), "")
        for piece in line.split(separator: mark, omittingEmptySubsequences: false).enumerated() {
            let text = (piece.offset == 0 ? "" : String(mark)) + piece.element
            if now.count + text.count > 120, !now.isEmpty {
                lines.append(now)
                now = "+ "
            }
            now += text
        }
        return lines + [now]
    }
}
