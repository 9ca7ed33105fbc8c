import FiniteVolume
import Foundation
import LinearAlgebra

/// What a state looks like inside, node by node: what a band diagram is drawn from. SI units, energies in eV above the right metal's
/// Fermi level.
public struct DeviceProfile: Sendable, Equatable, Codable {
    /// V and K.
    public var voltage, temperature: Double
    /// Distance of every node from the left contact, m.
    public var position: [Double]
    /// psi, V.
    public var potential: [Double]
    /// E_c = -(psi + psi_im) + dE_c, with the image potential, eV.
    public var bandEdge: [Double]
    /// Quasi-Fermi level of the electrons, eV; empty where electrons tunnel or are emitted at the top of the barrier, which leaves none.
    public var fermiLevel: [Double]
    /// n and c, 1/m3; n is empty where there is no quasi-Fermi level and electrons are no unknowns.
    public var electrons, vacancies: [Double]
    /// The charge that stands in Poisson's equation, C/m3: without the electrons where these are quasi-stationary.
    public var charge: [Double]
    /// Middles of the edges between the nodes, m; there E, V/m, and the fluxes of vacancies and electrons to the right, 1/(m2 s).
    public var edgePosition, field, vacancyFlux, electronFlux: [Double]
    /// Areal densities at the left contact by the names of the device file, 1/m2.
    public var sheets: [String: Double]
}

extension AssembledDevice {
    /// The inside of the device at `u`, at its present voltage and temperature.
    ///
    /// Quasi-stationary electrons have no unknown, but a level: with R(x) the resistance from the left metal to x, in the terms of
    /// `ThermionicCurrent`,
    ///
    ///     e^(E_F(x) / V_T) = e^(-V / V_T) + [1 - e^(-V / V_T)] R(x) / R,     n = N_c e^((E_F - E_c) / V_T)
    ///
    /// Source: dF_n/dx = 0 integrated, as in Docs/device-model.md, section 2. Cost: a few evaluations of the current.
    public func inside(_ u: Row) -> DeviceProfile {
        let thermal = Constants.thermalVoltage(temperature)
        let image = ImageForce(device)
        let reference = Device.referenceTemperature
        func layer(_ i: Int) -> Layer { device.layers[layerOfEdge[max(i - 1, 0)]] }
        func states(_ layer: Layer) -> Double {
            TemperatureLaw(layer.densityOfStates, exponent: 1.5).value(at: temperature, reference: reference)
        }
        let potential = (0..<nodes).map { u[layout[.potential, $0]] }
        let band = (0..<nodes).map { i in -(potential[i] + image.potential(grid.nodes[i])) + layer(i).bandOffset }
        var (level, electrons) = ([Double](), [Double]())
        if layout.hasElectrons {
            // The unknown counts in the states of the first layer, without its own band offset.
            let first = states(device.layers[0])
            level = (0..<nodes).map { i in
                thermal * log(max(u[layout[.electrons, i]], 1e-300) / first) + band[i] - layer(i).bandOffset
            }
            electrons = (0..<nodes).map { i in
                states(layer(i)) * exp((level[i] - band[i]) / thermal)
            }
        } else if device.tunnelling == .none, device.emission == .contact, device.layers[0].densityOfStates > 0 {
            level = quasiFermiLevel(u, thermal: thermal)
            electrons = (0..<nodes).map { i in states(layer(i)) * exp((level[i] - band[i]) / thermal) }
        }
        let vacancies = (0..<nodes).map { u[layout[.vacancies, $0]] }
        let donors = device.fixedCharge(grid)
        let charge = (0..<nodes).map { i in
            Constants.charge
                * (device.chargeNumber * vacancies[i] + donors[i] / grid.cells[i] - (layout.hasElectrons ? electrons[i] : 0))
        }
        let fluxes = fluxes(u)
        let through = layout.hasElectrons ? nil : -electronCurrent(u) / (Constants.charge * device.area)
        return DeviceProfile(
            voltage: voltage, temperature: temperature, position: grid.nodes, potential: potential, bandEdge: band,
            fermiLevel: level, electrons: electrons, vacancies: vacancies, charge: charge,
            edgePosition: grid.edges.indices.map { grid.nodes[$0] + 0.5 * grid.edges[$0] },
            field: grid.edges.indices.map { (potential[$0] - potential[$0 + 1]) / grid.edges[$0] },
            vacancyFlux: fluxes.map(\.vacancies), electronFlux: fluxes.map { through ?? $0.electrons },
            sheets: Dictionary(uniqueKeysWithValues: layout.sheets.indices.map { (layout.sheets[$0], u[$0]) }))
    }

    private func quasiFermiLevel(_ u: Row, thermal: Double) -> [Double] {
        let parts = resistanceParts(u, temperature: temperature)
        let total = parts.reduce(0, +)
        // From both ends, so that what is left of either share keeps its digits.
        var (left, right) = ([Double](), [Double]())
        var sum = 0.0
        for part in parts.dropLast() {
            sum += part
            left.append(sum)
        }
        sum = 0
        for part in parts.dropFirst().reversed() {
            sum += part
            right.append(sum)
        }
        right.reverse()
        // A contact that electrons cannot pass leaves them in balance with the other one.
        let isLeftClosed = device.left.electrons == .blocked, isRightClosed = device.right.electrons == .blocked
        let factor = exp(-abs(voltage) / thermal)
        return (0..<nodes).map { i in
            if isLeftClosed || isRightClosed { return isLeftClosed ? 0 : -voltage }
            let (a, b) = (left[i] / total, right[i] / total)
            return voltage >= 0 ? thermal * log(a + b * factor) : -voltage + thermal * log(a * factor + b)
        }
    }

    /// The terms of the resistance of quasi-stationary electrons, in units of 1 / (q A N_c ...): the emission at the left contact, every
    /// edge, the emission at the right contact.
    func resistanceParts(_ u: Row, temperature: Double) -> [Double] {
        let reference = Device.referenceTemperature
        let inverse = 1 / Constants.thermalVoltage(temperature)
        let quadrature = BandQuadrature(device, grid: grid)
        func psi(_ i: Int) -> Double { u[layout[.potential, i]] }
        func emission(_ contact: Contact, _ level: Double) -> Double {
            contact.emission.map { exp(-level * inverse) / $0.value(at: temperature, reference: reference) } ?? 0
        }
        var parts = [emission(device.left, psi(0) + quadrature.riseLeft)]
        for e in grid.edges.indices {
            let layer = device.layers[layerOfEdge[e]]
            let mobility = TemperatureLaw(layer.electronMobility, exponent: -layer.mobilityExponent)
                .value(at: temperature, reference: reference)
            var sum = 0.0
            for k in quadrature.first[e]..<quadrature.first[e + 1] {
                let level = psi(e) + quadrature.fraction[k] * (psi(e + 1) - psi(e)) + quadrature.rise[k]
                sum += quadrature.weight[k] * exp(-level * inverse) * inverse / mobility
            }
            parts.append(sum)
        }
        parts.append(quadrature.rightWeight * emission(device.right, psi(nodes - 1) + quadrature.riseRight))
        return parts
    }
}
