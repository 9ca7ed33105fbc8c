import FiniteVolume

/// One panel of the band's quadrature: where it lies, and what the image force and the layer add to psi at its ends and middle.
struct BandPanel {
    /// Edge and layer that it belongs to.
    let edge, layer: Int
    /// Ends of the panel, begin of its edge, m.
    let start, end, edgeStart, edgeLength: Double
    /// psi_im - dE_c at its ends and middle, V.
    let riseStart, riseMiddle, riseEnd: Double
    /// N_c(first) / N_c of its layer.
    let share: Double

    /// Every panel of a device, left to right, in the order of `BandQuadrature`'s points, five a panel.
    static func all(_ device: Device, grid: Grid) -> [BandPanel] {
        let image = ImageForce(device)
        let marks = ImageForce.panelEdges(device)
        let layers = device.layerOfEdges(grid)
        var list: [BandPanel] = []
        for e in grid.edges.indices {
            let layer = device.layers[layers[e]]
            let share = device.layers[0].densityOfStates > 0 ? device.layers[0].densityOfStates / layer.densityOfStates : 1
            for (a, b) in cuts(grid, e, marks) {
                func rise(_ x: Double) -> Double { image.potential(x) - layer.bandOffset }
                list.append(
                    BandPanel(
                        edge: e, layer: layers[e], start: a, end: b, edgeStart: grid.nodes[e], edgeLength: grid.edges[e],
                        riseStart: rise(a),
                        riseMiddle: rise(0.5 * (a + b)), riseEnd: rise(b), share: share))
            }
        }
        return list
    }

    /// The panels of one edge: cut where the image potential asks for it.
    static func cuts(_ grid: Grid, _ e: Int, _ marks: [Double]) -> [(Double, Double)] {
        let (start, end) = (grid.nodes[e], grid.nodes[e + 1])
        let cuts = [start] + marks.filter { $0 > start + 1e-13 && $0 < end - 1e-13 } + [end]
        return Array(zip(cuts, cuts.dropFirst()))
    }
}
