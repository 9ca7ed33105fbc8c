/// Nodes of a one-dimensional finite-volume grid, in m; a cell reaches half-way to its neighbours.
public struct Grid: Sendable, Equatable {
    /// Node positions x_0 = 0 < x_1 < ... < x_n = L.
    public let nodes: [Double]
    /// Edge lengths h_i = x_(i+1) - x_i.
    public let edges: [Double]
    /// Control-volume lengths: half the edges on both sides.
    public let cells: [Double]

    /// Number of nodes.
    public var count: Int { nodes.count }
    /// Position of the last node, m.
    public var length: Double { nodes[nodes.count - 1] }

    /// The grid of these positions, m, ascending from 0; at least three.
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

    /// Lattice planes of spacing `plane` at both ends of each layer, growing inwards by `growth` up to the layer's `largest`.
    ///
    /// With `growth` 1 (or `largest` <= `plane`) edges are as near to `plane` as divides the layer evenly. Edges mirror each other about
    /// the middle of a layer; its first and its last edge are one plane exactly. Every interface is a node.
    public static func layers(_ layers: [(length: Double, plane: Double, largest: Double)], growth: Double = 1.15) -> Grid {
        var nodes = [0.0]
        for layer in layers {
            let start = nodes[nodes.count - 1]
            var half = [Double]()
            var (covered, step) = (0.0, layer.plane)
            // One side up to where the uniform middle begins.
            while growth > 1, step < layer.largest, 2 * (covered + step) < layer.length - step {
                half.append(step)
                covered += step
                step *= growth
            }
            if half.isEmpty, layer.length > 3 * layer.plane {
                half.append(layer.plane)
                covered = layer.plane
            }
            let rest = layer.length - 2 * covered
            let next = growth > 1 ? min(step, max(layer.largest, layer.plane)) : layer.plane
            let count = max(1, Int(exactly: min((rest / next).rounded(), 1e6)) ?? 1)
            let edges = half + [Double](repeating: rest / Double(count), count: count) + half.reversed()
            var x = 0.0
            for (i, edge) in edges.enumerated() {
                x += edge
                nodes.append(start + (i == edges.count - 1 ? layer.length : x))
            }
        }
        return Grid(nodes: nodes)
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
