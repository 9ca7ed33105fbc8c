import DeviceModel
import FiniteVolume
import LinearAlgebra
import Protocols

/// Changes between quasi-stationary electrons and electrons with their charge, device by device.
extension EnsembleGroup {
    /// The path with three unknowns a node; nil where the devices have no electrons to give.
    func chargedPath() -> Path? {
        if let charged { return charged }
        let twins = plain.system.devices.compactMap { $0.withElectrons() }
        guard twins.count == plain.system.devices.count, let system = DeviceEnsemble(twins, withElectrons: true) else {
            return nil
        }
        let made = Path(system, initial: [Double](repeating: 0, count: system.unknowns), wallResolution: 1)
        // The same copies in the same lanes.
        for (lane, occupant) in plain.system.occupants.enumerated() where system.occupants[lane] != occupant {
            system.replace([lane], by: occupant, in: made.between.row)
        }
        system.ambientTemperature = plain.system.ambientTemperature
        system.keptInventory = plain.system.keptInventory
        charged = made
        return made
    }

    /// The unknowns of a device by the law that its electrons obey at present: psi, n and c, or psi and c alone.
    func unknowns(_ lane: Int, of u: Row) -> [Double] {
        let all = ensemble.unknowns(lane: lane, of: u)
        return ensemble.layout.hasElectrons && !charging.contains(lane)
            ? DeviceEnsemble.without(electrons: all, ensemble.layout) : all
    }

    /// Unknowns of either law as the present path holds them.
    func fitted(_ unknowns: [Double]) -> [Double] {
        let layout = ensemble.layout
        return unknowns.count == layout.count || !layout.hasElectrons
            ? unknowns : DeviceEnsemble.withRoom(forElectrons: unknowns, layout)
    }

    /// First-order effect of the electrons' charge on one device's current at `u`, at the present voltage and temperature.
    func neglectedCharge(_ u: Row, _ lane: Int) -> Double {
        let (device, one) = (plain.system.devices[lane], RealStorage(unknowns(lane, of: u)))
        device.restore(temperature: ensemble.temperature[lane], voltage: ensemble.voltage[lane])
        return withExtendedLifetime(one) { device.neglectedCharge(one.row) }
    }

    /// Devices on a steep rise whose charge is bound to count a step or two later than that of those who want it now: every change makes all
    /// begin again at first order, so that they change together. Bound to: half of the threshold is reached, and the voltage has as far
    /// to go as makes the current, and the effect with it, several times as large.
    func soonWanting(_ segments: [Segment]) -> Set<Int> {
        let (u, level) = (integrator.solution, ensemble.voltage)
        return Set(
            active.filter { lane in
                let (now, end) = (level[lane], segments[lane].to)
                guard !charging.contains(lane), now * end > 0, abs(end) > abs(now) + Self.farther else { return false }
                let threshold = chargeThreshold * ChargeWatch.share(voltage: now)
                return abs(neglectedCharge(u, lane)) > 0.5 * threshold
            })
    }

    /// V: more than an e-fold of the current near the threshold.
    private static let farther = 0.7

    /// Goes over to electrons with charge in `which`, at `local` seconds into the segments; who does not come to balance has to leave.
    func takeCharge(of which: Set<Int>, at local: Double, _ segments: [Segment]) {
        guard let next = chargedPath() else {
            leaving.formUnion(which)
            return
        }
        let (temperature, level) = (
            ensemble.temperature, lanes(segments) { $0.from + ($0.to - $0.from) / $0.duration * local }
        )
        let u = next.between.row
        if path === plain {
            let present = integrator.solution
            for lane in 0..<Lanes.scalarCount {
                next.system.put(
                    DeviceEnsemble.withRoom(forElectrons: ensemble.unknowns(lane: lane, of: present), next.system.layout),
                    lane: lane, into: u)
            }
        } else {
            u.assign(integrator.solution)
        }
        let fresh = path === plain ? Set(next.system.devices.indices) : which
        next.system.charge(charging.union(which))
        next.system.restore(temperature: temperature, voltage: level)
        next.system.drive(from: level, rate: Lanes(repeating: 0), at: 0)
        next.system.prepare(time: 0)
        next.system.solveElectrons(u, of: fresh)
        do {
            try next.system.makeConsistent(u)
        } catch {
            next.system.charge(charging)
            leaving.formUnion(which)
            ensemble.restore(temperature: temperature, voltage: level)
            return
        }
        charging.formUnion(which)
        next.integrator.reset(to: u, time: local)
        next.integrator.restart(step: max(0.1 * lastStep, 1e-9 * min(segments[0].duration, 1)))
        path = next
    }

    /// At a corner: back to quasi-stationary electrons in those devices where their charge counts for a fifth of the threshold at most.
    func settlePath() {
        guard path !== plain else { return }
        let u = path.between.row
        u.assign(integrator.solution)
        var (temperature, settled) = (ensemble.temperature, Set<Int>())
        let (layout, ambient) = (plain.system.layout, ensemble.ambientTemperature)
        for lane in active where charging.contains(lane) {
            let (device, level) = (plain.system.devices[lane], voltage[lane])
            let one = RealStorage(count: layout.count)
            if device.ambientTemperature != ambient[lane] { device.ambientTemperature = ambient[lane] }
            device.restore(temperature: temperature[lane], voltage: level)
            let values = ensemble.unknowns(lane: lane, of: u)
            guard (try? device.adopt(values, of: ensemble.layout, into: one.row, voltage: level)) != nil else { continue }
            device.drive(from: level, rate: 0, at: 0)
            device.prepare(time: 0)
            guard (try? device.settleHeat(one.row)) != nil,
                abs(device.neglectedCharge(one.row)) <= 0.2 * chargeThreshold * ChargeWatch.share(voltage: level)
            else { continue }
            settled.insert(lane)
            let back = DeviceEnsemble.withRoom(forElectrons: one.values, ensemble.layout)
            for (place, occupant) in ensemble.occupants.enumerated() where occupant == lane {
                ensemble.put(back, lane: place, into: u)
                temperature[place] = device.temperature
            }
        }
        guard !settled.isEmpty else { return }
        charging.subtract(settled)
        if charging.isDisjoint(with: active) {
            charging = []
            let next = plain.between.row
            for lane in 0..<Lanes.scalarCount {
                plain.system.put(
                    DeviceEnsemble.without(electrons: ensemble.unknowns(lane: lane, of: u), ensemble.layout), lane: lane,
                    into: next)
            }
            path = plain
            integrator.reset(to: next, time: 0)
            ensemble.restore(temperature: temperature, voltage: voltage)
        } else {
            ensemble.charge(charging)
            ensemble.restore(temperature: temperature, voltage: voltage)
            ensemble.solveElectrons(u, of: settled)
            integrator.reset(to: u, time: 0)
        }
    }

    /// Frozen-ion conductances at `voltage`, S; not a number where a read has no heat balance. Leaves the states untouched.
    func read(_ u: Row, at asked: Lanes) -> Lanes {
        let level = asked.replacing(with: 1e-6, where: (asked .< 1e-6) .& (asked .> -1e-6))
        let counts = chargeThreshold.isFinite
        guard path !== plain else { return ensemble.frozenRead(u, at: level, countsCharge: counts) / level }
        // Each device by the law that its electrons obey.
        var result = Lanes(repeating: .nan)
        for lane in active {
            let device = charging.contains(lane) ? ensemble.devices[lane] : plain.system.devices[lane]
            let ambient = ensemble.ambientTemperature[lane]
            if device.ambientTemperature != ambient { device.ambientTemperature = ambient }
            device.restore(temperature: ensemble.temperature[lane], voltage: ensemble.voltage[lane])
            let one = RealStorage(unknowns(lane, of: u))
            withExtendedLifetime(one) {
                if let current = try? device.frozenRead(one.row, at: level[lane], countsCharge: counts) {
                    result[lane] = current / level[lane]
                }
            }
        }
        return result
    }

    /// Frozen-ion conductances of the present states at `voltage`, S.
    func read(at asked: Lanes) -> Lanes { read(integrator.solution, at: asked) }
}

extension DeviceEnsemble {
    /// Unknowns of psi, n and c without n.
    static func without(electrons unknowns: [Double], _ layout: Layout) -> [Double] {
        let sheets = layout.sheets.count
        var result = Array(unknowns[..<sheets])
        for node in 0..<layout.nodes {
            let place = sheets + 3 * node
            result.append(unknowns[place])
            result.append(unknowns[place + 2])
        }
        return result
    }

    /// Unknowns of psi and c with n = 0 between them.
    static func withRoom(forElectrons unknowns: [Double], _ layout: Layout) -> [Double] {
        let sheets = layout.sheets.count
        var result = Array(unknowns[..<sheets])
        for node in 0..<layout.nodes {
            let place = sheets + 2 * node
            result += [unknowns[place], 0, unknowns[place + 1]]
        }
        return result
    }
}
