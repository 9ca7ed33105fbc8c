import FiniteVolume
import LinearAlgebra

extension CoupledDevice {
    /// Fluxes on one edge.
    public struct EdgeFlux: Sendable {
        /// F_n and J, 1/(m2 s), positive towards the right.
        public var electrons, vacancies: Double
        /// D, C/m2.
        public var displacement: Double
    }

    /// Electron and vacancy flux and displacement on every edge.
    public func fluxes(_ u: Row) -> [EdgeFlux] {
        prepareEdges(u)
        return (0..<(nodes - 1)).map { flux(edge: $0, u) }
    }

    /// Particle current density into the left contact, the Ramo-Shockley mean (q / L) sum h (z F_c - F_n), A/m2.
    ///
    /// At constant voltage the displacement current has no mean, so this is the current in the leads.
    public func currentDensity(_ u: Row) -> Double {
        prepareEdges(u)
        var sum = 0.0
        for i in 0..<(nodes - 1) {
            let edge = flux(edge: i, u)
            sum += work.edges[i] * (parameters.chargeNumber * edge.vacancies - edge.electrons)
        }
        return Constants.charge * sum / grid.length
    }

    /// Needs `prepareEdges` at the same state.
    private func flux(edge i: Int, _ u: Row) -> EdgeFlux {
        let (k, inverse, du) = (index(i), work.inverseEdges[i], work.steps[i])
        var (wl, wr) = (0.0, 0.0)
        if image != nil {
            (wl, wr) = (work.weights[4 * i], work.weights[4 * i + 1])
        } else {
            let b = Bernoulli.evaluate(du, exponential: work.exponentials[i]).value
            (wl, wr) = ((b + du) * inverse, b * inverse)
        }
        let vacancies = VacancyFlux.evaluate(
            left: u[k + 2], right: u[k + 5], step: du, exponential: work.chargeExponentials[i],
            hopExponential: hasHopping ? work.hopExponentials[i] : 1, chargeNumber: parameters.chargeNumber,
            hopPerStep: hasHopping ? work.hopPerStep[i] : 0, diffusivityPerLength: rates.diffusivity * inverse,
            inverseMaximum: work.inverseMaximum, inverseThermalVoltage: 1 / rates.thermalVoltage)
        return EdgeFlux(
            electrons: rates.mobility * rates.thermalVoltage * (u[k + 1] * wl - u[k + 4] * wr), vacancies: vacancies.flux,
            displacement: permittivity.displacement((u[k] - u[k + 3]) * inverse).value)
    }
}
