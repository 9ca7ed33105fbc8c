import CompactModel
import Essentials
import Foundation

/// A protocol as a netlist of ngspice, and what ngspice answers.
enum SpiceBench {
    static let table = "course.txt"
    /// Largest steps (s) that are tried one after the other: on an edge Newton's iteration of ngspice stops with one and passes with another.
    static let largestSteps = [0.1, 0.25, 0.04, 0.15, 0.5, 0.02]

    /// The bench: includes the exported file, applies the protocol, writes time and conductance to `course.txt`.
    static func netlist(_ bench: BenchWave, including file: String, largestStep: Double = largestSteps[0]) -> String {
        let wave = bench.corners.map { "\(String(format: "%.15g", $0.time)) \(number($0.voltage))" }.joined(separator: " ")
        return
            (["* bench of an export of tausonite: \(bench.name)", ".include \(file)"]
            + SpiceSubcircuit.wrapped("Vd d 0 PWL(\(wave))", at: " ")
            + [
                "X1 d 0 g \(SpiceSubcircuit.name)",
                ".options \(SpiceSubcircuit.options)",
                ".control", "set numdgt=12", "set wr_singlescale", "save v(g) v(d) i(Vd)",
                "tran 0.01 \(number(bench.duration)) 0 \(number(largestStep)) uic",
                "wrdata \(table) v(g) v(d) i(Vd)", "quit", ".endc", ".end",
            ]).joined(separator: "\n") + "\n"
    }

    /// Runs the bench in a folder of its own.
    static func rows(_ bench: BenchWave, subcircuit: String) throws(InputError) -> [BenchRow] {
        let simulator = try Simulator.ngspice()
        var failure: InputError?
        for step in largestSteps {
            let output = try simulator.run(
                files: ["synapse.cir": subcircuit, "bench.cir": netlist(bench, including: "synapse.cir", largestStep: step)],
                steps: [["-b", "bench.cir"]], results: [table])
            do {
                return try Simulator.whole(rows(output[0]), bench)
            } catch {
                failure = error
            }
        }
        throw failure ?? InputError("ngspice", problem: "was not run")
    }

    /// Rows of the table: time, G in nS, voltage, current into the source.
    private static func rows(_ text: String) -> [BenchRow] {
        text.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: " ").compactMap { Double($0) }
            return cells.count >= 4
                ? BenchRow(time: cells[0], conductance: cells[1] * 1e-9, voltage: cells[2], current: -cells[3]) : nil
        }
    }
}
