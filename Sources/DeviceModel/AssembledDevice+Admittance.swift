import FiniteVolume
import Foundation
import LinearAlgebra

/// The response of a state to a small sine of the voltage.
public struct Admittance: Sendable, Equatable, Codable {
    /// f, Hz.
    public var frequency: Double
    /// Y = dI/dV of the total current, real and imaginary part, S.
    public var conductance, susceptance: Double
    /// How far the state moves by itself within a period: the largest |dpsi| in V_T. Where it is no small number, there is no one state
    /// that the sine responds to.
    public var drift: Double

    /// Im Y / (2 pi f), F.
    public var capacitance: Double { susceptance / (2 * .pi * frequency) }
}

extension AssembledDevice {
    /// The small-signal admittance of the state `u` at the present voltage and temperature, at these frequencies (Hz).
    ///
    ///     (J + i w M) du + f_V dV + f_T dT = 0,     dT = R_th (I dV + V dI),     Y = dI/dV + i w A dD/dV
    ///
    /// J = df/du and M of M du/dt + f(u, V, T) = 0, I the electron current and D the displacement at the right contact, whose rate is the
    /// displacement and ionic current. Electrons without charge follow at once; with drift-diffusion electrons their storage counts, and
    /// I is their flux at the right end. Heat follows at once. Nothing is said of what happens between picoseconds and the relaxation of
    /// the lattice (the permittivity is that of rest).
    /// Source: S. E. Laux, IEEE Trans. Electron Devices 32, 2028 (1985), doi:10.1109/T-ED.1985.22235. Cost: a dense solve a frequency.
    ///
    /// - Throws: `NewtonFailure.singularMatrix` where the state has no response.
    public func admittance(_ u: Row, frequencies: [Double]) throws(NewtonFailure) -> [Admittance] {
        let small = SmallSignal(self, u)
        var result: [Admittance] = []
        let speed = small.speed()
        for frequency in frequencies {
            guard let y = small.response(frequency) else { throw .singularMatrix }
            result.append(
                Admittance(
                    frequency: frequency, conductance: y.real, susceptance: y.imaginary,
                    drift: speed / frequency / Constants.thermalVoltage(temperature)))
        }
        return result
    }

    func linearised(_ u: Row) -> Linearised {
        switch engine {
        case .two(let a): a.linearised(u, device: device, grid: grid)
        case .three(let a): a.linearised(u, device: device, grid: grid)
        }
    }
}

/// A state linearised once for all frequencies.
private struct SmallSignal {
    private let system: Linearised
    private let byVoltage, byTemperature: [Double]
    /// Electron current I and its derivatives by the state, by V and by T.
    private let current, currentByVoltage, currentByTemperature: Double
    private let currentBy: [Double]
    /// Derivatives of the displacement (and charge) at the right end, C/m2, and of what passes it as particles, A: nil where that is I.
    private let displacementBy: [Double]
    private let particlesBy: [Double]?
    private let voltage, resistance, area: Double
    private let potentials: [Int]

    init(_ device: AssembledDevice, _ u: Row) {
        let (layout, nodes) = (device.layout, device.nodes)
        let (voltage, temperature) = (device.voltage, device.temperature)
        self.voltage = voltage
        area = device.device.area
        resistance = device.device.thermalResistance
        let potentials = (0..<nodes).map { layout[.potential, $0] }
        self.potentials = potentials
        func residual(_ v: Double, _ t: Double) -> [Double] {
            device.restore(temperature: t, voltage: v)
            return device.linearised(u).residual
        }
        func slope(_ a: [Double], _ b: [Double], _ step: Double) -> [Double] { zip(a, b).map { ($1 - $0) / (2 * step) } }
        let (dv, dt) = (1e-4, 0.02)
        byVoltage = slope(residual(voltage - dv, temperature), residual(voltage + dv, temperature), dv)
        byTemperature = slope(residual(voltage, temperature - dt), residual(voltage, temperature + dt), dt)
        device.restore(temperature: temperature, voltage: voltage)
        system = device.linearised(u)
        // The current by central differences: of every potential, of V and of T.
        func current(_ v: Double, _ t: Double) -> Double {
            device.restore(temperature: t, voltage: v)
            return device.electronCurrent(u)
        }
        self.current = current(voltage, temperature)
        currentByVoltage = (current(voltage + dv, temperature) - current(voltage - dv, temperature)) / (2 * dv)
        currentByTemperature = (current(voltage, temperature + dt) - current(voltage, temperature - dt)) / (2 * dt)
        device.restore(temperature: temperature, voltage: voltage)
        func gradient(_ places: [Int], _ value: (Row) -> Double) -> [Double] {
            let copy = RealStorage(u.values)
            var slopes = [Double](repeating: 0, count: layout.count)
            for place in places {
                let here = u[place], step = potentials.contains(place) ? dv : max(1e-3 * abs(here), 1e18)
                copy.row[place] = here + step
                let above = value(copy.row)
                copy.row[place] = here - step
                slopes[place] = (above - value(copy.row)) / (2 * step)
                copy.row[place] = here
            }
            return slopes
        }
        currentBy = gradient(potentials) { device.electronCurrent($0) }
        let last = nodes - 1
        let ends = [last - 1, last].flatMap { i in [layout[.potential, i], layout[.vacancies, i]] }
        if layout.hasElectrons {
            // At the last edge: D and the vacancies behind it, and the electrons that cross it.
            let places = ends + [last - 1, last].map { layout[.electrons, $0] }
            let charge = Constants.charge * device.device.chargeNumber * device.device.vacancyCells(device.grid)[last]
            displacementBy = gradient(places) {
                device.fluxes($0)[last - 1].displacement + charge * $0[layout[.vacancies, last]]
            }
            let factor = -Constants.charge * area
            particlesBy = gradient(places) { factor * device.fluxes($0)[last - 1].electrons }
        } else {
            displacementBy = gradient(ends) { device.rightDisplacement($0) }
            particlesBy = nil
        }
    }

    /// Y at a frequency (Hz), S.
    func response(_ frequency: Double) -> (real: Double, imaginary: Double)? {
        let w = 2 * Double.pi * frequency
        let solved = ComplexSystem(order: system.order, real: system.jacobian, imaginary: system.mass.map { $0 * w })
            .solve([byVoltage.map { -$0 }, byTemperature.map { -$0 }])
        guard let solved else { return nil }
        func product(_ gradient: [Double], _ x: (real: [Double], imaginary: [Double])) -> Complex {
            Complex(
                zip(gradient, x.real).reduce(0) { $0 + $1.0 * $1.1 }, zip(gradient, x.imaginary).reduce(0) { $0 + $1.0 * $1.1 })
        }
        let (v, t) = (solved[0], solved[1])
        // dI = a dV + b dT and dT = R_th (I dV + V dI).
        let a = product(currentBy, v) + Complex(currentByVoltage, 0)
        let b = product(currentBy, t) + Complex(currentByTemperature, 0)
        let heat =
            (Complex(current, 0) + a * Complex(voltage, 0)) * Complex(resistance, 0)
            / (Complex(1, 0) - b * Complex(resistance * voltage, 0))
        let particles = particlesBy.map { product($0, v) + product($0, t) * heat } ?? a + b * heat
        let displacement = (product(displacementBy, v) + product(displacementBy, t) * heat) * Complex(0, w * area)
        let y = particles + displacement
        return y.real.isFinite && y.imaginary.isFinite ? (y.real, y.imaginary) : nil
    }

    /// Largest |dpsi/dt| of the state by itself, V/s: M du/dt = -f where there is storage, J du/dt = 0 where there is none.
    func speed() -> Double {
        let n = system.order
        var matrix = system.jacobian, side = [Double](repeating: 0, count: n)
        for i in 0..<n where system.mass[i * n..<(i + 1) * n].contains(where: { $0 != 0 }) {
            for j in 0..<n { matrix[i * n + j] = system.mass[i * n + j] }
            side[i] = -system.residual[i]
        }
        let zero = [Double](repeating: 0, count: n * n)
        guard let solved = ComplexSystem(order: n, real: matrix, imaginary: zero).solve([side]) else { return .infinity }
        return potentials.reduce(0) { max($0, abs(solved[0].real[$1])) }
    }
}

/// The few operations on complex numbers that this file needs.
private struct Complex {
    var real, imaginary: Double

    init(_ real: Double, _ imaginary: Double) { (self.real, self.imaginary) = (real, imaginary) }

    static func + (a: Complex, b: Complex) -> Complex { Complex(a.real + b.real, a.imaginary + b.imaginary) }
    static func - (a: Complex, b: Complex) -> Complex { Complex(a.real - b.real, a.imaginary - b.imaginary) }
    static func * (a: Complex, b: Complex) -> Complex {
        Complex(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
    }
    static func / (a: Complex, b: Complex) -> Complex {
        let size = b.real * b.real + b.imaginary * b.imaginary
        return a * Complex(b.real / size, -b.imaginary / size)
    }
}
