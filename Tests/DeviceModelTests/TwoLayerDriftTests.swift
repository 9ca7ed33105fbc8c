import FiniteVolume
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import DeviceModel

/// Vacancies drift through two layers between blocking contacts, against a solution by central differences and Radau IIA.
///
/// Source: Fixtures/two-layer-drift/README.md.
struct TwoLayerDriftTests {
    /// `cells` edges a layer, denser towards both ends and the interface.
    private func grid(_ cells: Int) -> Grid {
        let (a, b) = (
            Grid.bothEnds(length: 10e-9, cells: cells, grading: 2.5), Grid.bothEnds(length: 6e-9, cells: cells, grading: 2.5)
        )
        return Grid(nodes: a.nodes + b.nodes.dropFirst().dropLast().map { 10e-9 + $0 } + [16e-9])
    }

    private func device(hop: Double, background: (Double, Double)) -> Device {
        var (a, b) = (Layer(), Layer())
        (a.name, b.name) = ("a", "b")
        (a.thickness, b.thickness) = (10e-9, 6e-9)
        (a.permittivity, b.permittivity) = (90, 25)
        (a.vacancyDiffusivity, b.vacancyDiffusivity) = (1e-17, 3e-18)
        (a.vacancyDiffusivityPrefactor, b.vacancyDiffusivityPrefactor) = (1e-17, 3e-18)
        (a.vacancyBackground, b.vacancyBackground) = background
        // The fixed background that the vacancies neutralise at the start.
        (a.donorDensity, b.donorDensity) = (-2 * background.0, -2 * background.1)
        (a.hopDistance, b.hopDistance) = (hop, hop)
        (a.densityOfStates, b.densityOfStates) = (0, 0)
        var device = Device(layers: [a, b], left: .blocking(barrier: 0), right: .blocking(barrier: 0))
        device.maximumDensity = 1e27
        return device
    }

    @Test(
        "Two-layer vacancy drift: density, potential and the vacancies of each layer within 1e-4 from 1 ms to rest",
        arguments: [
            ("linear", 0.0, 6e25, 6e25), ("hopping", 0.39e-9, 6e25, 6e25), ("step", 0.39e-9, 6e25, 9e25),
        ])
    func drift(name: String, hop: Double, left: Double, right: Double) throws {
        let profiles = try FixtureTable("two-layer-drift/\(name)_profiles.csv", in: .module)
        let inventories = try FixtureTable("two-layer-drift/\(name)_inventory.csv", in: .module)
        let times = inventories.rows.map { $0[0] }.filter { $0 >= 1e-3 && $0.isFinite }
        let points = Set(profiles.rows.map { $0[1] }).sorted()
        let device = device(hop: hop, background: (left, right))
        let coarse = try run(device, cells: 250, times: times, points: points),
            fine = try run(device, cells: 500, times: times, points: points)
        /// The scheme is of second order in the cells: Richardson extrapolation.
        func extrapolated(_ pick: (Values) -> Double, _ k: Int) -> Double { (4 * pick(fine[k]) - pick(coarse[k])) / 3 }
        var (density, potential, inventory) = (0.0, 0.0, 0.0)
        for (k, time) in times.enumerated() {
            for row in profiles.rows where row[0] == time {
                let i = try #require(points.firstIndex(of: row[1]))
                density = max(density, abs(extrapolated({ $0.density[i] }, k) - row[2]) / 6e25)
                potential = max(potential, abs(extrapolated({ $0.potential[i] }, k) - row[3]))
            }
            let row = try #require(inventories.rows.first { $0[0] == time })
            for side in [0, 1] { inventory = max(inventory, abs(extrapolated({ $0.content[side] }, k) / row[1 + side] - 1)) }
        }
        hold(density, below: 1e-4, as: "two-layer drift, \(name): density over 6e25 1/m3")
        hold(potential, below: 1e-4, as: "two-layer drift, \(name): potential, V")
        hold(inventory, below: 1e-4, as: "two-layer drift, \(name): vacancies of a layer")
    }

    /// Density (1/m3) and potential (V) at the points, vacancies of each layer (1/m2).
    private struct Values { var density, potential, content: [Double] }

    private func run(_ device: Device, cells: Int, times: [Double], points: [Double]) throws -> [Values] {
        var options = SolverOptions()
        options.tolerance = 5e-7
        let solver = try AssembledDevice(device, options: options, grid: grid(cells))
        let start = RealStorage(solver.freshState(voltage: 1).unknowns)
        // The interface's cell holds half of each layer's background.
        let edges = solver.grid.edges
        let background = device.layers.map(\.vacancyBackground)
        start.row[solver.c(cells)] =
            (edges[cells - 1] * background[0] + edges[cells] * background[1]) / (edges[cells - 1] + edges[cells])
        solver.solvePoisson(start.row, voltage: 1)
        solver.drive(from: 1, rate: 0, at: 0)
        let integrator = AdaptiveIntegrator(system: solver, initial: start.values)
        return try times.map { time in
            try integrator.advance(to: time, firstStep: 1e-13) { _, _ in true }
            let u = integrator.solution
            func content(_ nodes: ClosedRange<Int>) -> Double {
                nodes.reduce(0) { sum, i in
                    let l = i > nodes.lowerBound ? edges[i - 1] / 2 : 0, r = i < nodes.upperBound ? edges[i] / 2 : 0
                    return sum + u[solver.c(i)] * (l + r)
                }
            }
            return Values(
                density: points.map { x in interpolate(x, solver) { u[solver.c($0)] } },
                potential: points.map { x in interpolate(x, solver) { u[solver.psi($0)] } },
                content: [content(0...cells), content(cells...(2 * cells))])
        }
    }

    /// Cubic through the four nodes around `x` that lie in its layer.
    private func interpolate(_ x: Double, _ solver: AssembledDevice, _ value: (Int) -> Double) -> Double {
        let nodes = solver.grid.nodes, middle = (nodes.count - 1) / 2
        if let exact = nodes.indices.first(where: { abs(nodes[$0] - x) < 1e-15 }) { return value(exact) }
        let after = nodes.firstIndex { $0 > x } ?? nodes.count - 1
        let layer = x < nodes[middle] ? 0...middle : middle...(nodes.count - 1)
        let first = min(max(after - 2, layer.lowerBound), layer.upperBound - 3)
        return (first..<(first + 4)).reduce(0) { sum, i in
            sum + (first..<(first + 4)).reduce(value(i)) { $1 == i ? $0 : $0 * (x - nodes[$1]) / (nodes[i] - nodes[$1]) }
        }
    }
}
