import DeviceModel
import Essentials
import Foundation

/// Fits a lumped model to looks at the device it stands for.
struct LumpedFit {
    /// Areal densities summed over each lump.
    let boundaries: [Int]
    let scale: Double
    let lossOrder: Int
    let hop, store: String

    /// - Parameter lumps: how many; the cells beyond the first plane are split so that each lump of the base state holds as much.
    init?(device: Device, base: LumpedSample, largestCharge: Double, lumps: Int) {
        func reaction(_ a: String, _ b: String) -> Reaction? {
            device.left.reactions.first { $0.moves[a] != nil && $0.moves[b] != nil }
        }
        typealias Name = Device.SheetName
        guard let hop = reaction(Name.plane, Reaction.vacancies), let store = reaction(Name.oxygen, Name.stored) else { return nil }
        self.hop = hop.name
        self.store = store.name
        lossOrder = store.law.name == "second_order_store" ? 2 : 1
        scale = largestCharge / 4
        let beyond = base.planes.dropFirst().reduce(0, +)
        var (found, sum, k) = ([Int](), 0.0, 1)
        for i in 1..<base.planes.count where found.count < lumps - 1 {
            if found.isEmpty || sum >= beyond * Double(k) / Double(lumps - 1) {
                if found.last.map({ i > $0 }) ?? true { found.append(i) }
                k = found.count
            }
            sum += base.planes[i]
        }
        boundaries = found
    }

    func lumps(_ planes: [Double]) -> [Double] {
        let ends = boundaries + [planes.count]
        return [planes[..<ends[0]].reduce(0, +)] + zip(ends, ends.dropFirst()).map { planes[$0..<$1].reduce(0, +) }
    }

    func state(_ s: LumpedSample) -> LumpedDevice.State {
        let n = lumps(s.planes)
        return .init(lumps: n, stored: s.stored, inventory: s.plane + n.reduce(0, +) - s.stored - s.oxygen)
    }

    /// One look as the surfaces see it.
    private struct Look {
        var voltage, q: Double
        /// N_2 ... N_m over the whole charge, and over that of the lattice.
        var shares, latticeShares: [Double]
        var plane, redox, forward, backward, loss, back, current: Double
        var spread: [(forward: Double, backward: Double)]
        var latticeCoordinate, conductance: Double
    }

    private func look(_ s: LumpedSample) -> Look? {
        let n = lumps(s.planes)
        let (charge, p) = (n.reduce(0, +), s.plane)
        guard let hop = s.exchange.reactions.first(where: { $0.name == hop }),
            let store = s.exchange.reactions.first(where: { $0.name == store }), p > 0, s.oxygen > 0, n.allSatisfy({ $0 > 0 })
        else { return nil }
        let (back, all) = (-hop.byPlane * s.planes[0], charge + p)
        let spread = boundaries.enumerated().map { k, cell in
            (
                forward: log(max(s.exchange.edges[cell - 1].forward * s.planes[cell - 1] / n[k], 1e-30)),
                backward: log(max(s.exchange.edges[cell - 1].backward * s.planes[cell] / n[k + 1], 1e-30))
            )
        }
        let look = Look(
            voltage: s.voltage, q: asinh(all / scale), shares: n.dropFirst().map { $0 / all },
            latticeShares: n.dropFirst().map { $0 / charge }, plane: log(p), redox: log(p) + log(s.oxygen),
            forward: log((hop.rate + back) / p),
            backward: log(back / n[0]),
            loss: log(max(lossOrder == 2 ? store.byFirst / (2 * s.oxygen) : store.byFirst, 1e-60)),
            back: log(max(-store.bySecond, 1e-60)),
            current: abs(s.voltage) > 1e-3 ? log(max(s.current / s.voltage, 1e-30)) : .nan, spread: spread,
            latticeCoordinate: asinh(charge / scale), conductance: s.isPulse ? .nan : log(s.conductance))
        return look.redox.isFinite && look.forward.isFinite && look.backward.isFinite ? look : nil
    }

    /// The surfaces at one ambient temperature; nil where the looks do not determine them.
    func ambient(_ temperature: Double, _ samples: [LumpedSample], readVoltage: Double) -> LumpedDevice.Ambient? {
        let holds = thinned(samples.filter { !$0.isPulse })
        let pulses = thinned(samples.filter { $0.isPulse })
        guard let bias = kinetics(holds, .init(voltage: 4, charge: 6, shareVoltage: 1, shareCharge: 2)),
            let pulse = kinetics(pulses, .init(voltage: 3, charge: 6, shareVoltage: 1, shareCharge: 2)),
            let reading = LumpedSurface(
                holds.map {
                    .init(
                        voltage: readVoltage, charge: $0.latticeCoordinate, shares: $0.latticeShares[...], value: $0.conductance)
                }, shape: .init(voltage: 0, charge: 10, shareVoltage: 0, shareCharge: 4))
        else { return nil }
        return .init(temperature: temperature, bias: bias, pulse: pulse, reading: reading)
    }

    /// At most 6,000 looks, evenly spread.
    private func thinned(_ samples: [LumpedSample]) -> [Look] {
        let every = max(1, samples.count / 6000)
        return stride(from: 0, to: samples.count, by: every).compactMap { look(samples[$0]) }
    }

    private func kinetics(_ looks: [Look], _ shape: LumpedSurface.Shape) -> LumpedDevice.Kinetics? {
        func surface(_ shape: LumpedSurface.Shape, _ value: (Look) -> Double) -> LumpedSurface? {
            LumpedSurface(
                looks.compactMap { l in
                    let v = value(l)
                    return v.isFinite ? .init(voltage: l.voltage, charge: l.q, shares: l.shares[...], value: v) : nil
                }, shape: shape)
        }
        let slow = LumpedSurface.Shape(voltage: 3, charge: 3, shareVoltage: 0, shareCharge: 0)
        let between = LumpedSurface.Shape(voltage: 2, charge: 4, shareVoltage: 0, shareCharge: 2)
        var spread: [LumpedDevice.Kinetics.Spread] = []
        for k in boundaries.indices {
            guard let f = surface(between, { $0.spread[k].forward }), let b = surface(between, { $0.spread[k].backward }) else {
                return nil
            }
            spread.append(.init(forward: f, backward: b))
        }
        guard let redox = surface(shape, \.redox), let forward = surface(shape, \.forward),
            let backward = surface(shape, \.backward), let loss = surface(slow, \.loss), let back = surface(slow, \.back),
            let current = surface(shape, \.current)
        else { return nil }
        let planes = looks.map(\.plane)
        return .init(
            redox: redox, forward: forward, backward: backward, loss: loss, back: back, current: current,
            planes: (planes.min() ?? 0)...(planes.max() ?? 0), spread: spread)
    }
}
