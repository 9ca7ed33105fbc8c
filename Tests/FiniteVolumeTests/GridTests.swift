import FiniteVolume
import Testing

struct GridTests {
    @Test(
        "Layers: first and last edge of each are one plane, edges mirror, grow by at most 1.15 and stay below the largest; interfaces are nodes"
    )
    func layers() {
        let grid = Grid.layers([(40e-9, 0.39e-9, 2e-9), (6e-9, 0.3e-9, 1e-9)])
        let interface = grid.nodes.firstIndex { abs($0 - 40e-9) < 1e-18 }
        guard let k = interface else {
            Issue.record("no node at the interface")
            return
        }
        #expect(abs(grid.length - 46e-9) < 1e-20)
        for (edges, plane, largest, length) in [
            (Array(grid.edges[..<k]), 0.39e-9, 2e-9, 40e-9), (Array(grid.edges[k...]), 0.3e-9, 1e-9, 6e-9),
        ] {
            #expect(abs(edges[0] - plane) < 1e-18 && abs(edges[edges.count - 1] - plane) < 1e-18)
            #expect(abs(edges.reduce(0, +) - length) < 1e-18)
            for (a, b) in zip(edges, edges.reversed()) { #expect(abs(a - b) < 1e-18) }
            for (a, b) in zip(edges, edges.dropFirst()) { #expect(max(a / b, b / a) < 1.5) }
            #expect(edges.allSatisfy { $0 < 1.3 * largest })
        }
    }

    @Test("With growth 1 every lattice plane is a node: 103 edges of 0.39 nm in 40 nm")
    func allPlanes() {
        let grid = Grid.layers([(40e-9, 0.39e-9, 2e-9)], growth: 1)
        #expect(grid.edges.count == 103)
        #expect(grid.edges.allSatisfy { abs($0 - 0.39e-9) < 0.01e-9 })
    }

    @Test("Half the growth and half the largest edge give about twice the nodes")
    func refined() {
        let coarse = Grid.layers([(40e-9, 0.39e-9, 2e-9)])
        let fine = Grid.layers([(40e-9, 0.39e-9, 1e-9)], growth: 1.0724)
        #expect((1.5...2.3).contains(Double(fine.count) / Double(coarse.count)))
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
