import FiniteVolume
import Foundation
import LinearAlgebra

/// A source that imposes an electron current: the voltage is what it takes, found along with the state in every Newton iteration.
///
///     ln [ I(u, V, T) / I_0 ] = 0,     T = T0 + R_th V I_0
///
/// V stands outside the matrix, as T does: each correction of the state is followed by one of V. Its slope d ln I / dV is that with every
/// ion where it is at first, then that of the last two corrections (secant). With the current given the heat needs no root, so that what
/// would run away at a given voltage is followed. Displacement and ionic current are left out, as in `current` everywhere.
struct CurrentControl {
    /// A.
    let target: Double
    /// V of the present iterate.
    var voltage: Double
    private(set) var slope = 0.0
    private var last: (miss: Double, step: Double)?
    /// Largest correction of V at once, V.
    static let longest = 0.1

    init(target: Double, voltage: Double) {
        self.target = target
        self.voltage = voltage
    }

    /// A new step: the slope is to be worked out anew.
    mutating func begin() {
        last = nil
        slope = 0
    }

    mutating func begin(slope: Double) { self.slope = slope }

    /// The correction of V for a current that misses the target by `miss` (of its logarithm).
    mutating func step(miss: Double) -> Double {
        if let last, abs(last.step) > 1e-9 {
            let secant = (miss - last.miss) / last.step
            // What is far from the slope at frozen ions is the state's own convergence.
            if secant / slope > 0.3, secant / slope < 5 { slope = secant }
        }
        let step = min(max(-miss / slope, -Self.longest), Self.longest)
        last = (miss, step)
        return step
    }
}

extension AssembledDevice {
    /// The current that is imposed at present, A; nil where the voltage is given.
    public var imposedCurrent: Double? { control?.target }

    func setImposedCurrent(_ current: Double?) {
        switch engine {
        case .two(let a): a.imposedCurrent = current
        case .three(let a): a.imposedCurrent = current
        }
    }

    /// Corrects the voltage after a correction of the state.
    func steer(_ u: Row, _ correction: NewtonCorrection) throws(NewtonFailure) -> NewtonCorrection {
        guard var control, !correction.wasDamped else { return correction }
        let ratio = electronCurrent(u) / control.target
        var result = correction
        var step: Double
        if ratio > 1e-300, ratio.isFinite {
            if control.slope == 0 { control.begin(slope: frozenSlope(u, control.target)) }
            step = control.step(miss: log(ratio))
        } else {
            // The current runs the other way, or not at all.
            step = control.target > 0 ? CurrentControl.longest : -CurrentControl.longest
        }
        if abs(step) >= CurrentControl.longest { result.wasDamped = true }
        control.voltage = voltage + step
        guard abs(control.voltage) < 100 else {
            throw .noState("no voltage within 100 V carries the imposed current of \(control.target) A")
        }
        self.control = control
        set(voltage: control.voltage)
        let norm = abs(step) / Constants.thermalVoltage(temperature) / options.tolerance
        if !(norm <= result.norm) { (result.norm, result.unknown) = (norm, "V") }
        return result
    }

    /// d ln I / dV with every ion where it is, the heat being that of the imposed current, 1/V.
    private func frozenSlope(_ u: Row, _ target: Double) -> Double {
        let here = frozenCurrent(u, at: voltage, imposed: target), step = target > 0 ? 1e-3 : -1e-3
        let there = frozenCurrent(u, at: voltage + step, imposed: target)
        let slope = log(there / here) / step
        // Where it is of no use: that of an ideality factor of three.
        let sign = target > 0 ? 1.0 : -1
        return slope.isFinite && slope * sign > 0.5 ? slope : sign / (3 * Constants.thermalVoltage(temperature))
    }

    /// Current at `level` (V) with every ion where it is, at the temperature that the current `imposed` (A) would bring.
    private func frozenCurrent(_ u: Row, at level: Double, imposed: Double) -> Double {
        guard let readCurrent else { return 0 }
        let copy = readBuffer.row
        copy.assign(u)
        guard solvePoisson(copy, voltage: level) else { return .nan }
        let hot = max(heating.ambient + heating.resistance * level * imposed, heating.ambient)
        return readCurrent.evaluate(
            Stretch<Double>(copy), first: layout.sheets.count, stride: layout.block, voltage: level,
            temperature: min(hot, max(heating.maximum, heating.ambient))
        ).current
    }

    /// The voltage (V) at which the state `u` carries `current` (A) with every ion where it is; nil where none within `limit` V does.
    /// Cost: some 60 solutions of Poisson's equation.
    public func voltage(carrying current: Double, _ u: Row, limit: Double = 20) -> Double? {
        let sign = current > 0 ? 1.0 : -1
        func reaches(_ size: Double) -> Bool {
            let ratio = frozenCurrent(u, at: sign * size, imposed: current) / current
            return ratio.isNaN ? true : ratio >= 1
        }
        guard reaches(limit) else { return nil }
        var (low, high) = (0.0, limit)
        // The lowest such voltage lies below every one that reaches it: the current rises with the voltage.
        while high - low > 1e-9 {
            let middle = 0.5 * (low + high)
            if reaches(middle) { high = middle } else { low = middle }
        }
        return sign * high
    }

    /// The voltage for which the potential of `u` solves Poisson's equation at the left contact, V.
    public func impliedVoltage(_ u: Row) -> Double {
        switch engine {
        case .two(let a): a.impliedVoltage(Stretch(u), barrier: device.left.barrier)
        case .three(let a): a.impliedVoltage(Stretch(u), barrier: device.left.barrier)
        }
    }
}

extension Assembly where L == Double {
    /// Gauss' law of the first node gives the displacement that comes from the left, and so the drops there.
    func impliedVoltage(_ u: Stretch<Double>, barrier: Double) -> Double {
        let psi = u[board.index(0, 0)]
        guard let contact else { return psi + barrier }
        let field = (psi - u[board.index(1, 0)]) * board.inverse[0]
        var displacement = poisson.permittivities[0].displacement(field).value - poisson.fixed[0]
        for (k, q, cells) in poisson.charges { displacement -= q * u[board.index(0, k)] * cells[0] }
        var sheets = 0.0
        for k in contact.inner { sheets += contact.charge(of: k) * u[k] }
        let plane = contact.contactPlane
        let step = plane.distance > 0 ? plane.distance * plane.permittivity.field(displacement).value : 0
        return barrier + psi + step + (displacement - sheets) / plane.capacitance
    }
}
