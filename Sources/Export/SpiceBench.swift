import CompactModel
import Essentials
import Foundation

/// A protocol as a netlist of ngspice, and what ngspice answers.
enum SpiceBench {
    static let table = "course.txt"
    /// Largest steps (s) that are tried one after the other: on an edge Newton's iteration of ngspice stops with one and passes with another.
    static let largestSteps = [0.1, 0.25, 0.04, 0.15, 0.5, 0.02]

    /// The bench: includes the exported file, applies the protocol, writes time and conductance to `course.txt`.
    static func netlist(_ bench: BenchProtocol, including file: String, largestStep: Double = largestSteps[0]) -> String {
        let (points, duration) = bench.corners
        let wave = points.map { "\(String(format: "%.15g", $0.time)) \(number($0.voltage))" }.joined(separator: " ")
        return
            (["* bench of an export of tausonite: \(bench.stream.name)", ".include \(file)"]
            + SpiceSubcircuit.wrapped("Vd d 0 PWL(\(wave))", at: " ")
            + [
                "X1 d 0 g \(SpiceSubcircuit.name)",
                ".options \(SpiceSubcircuit.options)",
                ".control", "set numdgt=12", "set wr_singlescale", "save v(g) v(d)",
                "tran 0.01 \(number(duration)) 0 \(number(largestStep)) uic",
                "wrdata \(table) v(g) v(d)", "quit", ".endc", ".end",
            ]).joined(separator: "\n") + "\n"
    }

    /// Runs the bench in a folder of its own.
    static func course(_ bench: BenchProtocol, subcircuit: String, moments: [Double]) throws(InputError) -> [BenchProtocol
        .Moment]
    {
        let simulator = try Simulator.ngspice()
        var failure: InputError?
        for step in largestSteps {
            let output = try simulator.run(
                files: ["synapse.cir": subcircuit, "bench.cir": netlist(bench, including: "synapse.cir", largestStep: step)],
                steps: [["-b", "bench.cir"]], result: table)
            do {
                return try Simulator.sample(rows(output), at: moments, of: bench.stream.name)
            } catch {
                failure = error
            }
        }
        throw failure ?? InputError("ngspice", problem: "was not run")
    }

    /// (s, S) of the table: time, G in nS, voltage.
    private static func rows(_ text: String) -> [(Double, Double)] {
        text.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: " ").compactMap { Double($0) }
            return cells.count >= 2 ? (cells[0], cells[1] * 1e-9) : nil
        }
    }
}
