import FiniteVolume
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import DeviceModel

/// Limit cases with closed forms, on the coupled path.
struct CoupledLimitTests {
    private let vt = PlainLayer.thermal
    private let q = Constants.charge

    @Test(
        "Depletion: E(0)^2 = (2 q N / eps) [s - V_T + V_T e^(-s/V_T)], s the bending, to 1e-4; width sqrt(2 eps (s - V_T) / (q N)) to 1e-3"
    )
    func depletion() throws {
        // Schottky contact, 1e25 /m3 immobile donors, ohmic contact of the same density 100 nm away; 0, -1 and -2 V.
        var p = PlainLayer.plain(thickness: 100e-9, permittivity: 100)
        p.donorDensity = 1e25
        let back = PlainLayer.barrier(of: 1e25)
        let device = try AssembledDevice(
            p, left: .schottky(barrier: 0.9, velocity: 1e4), right: .ohmic(barrier: back),
            grid: .bothEnds(length: 100e-9, cells: 800, grading: 1.5))
        let state = RealStorage(try device.restState())
        let eps = Constants.vacuumPermittivity * 100
        var (field, width) = (0.0, 0.0)
        for voltage in [0.0, -1, -2] {
            try device.jump(state.row, to: voltage)
            let bending = 0.9 - back - voltage
            let profile = device.profile(state.row)
            // Gauss: E(0) is the charge of the layer.
            let charge = (0..<device.nodes).reduce(0.0) { $0 + (1e25 - profile.electrons[$1]) * device.grid.cells[$1] }
            let measured =
                -(profile.potential[1] - profile.potential[0]) / device.grid.edges[0] - q * 1e25 * device.grid.edges[0] / 2
                / eps
            let expected = -(2 * q * 1e25 / eps * (bending - vt + vt * exp(-bending / vt))).squareRoot()
            field = max(field, abs(measured / expected - 1))
            width = max(width, abs(charge / 1e25 / (2 * eps * (bending - vt) / (q * 1e25)).squareRoot() - 1))
        }
        hold(field, below: 1e-4, as: "depletion: field at the contact, relative")
        hold(width, below: 1e-3, as: "depletion: width, relative")
    }

    @Test(
        "Gouy-Chapman: tanh(psi / 4 V_T) = tanh(psi_s / 4 V_T) e^(-x / lambda_D) for vacancies and electrons as a 1:1 electrolyte, to 1e-4 V_T"
    )
    func gouyChapman() throws {
        let bulk = 1e25
        var p = PlainLayer.plain(thickness: 80e-9, permittivity: 100)
        p.vacancyBackground = bulk
        let right = PlainLayer.barrier(of: bulk)
        let surface = -4 * vt
        let device = try AssembledDevice(
            p, left: .blocking(barrier: right - surface), right: .ohmic(barrier: right),
            grid: .bothEnds(length: 80e-9, cells: 1600, grading: 2))
        let eps = Constants.vacuumPermittivity * 100
        let debye = (eps * vt / (2 * q * bulk)).squareRoot()
        let exact = device.grid.nodes.map { 4 * vt * atanh(tanh(surface / (4 * vt)) * exp(-$0 / debye)) }
        let start = try device.restState(vacancies: exact.map { bulk * exp(-$0 / vt) })
        let end = RealStorage(try PlainLayer.settle(device, start, upTo: 1e4))
        let potential = device.profile(end.row).potential
        let worst = zip(potential, exact).map { abs($0 + right - $1) / vt }.max() ?? 1
        hold(worst, below: 1e-4, as: "Gouy-Chapman layer, psi in V_T")
    }

    @Test("Equilibrium of the coupled memristor: n = N_c e^((psi + psi_im) / V_T) at every node and no electron flux, to 1e-12")
    func boltzmannElectrons() throws {
        var p = DeviceParameters()
        p.thermalResistance = 0
        let device = try AssembledDevice.coupled(p)
        let state = RealStorage(try device.restState())
        let force = ImageForce(p)
        let profile = device.profile(state.row)
        var (density, net) = (0.0, 0.0)
        for i in 0..<device.nodes {
            let expected = p.densityOfStates * exp((profile.potential[i] + force.potential(device.grid.nodes[i])) / vt)
            density = max(density, abs(profile.electrons[i] / expected - 1))
        }
        for (edge, flux) in device.fluxes(state.row).enumerated() {
            let gross = p.electronMobility * vt * profile.electrons[edge] * device.three.electrons!.weights[4 * edge]
            net = max(net, abs(flux.electrons) / gross)
        }
        hold(density, below: 1e-12, as: "Boltzmann electrons with image potential, relative")
        hold(net, below: 1e-12, as: "electron flux at equilibrium, net over gross")
    }

    @Test(
        "Crowell-Sze: emission limit q v N_c e^(-b/V_T), diffusion limit q mu E N_c e^(-b/V_T) and both in series, to 1e-4",
        arguments: [1e-2, 1e3, 1e9])
    func crowellSze(velocity: Double) throws {
        // A flat insulator: so few electrons that the field is constant. Highest point of the barrier at the left contact.
        let p = PlainLayer.plain(thickness: 40e-9, permittivity: 100)
        let device = try AssembledDevice(
            p, left: .schottky(barrier: 1.1, velocity: velocity), right: .schottky(barrier: 0.6, velocity: 1e12),
            grid: .uniform(length: 40e-9, cells: 400))
        let state = RealStorage(try device.restState())
        try device.jump(state.row, to: 0.2)
        let barrier = 0.9
        let field = (1.1 - 0.2 - 0.6) / 40e-9
        let drift = p.electronMobility * field / (1 - exp(-field * 40e-9 / vt))
        let series = velocity * drift / (velocity + drift)
        let scale = q * p.densityOfStates * exp(-barrier / vt) * (1 - exp(-0.2 / vt))
        let current = PlainLayer.electronCurrent(device, state.row)
        hold(abs(current / (scale * series) - 1), below: 1e-4, as: "Crowell-Sze, v = \(velocity) m/s, relative")
        if velocity < 1 { #expect(abs(current / (scale * velocity) - 1) < 1e-4) }
        if velocity > 1e8 { #expect(abs(current / (scale * drift) - 1) < 1e-4) }
    }

    @Test("Image force: ln(J / E^(3/4)) against sqrt(E) rises by sqrt(q / (4 pi eps_opt)) / V_T (Emtage-O'Dwyer), to 1 %")
    func imageForceSlope() throws {
        var p = PlainLayer.plain(thickness: 100e-9, permittivity: 100)
        p.opticalPermittivity = 5.5
        p.imageCore = 0.05e-9
        let device = try AssembledDevice(
            p, left: .schottky(barrier: 0.2, velocity: 1e9), right: .schottky(barrier: 1.4, velocity: 1e9),
            grid: .bothEnds(length: 100e-9, cells: 800, grading: 5))
        // The law is that of a fixed field.
        device.chargesElectrons = false
        let state = RealStorage(try device.restState())
        var points: [(Double, Double)] = []
        for field in [1e8, 2e8, 4e8] {
            // Electrons enter at the right: psi rises from -1.4 V there to V - 0.2 V.
            try device.jump(state.row, to: field * 100e-9 - 1.2)
            let current = device.electronCurrent(state.row)
            points.append((field.squareRoot(), log(current / pow(field, 0.75))))
        }
        let expected = (q / (4 * .pi * Constants.vacuumPermittivity * 5.5)).squareRoot() / vt
        let slope = (points[2].1 - points[0].1) / (points[2].0 - points[0].0)
        hold(abs(slope / expected - 1), below: 0.01, as: "image-force slope of ln(J / E^(3/4)), relative")
    }

    @Test("Mott-Gurney: the slope d ln J / d ln V rises from 1 towards 2 and J towards 9/8 eps mu V^2 / L^3")
    func mottGurney() throws {
        let p = PlainLayer.plain(thickness: 1e-6, permittivity: 10)
        let device = try AssembledDevice(
            p, left: .ohmic(barrier: 0.0), right: .ohmic(barrier: 0.0), grid: .bothEnds(length: 1e-6, cells: 1000, grading: 4.5)
        )
        let state = RealStorage(try device.restState())
        let voltages = [0.01, 0.02, 2, 4, 100, 200]
        var currents: [Double] = []
        for voltage in voltages {
            try device.jump(state.row, to: voltage)
            currents.append(PlainLayer.electronCurrent(device, state.row))
        }
        let slopes = stride(from: 0, to: 6, by: 2).map {
            log(currents[$0 + 1] / currents[$0]) / log(voltages[$0 + 1] / voltages[$0])
        }
        #expect(slopes[0] < 1.05 && slopes[1] > slopes[0] && slopes[2] > slopes[1])
        hold(2 - slopes[2], below: 0.05, as: "Mott-Gurney: 2 minus the slope at 100-200 V")
        let expected = 9.0 / 8 * Constants.vacuumPermittivity * 10 * 1e-4 * 4e4 / 1e-18
        hold(abs(currents[5] / expected - 1), below: 0.05, as: "Mott-Gurney: J at 200 V, relative")
    }

    @Test(
        "Debye relaxation of a mobile layer between blocking contacts: slowest rate s from tanh(k a) / k + a (k^2 - kappa^2) / kappa^2 = 0, to 2e-3"
    )
    func debyeRelaxation() throws {
        // One mobile species in a neutral background; a = L/2, s = D (k^2 - kappa^2), kappa = 1 / lambda_D. For a >> lambda_D this is
        // tau = lambda_D L / (2 D): M. Z. Bazant, K. Thornton, A. Ajdari, Phys. Rev. E 70, 021506 (2004).
        var p = PlainLayer.plain(thickness: 40e-9, permittivity: 100, density: 0)
        p.vacancyBackground = 1e25
        p.donorDensity = -1e25
        var options = SolverOptions()
        options.tolerance = 1e-8
        let device = try AssembledDevice(
            p, left: .blocking(barrier: 0), right: .blocking(barrier: 0),
            grid: .bothEnds(length: 40e-9, cells: 400, grading: 1.5), options: options)
        let state = RealStorage(try device.restState())
        try device.jump(state.row, to: 1e-3)
        let kappa2 = q * 1e25 / (Constants.vacuumPermittivity * 100 * vt)
        let a = 20e-9
        // s between -D kappa^2 and 0.
        var (low, high) = (1e-6 * kappa2, kappa2 * (1 - 1e-9))
        for _ in 0..<200 {
            let k2 = (low + high) / 2
            let k = k2.squareRoot()
            if tanh(k * a) / k + a * (k2 - kappa2) / kappa2 > 0 { high = k2 } else { low = k2 }
        }
        let tau = 1 / (1e-14 * (kappa2 - low))
        let integrator = AdaptiveIntegrator(system: device, initial: state.values)
        func middle() -> Double {
            let k = device.index(device.nodes / 2)
            return integrator.solution[k - 3] - integrator.solution[k + 3]
        }
        try integrator.advance(to: 3 * tau, firstStep: tau * 1e-6) { _, _ in true }
        let first = middle()
        try integrator.advance(to: 5 * tau, firstStep: tau * 1e-6) { _, _ in true }
        let second = middle()
        let final = RealStorage(try PlainLayer.settle(device, integrator.solution.values, upTo: 100 * tau))
        let k = device.index(device.nodes / 2)
        let rest = final.row[k - 3] - final.row[k + 3]
        let measured = 2 * tau / log((first - rest) / (second - rest))
        hold(abs(measured / tau - 1), below: 2e-3, as: "Debye relaxation time, relative")
        // The leading order lambda_D L / (2 D) is off by the layers' own width, lambda_D / L.
        #expect(abs(tau / (a / kappa2.squareRoot() / 1e-14) - 1) < 3 / (kappa2.squareRoot() * 40e-9))
    }

    @Test("Diffusion from a plane: c = (N / sqrt(pi D t)) e^(-x^2 / 4 D t), to 2e-3 of its maximum")
    func diffusionFromAPlane() throws {
        var p = PlainLayer.plain(thickness: 100e-9, permittivity: 100)
        p.vacancyBackground = 0
        var options = SolverOptions()
        options.tolerance = 1e-6
        let device = try AssembledDevice(
            p, left: .schottky(barrier: 0.5, velocity: 1e4), right: .schottky(barrier: 0.5, velocity: 1e4),
            grid: .uniform(length: 100e-9, cells: 1000),
            options: options)
        // So few vacancies that they feel no field of their own: 1e-4 of V_T.
        let amount = 1e12
        var vacancies = [Double](repeating: 0, count: device.nodes)
        vacancies[0] = amount / device.grid.cells[0]
        let integrator = AdaptiveIntegrator(system: device, initial: try device.restState(vacancies: vacancies))
        let time = 1e-2
        try integrator.advance(to: time, firstStep: 1e-9) { _, _ in true }
        let c = device.profile(integrator.solution).vacancies
        let peak = amount / (Double.pi * 1e-14 * time).squareRoot()
        let worst = zip(c, device.grid.nodes).map { abs($0 - peak * exp(-$1 * $1 / (4e-14 * time))) / peak }.max() ?? 1
        hold(worst, below: 2e-3, as: "diffusion from a plane, share of the maximum")
        hold(abs(device.latticeVacancies(integrator.solution) / amount - 1), below: 1e-12, as: "diffusion from a plane, amount")
    }

    @Test(
        "Lattice-gas saturation at a strongly negative wall: c < c_max everywhere, c / (1 - c/c_max) e^(psi/V_T) one constant to 1e-10"
    )
    func saturation() throws {
        var p = PlainLayer.plain(thickness: 40e-9, permittivity: 100, density: 0)
        p.maximumDensity = 5e26
        p.vacancyBackground = 1e26
        p.donorDensity = -1e26
        let device = try AssembledDevice(
            p, left: .blocking(barrier: 1), right: .blocking(barrier: 0), grid: .bothEnds(length: 40e-9, cells: 400, grading: 2)
        )
        let end = RealStorage(try PlainLayer.settle(device, try device.restState(), upTo: 1e2))
        let profile = device.profile(end.row)
        let highest = profile.vacancies.max() ?? 0
        #expect(highest < 5e26 && highest > 0.98 * 5e26)
        let activity = (0..<device.nodes).map {
            log(profile.vacancies[$0] / (1 - profile.vacancies[$0] / 5e26)) + profile.potential[$0] / vt
        }
        hold((activity.max() ?? 0) - (activity.min() ?? 0), below: 1e-10, as: "lattice-gas saturation, ln activity")
    }
}
