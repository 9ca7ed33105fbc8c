import CompactModel
import Essentials
import Foundation

/// A protocol as a netlist of VACASK, which runs the compiled Verilog-A module, and what it answers.
enum VacaskBench {
    static let table = "bench.raw"

    /// The bench: loads the compiled module, applies the protocol, writes `bench.raw` as text.
    static func netlist(_ bench: BenchProtocol, loading file: String) -> String {
        let (points, duration) = bench.corners
        let wave = points.map { "\(String(format: "%.15g", $0.time)), \(number($0.voltage))" }.joined(separator: ",\n  ")
        return """
            bench of an export of tausonite: \(bench.stream.name)
            ground 0
            load "\(file)"
            model vsource vsource
            model synapse \(VerilogAModule.name)
            vd (d 0) vsource type="pwl" wave=[
              \(wave)
            ]
            x1 (d 0 g) synapse
            control
              options tran_method="gear2" reltol=1e-5 vntol=1e-9 rawfile="ascii"
              analysis bench tran step=1e-9 stop=\(number(duration)) maxstep=0.25
            endc

            """
    }

    /// Compiles the module and runs the bench in a folder of its own.
    static func course(_ bench: BenchProtocol, module: String, moments: [Double]) throws(InputError) -> [BenchProtocol.Moment] {
        let simulator = try Simulator.vacask()
        let output = try simulator.run(
            files: ["synapse.va": module, "bench.sim": netlist(bench, loading: "synapse.osdi")],
            steps: [["openvaf-r", "synapse.va", "-o", "synapse.osdi"], ["vacask", "bench.sim"]], result: table)
        return try Simulator.sample(rows(output), at: moments, of: bench.stream.name)
    }

    /// (s, S) of a raw file in text form: each point is its index and the variables, one after the other.
    private static func rows(_ raw: String) -> [(Double, Double)] {
        let lines = raw.split(separator: "\n")
        guard let names = lines.firstIndex(where: { $0.hasPrefix("Variables") }),
            let values = lines.firstIndex(where: { $0.hasPrefix("Values") })
        else { return [] }
        let variables = lines[(names + 1)..<values].compactMap { $0.split(whereSeparator: \.isWhitespace).dropFirst().first }
        let numbers = lines[(values + 1)...].flatMap { $0.split(whereSeparator: \.isWhitespace) }.compactMap { Double($0) }
        guard let g = variables.firstIndex(of: "g") else { return [] }
        let width = variables.count + 1
        return stride(from: 0, to: numbers.count - width + 1, by: width).map { (numbers[$0 + 1], numbers[$0 + 1 + g] * 1e-9) }
    }
}
