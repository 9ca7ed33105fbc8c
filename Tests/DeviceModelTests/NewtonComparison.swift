import FiniteVolume
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import DeviceModel

/// Rough states of a device, and one Newton correction of the assembled device beside the dense solve of the written-out equations.
enum NewtonComparison {
    /// Whether unknown i is a potential.
    static func isPotential(_ i: Int, _ device: AssembledDevice) -> Bool {
        let first = device.layout.sheets.count
        return i >= first && (i - first) % 2 == 0
    }

    /// `calm` with every unknown moved by about 0.01 %.
    static func roughState(_ device: AssembledDevice, _ calm: RealStorage, seed: UInt64) -> RealStorage {
        let state = RealStorage(calm.values)
        var numbers = SeededNumbers(seed: seed)
        for i in 0..<device.unknowns {
            if isPotential(i, device) {
                state.row[i] += 1e-4 * numbers.uniform()
            } else {
                state.row[i] *= 1 + 1e-4 * numbers.uniform()
            }
        }
        return state
    }

    /// Steps of the central differences: of 1, 3 and 10 times a third of them, the differences of these lie nearest to each other (round-off falls
    /// with the step, truncation with its fourth power rises).
    static func steps(_ device: AssembledDevice, _ u: [Double]) -> [Double] {
        u.indices.map { isPotential($0, device) ? 6e-5 : 3e-3 * max(abs(u[$0]), 1e-6 * device.thermalSheet) }
    }

    /// Largest difference of the two corrections over all unknowns, at 330 K near the state after 10 / shift seconds at `voltage`.
    ///
    /// - adjust: changes that state before it is made rough.
    static func worstMiss(
        _ parameters: DeviceParameters, voltage: Double, shift: Double, seed: UInt64,
        adjust: (AssembledDevice, RealStorage) -> Void = { _, _ in }
    ) throws -> Double {
        let device = AssembledDevice(parameters)
        let old = try Samples.state(device, voltage: voltage, duration: 10 / shift)
        adjust(device, old)
        let start = roughState(device, old, seed: seed)
        device.restore(temperature: 330, voltage: voltage)
        device.drive(from: voltage, rate: 0, at: 0)
        device.prepare(time: 0)
        let history = old.values.map { -shift * $0 }
        let written = WrittenOutResidual(p: parameters, x: device.grid.nodes, voltage: voltage, temperature: 330)
        let u = start.values
        let residual = written(u, shift: shift, history: history)
        let jacobian = centralJacobian(u, steps: steps(device, u)) { written($0, shift: shift, history: history) }
        let expected = try #require(solveDense(jacobian, residual.map { -$0 }))
        let past = RealStorage(history)
        let correction = try device.correct(start.row, shift: shift, history: past.row)
        #expect(!correction.wasDamped)
        var worst = 0.0
        for i in u.indices {
            let size = isPotential(i, device) ? 1e-3 : max(abs(expected[i]), 1e-3 * abs(u[i]), 1e-9 * device.thermalSheet)
            worst = max(worst, abs(start.row[i] - u[i] - expected[i]) / size)
        }
        return worst
    }
}
