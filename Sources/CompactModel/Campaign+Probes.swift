import DeviceModel
import Foundation
import Protocols
import Simulation

/// Measurements that no figure of the paper shows but its words imply: what a device is held to beside them.
extension Campaign {
    /// dF of one 100 us pulse of each of `levelAmplitudes` (V) on the level where the bench stands, S; the state is put back.
    func measureLevelSteps(_ bench: Bench) throws -> [Double: Double] {
        let simulator = bench.simulator
        let start = simulator.state
        defer { simulator.state = start }
        var steps: [Double: Double] = [:]
        for amplitude in levelAmplitudes {
            simulator.state = start
            let before = try simulator.read()
            try bench.run([
                .pulse(amplitude: amplitude, width: 100e-6, base: readVoltage),
                .hold(voltage: readVoltage, duration: readDelay),
            ])
            steps[amplitude] = try simulator.read() - before
        }
        return steps
    }

    /// Where the forming voltage is sought, V.
    static let formingRange = 3.5...5.5

    /// The least voltage (V) that forms the device within `formingHold`, within `formingRange`, to a tenth of a millivolt: fine enough
    /// for the slopes of a fit. The end of that range where the device forms below or survives it.
    ///
    /// A pulse takes some three hundred steps; one that takes ten times as many lingers at the fold of the heat balance itself, within
    /// some hundredths of a millivolt of the voltage that is sought.
    func findForming(from start: DeviceState, name: String) throws -> Double {
        var trial = self
        trial.options.stepBudget = 3000
        // Every device bisects between voltages of its own.
        trial.seat = nil
        let bench = Bench(try trial.simulator(), name: name)
        var (low, high) = (Self.formingRange.lowerBound, Self.formingRange.upperBound)
        while high - low > 1e-4 {
            let middle = 0.5 * (low + high)
            bench.simulator.state = start
            let trace = bench.attempt([.pulse(amplitude: middle, width: formingHold, base: readVoltage)])
            switch trace.stopped?.cause {
            case nil: low = middle
            case .electroforming: high = middle
            case .stepBudget: return middle
            default: throw CampaignFailure(run: name, reason: trace.stopped?.reason ?? "")
            }
        }
        return 0.5 * (low + high)
    }

    /// How much of the change of a read's resistance by the decay pulse (3.5 V, 500 us) lies in the left half of the layer, its contact
    /// included.
    func measureShare(_ bench: Bench) throws -> Double {
        let simulator = bench.simulator
        let before = try simulator.readResistance()
        try bench.run([
            .pulse(amplitude: decayAmplitude, width: decayWidth, base: readVoltage),
            .hold(voltage: readVoltage, duration: readDelay),
        ])
        return try simulator.readResistance().leftShareOfChange(since: before)
    }

    /// The decay at the read voltage after the decay pulse (3.5 V, 500 us), as it is and where nothing moves in the layer from the base
    /// state on; and where the pulse's vacancies are once F has fallen to 1/e.
    func measureTransport(_ bench: Bench, base: DeviceState) throws -> Characterisation.Transport {
        let simulator = bench.simulator
        let moving = try measureDecay(bench, bias: readVoltage)
        let fall = try fallTime(moving, name: bench.name)

        simulator.state = base
        try bench.run([.hold(voltage: readVoltage, duration: holdBeforeDecay)])
        let before = simulator.device.vacanciesPerPlane(simulator.state)
        try bench.run([
            .pulse(amplitude: decayAmplitude, width: decayWidth, base: readVoltage),
            .hold(voltage: readVoltage, duration: fall),
        ])
        let after = simulator.device.vacanciesPerPlane(simulator.state)
        let gained = zip(after, before).reduce(0) { $0 + $1.0 - $1.1 }

        return .init(
            tau: moving.tau, tauWithout: try decayWithoutTransport(base, name: bench.name).tau, fallTime: fall,
            beyondFirstPlane: 1 - (after[0] - before[0]) / gained)
    }

    /// When F is 1/e of what it is at the start of the fit window, s.
    private func fallTime(_ decay: Characterisation.DecayRun, name: String) throws -> Double {
        let course = decay.course.filter { $0.time >= fitStart * 0.999 }
        let level = (course.first?.value ?? 0) / M_E
        guard let k = course.indices.dropFirst().first(where: { course[$0].value <= level }) else {
            throw CampaignFailure(run: name, reason: "F does not fall to 1/e within \(fitEnd) s")
        }
        let (a, b) = (course[k - 1], course[k])
        return a.time + (a.value - level) / (a.value - b.value) * (b.time - a.time)
    }
}
