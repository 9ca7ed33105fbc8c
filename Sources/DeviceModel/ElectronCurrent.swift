import FiniteVolume
import Foundation
import LinearAlgebra

/// Electron current through the whole layer as one integral: drift-diffusion in series with two thermionic contacts.
///
///     I = q A N_c (1 - e^(-V/V_T)) / { integral_0^L e^(-(psi + psi_im)/V_T) dx / D_n
///                                      + [ e^(-(psi + psi_im)/V_T)|_0 + e^(-(psi + psi_im)/V_T)|_L ] / v_R },   D_n = mu_n V_T
///
/// Exact for quasi-stationary electrons (dF_n/dx = 0) in a given band profile. The potential is linear between nodes, the image
/// potential is not: Gauss-Legendre panels are refined towards both contacts. Cost: one vector exponential of about 170 values.
/// Source: C. R. Crowell, S. M. Sze, Solid-State Electron. 9, 1035 (1966), carried over both contacts; Docs/device-model.md, section 2.
final class ElectronCurrent {
    private let edge: [Int32]
    private let fraction: [Double]
    private let weight: [Double]
    private let image: [Double]
    private let imageAtPlatinum, imageAtTitanium: Double
    private let points: Int
    private let arguments, exponentials: RealStorage
    private let area: Double
    /// False when the optical permittivity is infinite.
    let hasImageForce: Bool

    init(_ parameters: DeviceParameters, grid: Grid) {
        let force = ImageForce(parameters)
        var edges: [Int32] = []
        var fractions: [Double] = []
        var weights: [Double] = []
        var images: [Double] = []
        let refined = ElectronCurrent.panelEdges(length: grid.length, core: parameters.imageCore)
        for e in grid.edges.indices {
            let (start, end) = (grid.nodes[e], grid.nodes[e + 1])
            let cuts = [start] + refined.filter { $0 > start + 1e-13 && $0 < end - 1e-13 } + [end]
            for (a, b) in zip(cuts, cuts.dropFirst()) {
                for (node, w) in GaussLegendre.fivePoint {
                    let x = a + (b - a) * node
                    edges.append(Int32(e))
                    fractions.append((x - start) / (end - start))
                    weights.append(w * (b - a))
                    images.append(force.potential(x))
                }
            }
        }
        edge = edges
        fraction = fractions
        weight = weights
        image = images
        points = edges.count
        imageAtPlatinum = force.potential(0)
        imageAtTitanium = force.potential(grid.length)
        arguments = RealStorage(count: points + 2)
        exponentials = RealStorage(count: points + 2)
        area = parameters.area
        hasImageForce = force.strength > 0
    }

    /// Panel boundaries near the contacts, at multiples of the image core.
    static func panelEdges(length: Double, core: Double) -> [Double] {
        let near = [0.4, 0.9, 1.6, 2.8, 4.8, 8].map { $0 * max(core, 0.05e-9) }.filter { $0 < length / 2 }
        return (near + near.map { length - $0 }).sorted()
    }

    /// I in A and dI/dT in A/K at fixed potential.
    ///
    /// `state[first + stride i]` is psi at node i, V.
    func evaluate(
        _ state: Row, first: Int, stride: Int, last: Int, voltage: Double, rates: RateConstants
    ) -> (current: Double, slope: Double) {
        let (a, e) = (arguments.row, exponentials.row)
        let inverse = -1 / rates.thermalVoltage
        // Below 0 V numerator and denominator are both multiplied by e^(V/V_T), which would overflow from -18 V on.
        let x = voltage / rates.thermalVoltage
        let shift = min(x, 0)
        for k in 0..<points {
            let i = first + stride * Int(edge[k])
            let left = state[i]
            a[k] = (left + fraction[k] * (state[i + stride] - left) + image[k]) * inverse + shift
        }
        a[points] = (state[first] + imageAtPlatinum) * inverse + shift
        a[points + 1] = (state[first + stride * last] + imageAtTitanium) * inverse + shift
        e.assign(a)
        Bernoulli.exponentials(e)
        var (integral, byTemperature) = (0.0, 0.0)
        for k in 0..<points {
            let part = weight[k] * e[k]
            integral += part
            byTemperature -= part * a[k]
        }
        let contacts = e[points] + e[points + 1]
        let contactsByTemperature = -(e[points] * a[points] + e[points + 1] * a[points + 1])
        let t = rates.temperature
        // D_n = mu_n V_T ~ T^(1 - m); v_R ~ T^0.5.
        let diffusivity = rates.mobility * rates.thermalVoltage
        let resistance = integral / diffusivity + contacts / rates.richardsonVelocity
        let m = rates.mobilityExponent
        let resistanceSlope =
            (byTemperature - (1 - m) * integral) / (t * diffusivity)
            + (contactsByTemperature - 0.5 * contacts) / (t * rates.richardsonVelocity)
        let drive = x < 0 ? expm1(x) : -expm1(-x)
        let scale = Constants.charge * area * rates.densityOfStates
        let current = scale * drive / resistance
        let driveSlope = -x * exp(-abs(x)) / t
        let slope = current * (1.5 / t - resistanceSlope / resistance) + scale * driveSlope / resistance
        return (current, slope)
    }
}

/// Nodes and weights on [0, 1].
enum GaussLegendre {
    static let fivePoint: [(node: Double, weight: Double)] = [
        (-0.9061798459386640, 0.2369268850561891), (-0.5384693101056831, 0.4786286704993665),
        (0, 0.5688888888888889), (0.5384693101056831, 0.4786286704993665), (0.9061798459386640, 0.2369268850561891),
    ].map { (0.5 + 0.5 * $0.0, 0.5 * $0.1) }
}
