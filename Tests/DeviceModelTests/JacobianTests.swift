import FiniteVolume
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import DeviceModel

/// Every block of the Jacobian and the elimination of the areal unknowns.
struct JacobianTests {
    @Test(
        "One Newton correction equals the dense solve of the written-out equations, all unknowns, to 1e-6",
        arguments: [(0.6, 1e-3), (3.0, 10.0), (-1.5, 1e4), (2.0, 1e7)])
    func newtonCorrection(voltage: Double, shift: Double) throws {
        for (index, parameters) in [Samples.isothermal, Samples.everything].enumerated() {
            let worst = try NewtonComparison.worstMiss(parameters, voltage: voltage, shift: shift, seed: UInt64(index + 1))
            hold(worst, below: 1e-6, as: "Newton correction against dense solve, set \(index), \(voltage) V")
        }
    }

    @Test("Every entry of the 2 x 2 bulk blocks equals the finite difference of the residual to 1e-7 of its row")
    func bulkBlocks() throws {
        let device = AssembledDevice(Samples.everything)
        let state = NewtonComparison.roughState(device, try Samples.state(device, voltage: 2, duration: 1e-3), seed: 5)
        device.prepare(time: 0)
        let history = RealStorage(count: device.unknowns)
        func rows(_ u: [Double]) -> [Double] {
            let state = RealStorage(u)
            device.two.assemble(state.row, shift: 3, history: history.row, sheets: false)
            // The assembled right-hand side is minus the residual.
            return device.two.board.matrix.right.values.map { -$0 }
        }
        let u = state.values
        let full = centralJacobian(u, steps: NewtonComparison.steps(device, u)) { rows($0) }
        device.two.assemble(state.row, shift: 3, history: history.row, sheets: false)
        let s = device.two.board.matrix
        var worst = 0.0
        for i in 0..<device.nodes {
            for r in 0..<2 {
                let row = full[2 * i + r]
                // Size of a row in units of what its unknowns can do: V_T for psi, c itself for c.
                func weight(_ column: Int) -> Double { column % 2 == 1 ? 0.026 : abs(u[column]) + 1e18 }
                let size = (3..<u.count).map { abs(row[$0]) * weight($0) }.max() ?? 1
                for c in 0..<2 {
                    for (offset, block) in [(-1, s.lower), (0, s.diagonal), (1, s.upper)] {
                        guard (0..<device.nodes).contains(i + offset) else { continue }
                        let column = 3 + 2 * (i + offset) + c
                        worst = max(worst, abs(block[4 * i + 2 * r + c] - row[column]) * weight(column) / size)
                    }
                }
            }
        }
        hold(worst, below: 1e-7, as: "bulk Jacobian blocks against finite differences")
    }
}
