import FiniteVolume
import Testing

struct GridTests {
    @Test("40 nm in lattice planes of 0.39 nm growing by 1.15 to 2 nm: planes at Pt, smooth growth, exact end")
    func latticePlanes() {
        let grid = Grid.latticePlanes(length: 40e-9, plane: 0.39e-9)
        #expect((26...32).contains(grid.count))
        #expect(grid.nodes[0] == 0 && grid.length == 40e-9)
        #expect(abs(grid.edges[0] - 0.39e-9) < 1e-21)
        #expect((grid.edges.max() ?? 0) < 2.2e-9)
        #expect(abs(grid.cells.reduce(0, +) / 40e-9 - 1) < 1e-14)
        for (a, b) in zip(grid.edges, grid.edges.dropFirst()) { #expect(b / a < 1.3 && b / a > 0.7) }
    }

    @Test("Growth 1 makes every lattice plane a node: 104 nodes for 40 nm")
    func everyPlane() {
        let grid = Grid.latticePlanes(length: 40e-9, plane: 0.39e-9, growth: 1)
        #expect(grid.count == 104)
        for h in grid.edges { #expect(abs(h / 0.39e-9 - 1) < 0.01) }
    }

    @Test("x = L/2 (1 + tanh(g u) / tanh g): symmetric, densest at the ends; grading 0 is uniform")
    func bothEnds() {
        let grid = Grid.bothEnds(length: 1, cells: 200, grading: 2)
        #expect(grid.count == 201)
        for i in 0...200 { #expect(abs(grid.nodes[i] + grid.nodes[200 - i] - 1) < 1e-15) }
        #expect(grid.edges[0] < 0.2 * grid.edges[100])
        let even = Grid.bothEnds(length: 1, cells: 10, grading: 0)
        for (a, b) in zip(even.nodes, Grid.uniform(length: 1, cells: 10).nodes) { #expect(abs(a - b) < 1e-15) }
    }
}
