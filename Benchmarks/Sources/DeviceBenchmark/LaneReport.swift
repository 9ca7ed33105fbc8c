import DeviceModel
import FiniteVolume
import LinearAlgebra

/// Prints the gain of SIMD lanes: the whole Newton correction, its parts, and the steps that lock-step costs.
func reportLanes(repeats: Int) throws {
    for (lanes, everyPlane) in [(8, false), (8, true), (4, false), (4, true)] {
        let group = try LaneDevices(lanes: lanes, everyPlane: everyPlane)
        let error = try group.difference(after: 3)
        guard error < 1e-9 else { fail("lanes and single devices differ by \(error)") }
        let rounds = 40_000 / group.nodes
        // Putting the start value back is timed alone and taken off.
        func perDevice(_ body: () throws -> Void) rethrows -> Double {
            try measure(repeats) { for _ in 0..<rounds { try body() } }.best / Double(rounds * lanes) * 1e9
        }
        let resetLanes = perDevice { group.resetLanes() }
        let resetScalar = perDevice { group.resetScalar() }
        let packed = perDevice { group.resetLanes(); group.correctLanes() } - resetLanes
        let single = try perDevice { group.resetScalar(); try group.correctScalar() } - resetScalar
        var parts = ""
        if lanes == 8 {
            let assembly = perDevice { group.assembleLanes() }
            let both = perDevice { group.assembleLanes(); group.solveLanes() }
            let solver = SingleParts(nodes: group.nodes)
            let fill = measure(repeats) { for _ in 0..<rounds { solver.fill() } }.best / Double(rounds) * 1e9
            let solve = measure(repeats) { for _ in 0..<rounds { solver.fill(); solver.solve() } }.best / Double(rounds) * 1e9 - fill
            let exponentials = measure(repeats) { for _ in 0..<rounds { solver.exponentials() } }.best / Double(rounds) * 1e9
            parts =
                "\"lanes_assembly_ns\": \(text(assembly)), \"lanes_solve_ns\": \(text(both - assembly)), \"single_solve_ns\": \(text(solve)), "
                + "\"single_exponentials_ns\": \(text(exponentials)), \"gain_solve\": \(text(solve / (both - assembly))), "
        }
        print(
            "{\"benchmark\": \"lanes\", \"lanes\": \(lanes), \"nodes\": \(group.nodes), \"single_ns\": \(text(single)), \"lanes_ns\": \(text(packed)), "
                + parts + "\"gain\": \(text(single / packed)), \"largest_difference\": \(text(error))}")
    }
    for (name, run) in [("pulses of 2 to 3.75 V", try LockStep.map()), ("one parameter moved by 1 %", try LockStep.columns())] {
        print(
            "{\"benchmark\": \"lock-step\", \"group\": \"\(name)\", \"steps_alone\": \(text(run.alone)), \"steps_together\": \(text(run.together)), "
                + "\"ratio\": \(text(run.together / run.alone))}")
    }
}

/// The block elimination and the exponentials of one device, as the product runs them.
private struct SingleParts {
    private let system: BlockTridiagonal2
    private let arguments: RealStorage
    private let source: RealStorage

    init(nodes: Int) {
        system = BlockTridiagonal2(blocks: nodes)
        arguments = RealStorage(count: 2 * (nodes - 1), value: 0.3)
        source = RealStorage(count: 14 * nodes)
        for i in 0..<nodes {
            for (k, value) in [-1.0, 0.1, 0.2, -1, 4, 0.3, 0.5, 5, -1, 0.2, 0.1, -1, 1, 2].enumerated() { source.row[14 * i + k] = value }
        }
    }

    func fill() {
        let (l, d, u, b, s) = (system.lower, system.diagonal, system.upper, system.rightHandSide, source.row)
        for i in 0..<system.blocks {
            for k in 0..<4 {
                l[4 * i + k] = s[14 * i + k]
                d[4 * i + k] = s[14 * i + 4 + k]
                u[4 * i + k] = s[14 * i + 8 + k]
            }
            b[2 * i] = s[14 * i + 12]
            b[2 * i + 1] = s[14 * i + 13]
        }
    }

    func solve() { _ = system.solve() }

    func exponentials() {
        arguments.row.fill(0.3)
        Bernoulli.exponentials(arguments.row)
    }
}
