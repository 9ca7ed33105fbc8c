import FiniteVolume
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import DeviceModel

/// Emission at the top of the barrier and tunnelling beneath it: the limits, the integral of another program, derivatives.
struct TunnellingTests {
    /// A straight band from the right contact down to the left, `field` V/m, as the current sees it: no bulk resistance, mass-1 emission.
    struct Straight {
        let device: AssembledDevice
        let current: ThermionicCurrent<Double>
        let u: RealStorage
        let voltage, temperature: Double

        /// `donors` bend the band away from the right contact instead (a depletion layer, the field at the metal is `field`).
        init(
            barrier: Double, mass: Double, field: Double, temperature: Double, optical: Double = .infinity,
            length: Double = 40e-9,
            tunnelling: Device.Tunnelling, emission: Device.Emission = .maximum, bend: ((Double) -> Double)? = nil,
            edge: Double = 2e-9,
            plane: Double = 0.39e-9
        ) throws {
            var p = Samples.isothermal
            (p.thickness, p.titaniumBarrier, p.platinumBarrier, p.opticalPermittivity) = (length, barrier, 0.1, optical)
            (p.tunnelling, p.emission, p.tunnellingMass) = (tunnelling, emission, mass)
            p.electronMobility = 1e6
            let richardson = 1.20173e6
            p.richardsonVelocity = richardson * 300 * 300 / (Constants.charge * p.densityOfStates)
            p.area = 1
            p.firstPlane = plane
            var options = SolverOptions()
            options.largestEdge = edge
            device = try AssembledDevice(Device(p), options: options)
            voltage = 60
            self.temperature = temperature
            u = RealStorage(count: device.layout.count)
            for i in 0..<device.nodes {
                let s = length - device.grid.nodes[i]
                u.row[device.psi(i)] = -barrier + (bend?(s) ?? field * s)
            }
            current = ThermionicCurrent([device.device], grids: [device.grid])!
        }

        func density(at t: Double? = nil) -> (current: Double, slope: Double) {
            current.evaluate(Stretch(u.row), first: device.psi(0), stride: 2, voltage: voltage, temperature: t ?? temperature)
        }
    }

    @Test(
        "Without tunnelling: emission over the top of the image barrier, q N_c v_R e^(-phi_m / V_T), to 1 % (the far image's share)",
        arguments: [1e7, 5e7, 1e8])
    func thermionic(field: Double) throws {
        let own = try Straight(
            barrier: 0.5, mass: .infinity, field: field, temperature: 300, optical: 5.5, length: 400e-9, tunnelling: .wkb)
        let strength = Constants.charge / (16 * .pi * Constants.vacuumPermittivity * 5.5)
        let top =
            stride(from: 0, to: 30e-9, by: 1e-12).map { 0.5 - field * $0 - strength / ($0 * $0 + 9e-20).squareRoot() }.max()
            ?? 0
        let expected = 1.20173e6 * 9e4 * exp(-top / Constants.thermalVoltage(300))
        hold(abs(own.density().current / expected - 1), below: 0.01, as: "emission at the top, \(field) V/m")
    }

    @Test(
        "Currents against the integral of another program (scipy): triangle to 7 % up to 1e9 V/m, image force to 4 % up to 1.4e8 V/m"
    )
    func fixtures() throws {
        // Half panels span some V_T at such fields, and ln(T e^f s) is taken as straight in each; with image force it is 6.5 % at 1.8e8 V/m.
        // Below 1e7 V/m the top of the image barrier lies beyond the reach of emission, and a triangle of 40 nm falls by some V_T only.
        for (name, optical, length, limit, most) in [
            ("triangle", Double.infinity, 40e-9, 0.07, 1.1e9), ("image", 5.5, 400e-9, 0.04, 1.4e8),
        ] {
            var worst = (0.0, "")
            for row in try FixtureTable("schottky-tunnelling/\(name).csv", in: .module).rows
            where row[3] > 0.9e7 && row[3] < most {
                let own = try Straight(
                    barrier: row[0], mass: row[1], field: row[3], temperature: row[2], optical: optical, length: length,
                    tunnelling: .wkb,
                    plane: optical.isFinite ? 0.39e-9 : 0.1e-9)
                let miss = abs(own.density().current / row[6] - 1)
                if miss > worst.0 { worst = (miss, "\(row[0]) eV, mass \(row[1]), \(row[2]) K, \(row[3]) V/m") }
            }
            hold(worst.0, below: limit, as: "tunnelling against scipy, \(name)")
        }
    }

    @Test("Fowler-Nordheim: d ln(J/E^2) / d(1/E) = -4 sqrt(2 m) phi^1.5 / (3 q hbar), to 3 %")
    func fowlerNordheim() throws {
        let fields = [4e8, 4.4e8]
        let values = try fields.map { field -> Double in
            let own = try Straight(barrier: 1.2, mass: 1, field: field, temperature: 100, tunnelling: .wkb, plane: 0.1e-9)
            return log(own.density().current / (field * field))
        }
        let slope = (values[1] - values[0]) / (1 / fields[1] - 1 / fields[0])
        let exact = -2.0 / 3 * Transmission.wave(1) * pow(1.2, 1.5)
        hold(abs(slope / exact - 1), below: 0.03, as: "Fowler-Nordheim slope")
    }

    @Test("Thermionic field emission in a depletion layer (Padovani, Stratton) against scipy: to 4 %, E_00 from 2 to 20 meV")
    func depletion() throws {
        var worst = 0.0
        for row in try FixtureTable("schottky-tunnelling/depletion.csv", in: .module).rows {
            let (phi, temperature, donors, permittivity, bias) = (row[0], row[2], row[3], row[4], row[5])
            let bend = Constants.charge * donors / (2 * Constants.vacuumPermittivity * permittivity)
            let width = ((phi + bias) / bend).squareRoot()
            // Energies below the edge of the band do not count; the tail beyond the width is level.
            let own = try Straight(
                barrier: phi, mass: 1, field: 0, temperature: temperature, length: 4 * width + 4e-9, tunnelling: .wkb,
                bend: { s in s < width ? bend * (2 * width * s - s * s) : phi + bias }, edge: width / 60,
                plane: min(width / 200, 0.39e-9))
            let miss = abs(own.density().current / row[8] - 1)
            if bias >= 0.2 { worst = max(worst, miss) }
        }
        hold(worst, below: 0.04, as: "tunnelling against scipy, depletion layer")
    }

    @Test("The passing share above a top: 1/2 ... 1, and its derivative, against its sum", arguments: [0.05, 0.4, 2.0])
    func passing(z: Double) {
        func sum(_ z: Double) -> Double {
            // Averages of alternating partial sums converge.
            var (total, terms) = (0.0, [Double]())
            for k in 0..<60 {
                total += (k % 2 == 0 ? 1 : -1) * z / (z + Double(k))
                terms.append(total)
            }
            while terms.count > 1 { terms = zip(terms, terms.dropFirst()).map { 0.5 * ($0 + $1) } }
            return terms[0]
        }
        let own = Transmission.passing(z)
        #expect(abs(own.value - sum(z)) < 3e-8)
        #expect(abs(own.slope - (sum(z + 1e-4) - sum(z - 1e-4)) / 2e-4) < 1e-6)
    }

    @Test(
        "dI/dT with tunnelling and emission at the top equals the difference of I to 1e-5",
        arguments: Device.Tunnelling.allCases, [0.6, 3.0, -2.0])
    func temperatureSlope(tunnelling: Device.Tunnelling, voltage: Double) throws {
        for emission in Device.Emission.allCases {
            var p = Samples.isothermal
            (p.tunnelling, p.emission, p.tunnellingMass) = (tunnelling, emission, 0.6)
            let device = AssembledDevice(p)
            let state = try Samples.state(device, voltage: voltage, duration: 1e-3)
            func current(_ t: Double) -> (current: Double, slope: Double) {
                device.two.current!.evaluate(
                    Stretch(state.row), first: device.psi(0), stride: 2, voltage: voltage, temperature: t)
            }
            let difference = (current(330.01).current - current(329.99).current) / 0.02
            hold(
                abs(current(330).slope / difference - 1), below: 1e-5,
                as: "dI/dT, \(tunnelling.rawValue), \(emission.rawValue), \(voltage) V")
        }
    }

    @Test(
        "Drift-diffusion electrons with the local factor, without charge: the current of the integral to 1e-6",
        arguments: [0.6, 3.0, -2.0])
    func coupled(voltage: Double) throws {
        var p = Samples.isothermal
        (p.tunnelling, p.tunnellingMass) = (.local, 1)
        let device = try AssembledDevice.coupled(p)
        device.chargesElectrons = false
        let u = RealStorage(try device.restState(voltage: voltage))
        let own = -device.fluxes(u.row)[device.nodes / 2].electrons * Constants.charge * p.area
        hold(
            abs(own / device.electronCurrent(u.row) - 1), below: 1e-6,
            as: "local tunnelling: both electron models, \(voltage) V")
    }

    @Test("Newton's method with the local factor converges quadratically: both derivatives by the potential")
    func coupledJacobian() throws {
        var p = Samples.isothermal
        (p.tunnelling, p.tunnellingMass) = (.local, 0.5)
        let device = try AssembledDevice.coupled(p)
        let u = RealStorage(try device.restState(voltage: 2))
        for i in 0..<device.nodes { u.row[device.psi(i)] += i > 0 && i < device.nodes - 1 ? 1e-4 * sin(Double(i)) : 0 }
        let history = RealStorage(u.values.map { -1e40 * $0 })
        device.storesElectrons = false
        var norms: [Double] = []
        for _ in 0..<5 {
            norms.append(try device.correct(u.row, shift: 1e40, history: history.row).norm * device.options.tolerance)
        }
        #expect(norms[2] < 10 * norms[1] * norms[1] + 1e-10 && norms[4] < 1e-9)
    }

    @Test("A device file says how electrons tunnel and where they are emitted, and reads back")
    func file() throws {
        let set = try DeviceDescription(DeviceParameters()).setting([
            "tunnelling=wkb", "emission=maximum", "tunnelling_mass=1.2",
        ])
        let read = try DeviceDescription(yaml: set.yaml)
        let p = try read.parameters
        #expect(p.tunnelling == .wkb && p.emission == .maximum && p.tunnellingMass == 1.2)
        #expect(read.device == Device(p) && read.device.tunnelling == .wkb)
        #expect(throws: (any Error).self) { try DeviceDescription(DeviceParameters()).setting(["tunnelling=some"]) }
    }
}
