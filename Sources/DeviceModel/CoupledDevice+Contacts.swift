import Foundation
import LinearAlgebra

extension CoupledDevice {
    /// Closes the rows of both end nodes; returns the elimination of the areal unknowns where there are any.
    func assembleContacts(_ u: Row, shift: Double, history: Row) -> PlatinumContact.Elimination? {
        let (d, b, upper) = (system.diagonal, system.rightHandSide, system.upper)
        let last = nodes - 1
        close(right, node: last, u, voltage: 0, image: imageAtRight, neighbour: system.lower)
        guard left == .reactivePlatinum else {
            close(left, node: 0, u, voltage: voltage, image: imageAtLeft, neighbour: upper)
            return nil
        }
        let (psi, n, c) = (u[areal], u[areal + 1], u[areal + 2])
        let contact = platinum.eliminate(
            .init(stored: u[0], oxygen: u[1], plane: u[2], potential: psi, density: c), voltage: voltage, shift: shift,
            history: (history[0], history[1], history[2]), rates: rates)
        b[0] += contact.poisson
        d[0] += contact.poissonByPotential
        d[2] += contact.poissonByDensity
        b[2] += contact.vacancy
        d[6] += contact.vacancyByPotential
        d[8] += contact.vacancyByDensity
        if hasElectrons {
            let rest = rates.densityOfStates * exp((psi + imageAtLeft - voltage) / rates.thermalVoltage)
            b[1] -= rates.richardsonVelocity * (n - rest)
            d[3] -= rates.richardsonVelocity * rest / rates.thermalVoltage
            d[4] += rates.richardsonVelocity
        }
        return contact
    }

    /// A contact of given potential: psi by Dirichlet, electrons by emission, by Dirichlet, or not at all.
    private func close(_ contact: Contact, node: Int, _ u: Row, voltage: Double, image: Double, neighbour: Row) {
        guard let potential = fixedPotential(contact, voltage: voltage) else { return }
        let (d, b) = (system.diagonal, system.rightHandSide)
        let (m, r, k, s) = (9 * node, 3 * node, index(node), 5 * node)
        d[m] = 1
        d[m + 1] = 0
        d[m + 2] = 0
        neighbour[s] = 0
        b[r] = potential - u[k]
        guard hasElectrons else { return }
        let rest = restDensity(contact, image: image)
        switch contact {
        case .schottky(_, let velocity):
            let v = emissionVelocity(velocity)
            b[r + 1] -= v * (u[k + 1] - rest)
            d[m + 4] += v
        case .ohmic:
            d[m + 3] = 0
            d[m + 4] = 1
            neighbour[s + 1] = 0
            neighbour[s + 2] = 0
            b[r + 1] = rest - u[k + 1]
        case .blocking, .reactivePlatinum: break
        }
    }

    /// N_c e^((psi_im - barrier) / V_T): the density of a contact at rest, 1/m3.
    func restDensity(_ contact: Contact, image: Double) -> Double {
        let barrier = -(fixedPotential(contact, voltage: 0) ?? 0)
        return rates.densityOfStates * exp((image - barrier) / rates.thermalVoltage)
    }

    /// Emission velocity at the present temperature, m/s.
    func emissionVelocity(_ atAmbient: Double) -> Double {
        atAmbient * (rates.temperature / parameters.ambientTemperature).squareRoot()
    }
}
