import CompactModel

extension FigureData {
    /// What the device figures draw of a campaign.
    package init(_ c: Characterisation) {
        self.init()
        func samples(_ points: [Characterisation.Point]) -> [Sample] {
            points.map { Sample(time: $0.time, value: $0.value) }
        }
        loops = c.loops.map { SweepLoop(cycle: $0.cycle, voltage: $0.voltage, current: $0.current) }
        // Fig. 2c draws the first train: the only one that starts from the base state.
        if let first = c.trains.first {
            setTrain.duringTrain = samples(first.course)
            setTrain.decay = samples(first.wait)
            setTrain.before = c.baseConductance
        }
        if let last = c.trains.last, last.train != c.trains.first?.train {
            setTrain.lastDecay = samples(last.wait)
        }
        setTrain.retention = samples(c.retention)
        shortTerm.conductance = samples(c.shortTerm.course)
        shortTerm.pulses = c.shortTerm.pulses.map {
            ShortTermRun.Mark(
                time: $0.time, amplitude: $0.amplitude, width: $0.width, deltaConductance: $0.deltaConductance)
        }
        responses = c.map.map {
            PulseResponse(
                amplitude: $0.amplitude, width: $0.width, deltaConductance: $0.deltaConductance, energy: $0.energy,
                trace: samples($0.course))
        }
        if let mechanism = c.mechanism {
            let before = mechanism.profiles[0]
            profiles = mechanism.profiles.enumerated().map { k, profile in
                Profile(
                    name: profile.name, position: profile.position, bandEdge: profile.bandEdge, vacancies: profile.vacancies,
                    fields: profile.fields, resistance: profile.resistance, totalResistance: profile.totalResistance,
                    leftShareOfChange: k == 0 ? nil : profile.leftShareOfChange(since: before))
            }
            decayWithTransport = samples(mechanism.decay)
            decayWithoutTransport = samples(mechanism.decayWithoutTransport)
        }
        decayTimes = c.decayTimes.map {
            DecayTime(amplitude: $0.amplitude, width: $0.width, bias: $0.bias, tau: $0.tau)
        }
        decays = c.decays.map { DecayCurve(bias: $0.bias, samples: samples($0.course)) }
    }

    /// The streams that the figure draws: those on the base state.
    package mutating func add(_ tests: [StreamTest]) {
        streams = tests.filter { $0.level == 0 }.map { test in
            Stream(
                name: test.name, time: test.moments.map(\.time), device: test.moments.map(\.device),
                linear: test.moments.map(\.linear),
                state: test.moments.map(\.state), linearError: test.linear.relative, stateError: test.state.relative)
        }
    }
}
