/// Nodes of a one-dimensional finite-volume grid, in m; a cell reaches half-way to its neighbours.
public struct Grid: Sendable, Equatable {
    /// Node positions x_0 = 0 < x_1 < ... < x_n = L.
    public let nodes: [Double]
    /// Edge lengths h_i = x_(i+1) - x_i.
    public let edges: [Double]
    /// Control-volume lengths: half the edges on both sides.
    public let cells: [Double]

    public var count: Int { nodes.count }
    public var length: Double { nodes[nodes.count - 1] }

    public init(nodes: [Double]) {
        precondition(nodes.count >= 3, "a grid needs three nodes")
        precondition(zip(nodes, nodes.dropFirst()).allSatisfy { $0 < $1 }, "nodes must rise")
        self.nodes = nodes
        let edges = zip(nodes, nodes.dropFirst()).map { $1 - $0 }
        self.edges = edges
        cells = nodes.indices.map { i in
            ((i > 0 ? edges[i - 1] : 0) + (i < edges.count ? edges[i] : 0)) / 2
        }
    }

    /// Lattice planes of spacing `plane` at x = 0, from the second plane on growing by `growth` up to `largest`, then uniform.
    ///
    /// With `growth` 1 (or `largest` <= `plane`) every lattice plane is a node. The last stretch is divided evenly, so that the
    /// grid ends at `length` exactly. Source: Docs/device-model.md, section 5 (28 nodes for 40 nm at 1.15 and 2 nm).
    public static func latticePlanes(length: Double, plane: Double, growth: Double = 1.15, largest: Double = 2e-9) -> Grid {
        var nodes = [0.0]
        var step = plane
        while true {
            let remaining = length - nodes[nodes.count - 1]
            let next = growth <= 1 ? plane : min(step, max(largest, plane))
            if growth <= 1 || step >= largest || remaining < 2 * next {
                let count = max(1, Int((remaining / next).rounded()))
                let start = nodes[nodes.count - 1]
                for i in 1...count { nodes.append(i == count ? length : start + remaining * Double(i) / Double(count)) }
                return Grid(nodes: nodes)
            }
            nodes.append(nodes[nodes.count - 1] + next)
            step *= growth
        }
    }

    /// `cells` edges, denser towards both ends: x = L/2 (1 + tanh(g u) / tanh g), u in [-1, 1].
    public static func bothEnds(length: Double, cells: Int, grading: Double) -> Grid {
        let nodes = (0...cells).map { i -> Double in
            let u = 2 * Double(i) / Double(cells) - 1
            return length / 2 * (1 + tanhRatio(u, grading))
        }
        return Grid(nodes: nodes.enumerated().map { $0 == 0 ? 0 : ($0 == cells ? length : $1) })
    }

    /// `cells` edges of equal length.
    public static func uniform(length: Double, cells: Int) -> Grid {
        Grid(nodes: (0...cells).map { length * Double($0) / Double(cells) })
    }
}

import Foundation

private func tanhRatio(_ u: Double, _ grading: Double) -> Double {
    grading == 0 ? u : tanh(grading * u) / tanh(grading)
}
