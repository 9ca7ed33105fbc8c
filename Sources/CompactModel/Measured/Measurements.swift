import Essentials
import Foundation
import LinearAlgebra

/// What somebody measured on a device of their own: enough, or not, for W, F and Lambda.
package struct Measurements: Equatable, Sendable {
    /// dF of one pulse from the base state, read 2 ms after it. V, s, S, J.
    package struct Pulse: Equatable, Sendable {
        package var amplitude, width, step: Double
        package var energy: Double?
        package init(amplitude: Double, width: Double, step: Double, energy: Double?) {
            (self.amplitude, self.width, self.step, self.energy) = (amplitude, width, step, energy)
        }
        package var name: String { "dF, \(PhysicalUnit.shortest(amplitude)) V, \(PhysicalUnit.shortest(width * 1e6)) us" }
    }

    /// F(t) at a bias after a pulse. V; V, s; s and S; single exponential: s, and its rms relative to the first sample.
    package struct Decay: Equatable, Sendable {
        package var bias, amplitude, width: Double
        package var times, values: [Double]
        package var tau, residual: Double
        package init(
            bias: Double, amplitude: Double, width: Double, times: [Double], values: [Double], tau: Double, residual: Double
        ) {
            (self.bias, self.amplitude, self.width) = (bias, amplitude, width)
            (self.times, self.values, self.tau, self.residual) = (times, values, tau, residual)
        }
        package var name: String { "tau at \(PhysicalUnit.shortest(bias)) V" }
    }

    package var pulses: [Pulse] = []
    package var decays: [Decay] = []
    /// G (S) of a read by the number of SET trains before it; 0 is the base state.
    package var reads: [Int: Double] = [:]

    package init() {}

    /// W, F and Lambda from these numbers, and what they lacked and what stands in its place.
    ///
    /// Cells that a grid of amplitudes and widths lacks are those of a surface ln dF(V, ln w) through the others. Where the numbers do not
    /// suffice, those of `other` (a fitted device) are taken.
    ///
    /// - Throws: `InputError` naming what is missing, where there is no `other`.
    package func synapse(
        readVoltage: Double, device: String, digest: String, other: SynapseModel?
    ) throws(InputError) -> (synapse: SynapseModel, missing: [String]) {
        var c = Characterisation()
        var missing: [String] = []
        func lacks(_ key: String, _ what: String, _ stand: String, _ expected: String) throws(InputError) {
            guard other != nil else {
                throw InputError(key, problem: "\(what), so the model would not cover \(stand)", expected: expected)
            }
            missing.append("\(what): \(stand) is that of the fitted device")
        }
        if let base = reads[0] {
            c.baseConductance = base
        } else {
            try lacks(
                "conductance_nS", "no read of the base state (trains = 0)", "W",
                "a table with the columns trains,conductance_nS and a row for 0 trains")
            c.baseConductance = other?.weightMap.minimumConductance ?? 0
        }
        c.map = try cells(other, &missing)
        let measured = decays.map {
            Characterisation.DecayRun(
                amplitude: $0.amplitude, width: $0.width, bias: $0.bias, before: 0, course: [], tau: $0.tau,
                residual: $0.residual)
        }
        c.decays = measured
        if measured.count < 4 {
            try lacks(
                "bias_V", "decays at \(measured.count) biases, four are the least for Lambda(V)", "tau at other biases",
                "a table with the columns bias_V,time_s,F_nS and four or more biases")
            for point in other?.decay.points ?? [] where !measured.contains(where: { abs($0.bias - point.bias) < 0.05 }) {
                c.decays.append(
                    .init(
                        amplitude: 3.5, width: 500e-6, bias: point.bias, before: 0, course: [], tau: point.tau,
                        residual: point.residual))
            }
        } else if let low = measured.map(\.bias).min(), let high = measured.map(\.bias).max(),
            !(low...high).contains(readVoltage)
        {
            missing.append(
                "no decay at the read voltage \(PhysicalUnit.shortest(readVoltage)) V: tau there is that at the nearest bias")
        }
        c.decays.sort { $0.bias < $1.bias }
        for (trains, conductance) in reads.sorted(by: { $0.key < $1.key }) where trains > 0 {
            c.trains.append(
                .init(
                    train: trains, afterTrain: conductance, read1s: conductance, read100s: conductance, read375s: conductance,
                    peakTemperature: 0, energy: 0, course: [], wait: []))
        }
        if c.trains.isEmpty { missing.append("no read after a SET train: one long-term level alone, W does not change") }
        guard let synapse = SynapseModel(c, readVoltage: readVoltage, device: device, deviceDigest: digest) else {
            throw InputError(
                "data", problem: "shows no short-term weight that a power law and an exponential can describe",
                expected: "two or more pulses that raise the conductance, each with its energy, and decays at different biases")
        }
        return (synapse, missing)
    }

    /// The grid of amplitudes and widths with dF and energy in every cell.
    private func cells(_ other: SynapseModel?, _ missing: inout [String]) throws(InputError) -> [Characterisation.PulseCell] {
        guard pulses.count >= 2 else {
            throw InputError(
                "delta_F_nS", value: "\(pulses.count) pulses", problem: "give no map of dF(V, width)",
                expected: "a table with the columns amplitude_V,width_us,delta_F_nS and two or more pulses")
        }
        let priced = pulses.filter { $0.energy != nil }
        let law = Fits.powerLaw(priced.map { $0.step * 1e9 }, priced.map { $0.energy ?? 0 })
        if law == nil, other == nil {
            throw InputError(
                "energy_pJ", value: "\(priced.count) pulses",
                problem: "have an energy, so the model would not cover energies (E = c dF^alpha)",
                expected: "energy_pJ of two or more pulses of different dF")
        }
        if priced.count < pulses.count {
            missing.append(
                "\(pulses.count - priced.count) pulses have no energy_pJ: theirs is that of "
                    + (law == nil ? "the fitted device's E = c dF^alpha" : "E = c dF^alpha through the others"))
        }
        func energy(_ step: Double) -> Double {
            if let law { return law.prefactor * pow(step * 1e9, law.exponent) }
            let own = other?.energy
            return (own?.prefactorPerNanosiemens ?? 0) * pow(step * 1e9, own?.exponent ?? 1)
        }
        missing.append("no temperatures: peak_temperature_K of the map is 0")
        let surface = Self.surface(pulses)
        let (amplitudes, widths) = (Set(pulses.map(\.amplitude)).sorted(), Set(pulses.map(\.width)).sorted())
        var found: [Characterisation.PulseCell] = []
        for v in amplitudes {
            for w in widths {
                let own = pulses.filter { $0.amplitude == v && $0.width == w }
                let step: Double
                if own.isEmpty {
                    let name = Pulse(amplitude: v, width: w, step: 0, energy: nil).name
                    guard let value = surface?(v, w) else {
                        throw InputError(
                            "delta_F_nS", value: name, problem: "is not among the pulses, and they are too few for a surface",
                            expected: "every amplitude with every width, or three pulses that differ in both")
                    }
                    missing.append("no \(name): it is that of a surface ln dF(V, ln w) through the others")
                    step = value
                } else {
                    step = own.reduce(0) { $0 + $1.step } / Double(own.count)
                }
                let known = own.compactMap(\.energy)
                var cell = Characterisation.PulseCell(amplitude: v, width: w)
                cell.deltaConductance = [step]
                cell.energy = [known.isEmpty ? energy(step) : known.reduce(0, +) / Double(known.count)]
                cell.peakTemperature = [0]
                found.append(cell)
            }
        }
        return found
    }

    /// ln dF = a + b V + c l + d V l + e V^2 + f l^2 + g V l^2, l = ln w, with as many terms as the pulses allow; nil below three pulses.
    static func surface(_ pulses: [Pulse]) -> ((_ amplitude: Double, _ width: Double) -> Double)? {
        func terms(_ v: Double, _ w: Double) -> [Double] {
            let l = log(w / 1e-4)
            return [1, v, l, v * l, v * v, l * l, v * l * l]
        }
        for count in [7, 5, 4, 3] where pulses.count > count || (count == 3 && pulses.count == 3) {
            let rows = pulses.map { Array(terms($0.amplitude, $0.width).prefix(count)) }
            if let c = LeastSquares.linear(rows: rows, pulses.map { log($0.step) }), c.allSatisfy(\.isFinite) {
                return { exp(zip(c, terms($0, $1)).reduce(0) { $0 + $1.0 * $1.1 }) }
            }
        }
        return nil
    }
}
