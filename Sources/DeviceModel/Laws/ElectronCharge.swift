import FiniteVolume

/// What the charge of quasi-stationary electrons would do to their own current: the error that leaving it out makes.
///
///     n(x) e^(-f) = N_c e^(-V/V_T) + (I / q A) [ e^(-f_0) / v_R + integral_0^x e^(-f) dx / D_n ],      f = (psi + psi_im) / V_T
///     d ln I = integral e^(-f) (dpsi / V_T) dx / integral e^(-f) dx,      dpsi from Gauss' law with the charge -q n
///
/// To first order in the charge, at fixed temperature. Exact n for dF_n/dx = 0; from the right where I < 0, so that both terms add.
/// Source: Docs/device-model.md, section 1.1. Cost: about 0.5 us.
final class ElectronCharge {
    /// |d ln I| up to which the first order stands for the whole: it errs by some 1.7 (d ln I)^2 (`ChargedReadTests`).
    static let limit = 0.05
    private let quadrature: BandQuadrature
    private let grid: Grid
    private let device: Device
    private let perEdge, elastances, shifts: RealStorage
    private let layerOfEdge: [Int]
    private let tunnelling: LocalTunnelling<Double>
    private let permittivities: [Permittivity<Double>]
    private let mobilities: [TemperatureLaw]
    private let states: TemperatureLaw
    /// e^(-f) at every point of the quadrature.
    private let barriers: Stretch<Double>
    private let storage: LaneStorage<Double>

    init(_ device: Device, grid: Grid) {
        self.device = device
        self.grid = grid
        quadrature = BandQuadrature(device, grid: grid)
        perEdge = RealStorage(count: grid.edges.count)
        elastances = RealStorage(count: grid.edges.count)
        permittivities = device.layers.map { Permittivity([$0]) }
        mobilities = device.layers.map { TemperatureLaw($0.electronMobility, exponent: -$0.mobilityExponent) }
        states = TemperatureLaw(device.layers[0].densityOfStates, exponent: 1.5)
        shifts = RealStorage(count: grid.count)
        layerOfEdge = device.layerOfEdges(grid)
        tunnelling = LocalTunnelling([device], asWellAs: .wkb)
        storage = LaneStorage(quadrature.fraction.count)
        barriers = storage.all
    }

    /// d ln I at potential `u` (psi of node i at `first + stride i`), current `current` (A) and temperature `temperature` (K).
    func relativeChange(
        _ u: Row, first: Int, stride: Int, voltage: Double, current: Double, temperature: Double
    ) -> Double {
        let inverse = 1 / Constants.thermalVoltage(temperature)
        let q = Constants.charge
        let (edges, charge) = (grid.edges.count, perEdge.row)
        let reference = Device.referenceTemperature
        let mobility = mobilities.map { $0.value(at: temperature, reference: reference) }
        let states = states.value(at: temperature, reference: reference)
        let flux = abs(current) / (q * device.area)
        let isForward = current >= 0
        for edge in 0..<edges {
            let left = u[first + stride * edge], step = u[first + stride * (edge + 1)] - left
            for k in quadrature.first[edge]..<quadrature.first[edge + 1] {
                barriers[k] = -(left + quadrature.fraction[k] * step + quadrature.rise[k]) * inverse
            }
        }
        barriers.exponentials(barriers.count)
        func gamma(_ edge: Int) -> Double {
            guard tunnelling.isOn else { return 1 }
            let field = (u[first + stride * (edge + 1)] - u[first + stride * edge]) / grid.edges[edge]
            return exp(tunnelling.exponent(layerOfEdge[edge], field: field, inverseThermal: inverse))
        }
        let source = isForward ? device.left : device.right
        let emission = source.emission.map { $0.value(at: temperature, reference: reference) } ?? .infinity
        let end = isForward ? (u[first] + quadrature.riseLeft) : (u[first + stride * edges] + quadrature.riseRight)
        // Slotboom variable over N_c e^(-V/V_T) (forward) or N_c (backward), and its growth along the layer.
        var slotboom =
            states * exp(isForward ? -voltage * inverse : 0) + flux * exp(-end * inverse)
            / (emission * gamma(isForward ? 0 : edges - 1))
        var (integral, weighted) = (0.0, 0.0)
        for step in 0..<edges {
            let edge = isForward ? step : edges - 1 - step
            let diffusivity = mobility[layerOfEdge[edge]] / inverse * gamma(edge)
            var sum = 0.0
            let points = quadrature.first[edge]..<quadrature.first[edge + 1]
            for offset in 0..<points.count {
                let k = isForward ? points.lowerBound + offset : points.upperBound - 1 - offset
                let barrier = barriers[k]
                let part = flux * quadrature.weight[k] * barrier / diffusivity
                sum += quadrature.weight[k] * (slotboom + 0.5 * part) / barrier
                slotboom += part
            }
            charge[edge] = -q * sum
        }
        // Gauss' law: the displacement behind the compact layer from what the far end asks.
        let (shift, elastance) = (shifts.row, elastances.row)
        let compact = device.left.compactCapacitance
        // The step from the contact plane to the first one at the field of the first edge: its own differs by the charge of that plane.
        let firstField = (u[first] - u[first + stride]) / grid.edges[0]
        let contact =
            compact.isFinite ? 1 / compact + device.left.planeDistance / permittivities[0].displacement(firstField).slope : 0
        var (resistance, drop, below) = (contact, 0.0, 0.0)
        for e in 0..<edges {
            let field = (u[first + stride * e] - u[first + stride * (e + 1)]) / grid.edges[e]
            elastance[e] = grid.edges[e] / permittivities[layerOfEdge[e]].displacement(field).slope
            resistance += elastance[e]
            drop += elastance[e] * (below + 0.5 * charge[e])
            below += charge[e]
        }
        var displacement = -drop / resistance
        shift[0] = -displacement * contact
        for e in 0..<edges {
            shift[e + 1] = shift[e] - elastance[e] * (displacement + 0.5 * charge[e])
            displacement += charge[e]
        }
        for e in 0..<edges {
            let transparency = 1 / gamma(e)
            for k in quadrature.first[e]..<quadrature.first[e + 1] {
                let part = quadrature.weight[k] * barriers[k] * transparency
                integral += part
                weighted += part * (shift[e] + quadrature.fraction[k] * (shift[e + 1] - shift[e]))
            }
        }
        return weighted * inverse / integral
    }
}

import Foundation
import LinearAlgebra
