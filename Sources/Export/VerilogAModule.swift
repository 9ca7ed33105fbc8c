import CompactModel
import Essentials

/// A model as a Verilog-A module: every unknown is the voltage of an internal node, since compilers drop hidden variables of state.
enum VerilogAModule {
    /// Name of the module; ports p, n (the device) and g (1 V for 1 nS of a read).
    static let name = "tausonite_synapse"

    static func text(_ equations: Equations, origin: ExportOrigin) -> String {
        let nodes = equations.unknowns.map { "n\($0.name)" }
        let reals = equations.unknowns.map(\.name) + equations.auxiliaries.map(\.name)
        var lines = origin.lines(equations).map { "// \($0)" }
        lines += [
            "// Ports: p - n the device, g its conductance in a read (1 V for 1 nS). An operating point holds the unknowns at their start.",
            "`include \"disciplines.vams\"", "", "module \(name)(p, n, g);", "    inout p, n;", "    output g;",
            "    electrical p, n, g;", "    electrical \(nodes.joined(separator: ", "));",
        ]
        for p in equations.parameters { lines.append("    parameter real \(p.name) = \(number(p.value));  // \(p.about)") }
        for u in equations.unknowns where u.start.isFinite {
            lines.append("    parameter real \(u.name)0 = \(number(u.start));  // start of \(u.about)")
        }
        lines.append("    real \(reals.joined(separator: ", "));")
        lines += ["", "    analog begin"]
        for u in equations.unknowns { lines.append("        \(u.name) = V(n\(u.name));") }
        for a in equations.auxiliaries {
            lines.append("        // \(a.about)")
            lines.append("        \(a.name) = \(a.expression);")
        }
        for u in equations.unknowns { lines.append("        I(n\(u.name)) <+ ddt(V(n\(u.name)));  // \(u.about)") }
        lines.append("        if (analysis(\"static\")) begin")
        for u in equations.unknowns { lines.append("            I(n\(u.name)) <+ V(n\(u.name))-\(u.rest ?? "\(u.name)0");") }
        lines.append("        end else begin")
        for u in equations.unknowns { lines.append("            I(n\(u.name)) <+ -(\(u.slope));") }
        lines += [
            "        end", "        I(p,n) <+ \(equations.current);", "        V(g) <+ \(equations.reading);", "    end",
            "endmodule",
        ]
        return lines.joined(separator: "\n") + "\n"
    }
}
