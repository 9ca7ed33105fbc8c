import Testing

@testable import NeuralNetwork

/// Forward pass against float64 golden results: Docs/network.md, "Cell". Tolerance 1e-5 absolute: float32 rounding of
/// values of order 1 to 20 over 12 steps stays below it.
@Suite struct ForwardFixtureTests {
    @Test(arguments: Fixture.cells) func everyStepAgrees(name: String) throws {
        let fixture = try Fixture(name)
        let shape = fixture.shape
        let agent = try ActorCritic(parameters: try fixture.parameters(), constraints: fixture.constraints)
        let state = try fixture.initialState()
        let pixels = try fixture.observations()
        let resets = try fixture.resets()
        let (h, f) = (try fixture.doubles("h"), try fixture.doubles("F"))
        let (features, norms) = (try fixture.doubles("features"), try fixture.doubles("n"))
        let (logits, values) = (try fixture.doubles("logits"), try fixture.doubles("values"))
        let (logp, entropy) = (try fixture.doubles("logp"), try fixture.doubles("entropy"))
        let actions = try fixture.file.tensor("actions").elements(as: Int32.self)
        let batch = fixture.batch

        for t in 0..<fixture.steps {
            for e in 0..<batch where resets[t * batch + e] { state.reset(environment: e) }
            let size = batch * shape.observations
            let output = agent.step(observations: Array(pixels[t * size..<(t + 1) * size]), state: state)
            func part(_ all: [Double], _ each: Int) -> ArraySlice<Double> { all[t * batch * each..<(t + 1) * batch * each] }
            #expect(distance(agent.features(environments: batch), part(features, shape.features)) < 1e-5)
            #expect(distance(agent.n.read(0..<batch * shape.units), part(norms, shape.units)) < 1e-5)
            #expect(distance(output.logits, part(logits, shape.actions)) < 1e-5)
            #expect(distance(output.values, part(values, 1)) < 1e-5)
            for e in 0..<batch {
                let at = t * batch + e
                #expect(distance(state.hidden(environment: e), h[at * shape.units..<(at + 1) * shape.units]) < 1e-5)
                #expect(
                    distance(state.plastic(environment: e), f[at * shape.synapses..<(at + 1) * shape.synapses]) < 1e-5)
                let logs = Policy.logProbabilities(output.logits(environment: e))
                #expect(abs(logs[Int(actions[at])] - logp[at]) < 1e-5)
                #expect(abs(Policy.entropy(output.logits(environment: e)) - entropy[at]) < 1e-5)
            }
        }
    }

    /// dF / step of every synapse equals the golden integers: no level is off by one.
    @Test func roundedUpdatesAreTheGoldenLevels() throws {
        let fixture = try Fixture("mstpn_quant")
        let agent = try ActorCritic(parameters: try fixture.parameters(), constraints: fixture.constraints)
        let state = try fixture.initialState()
        let pixels = try fixture.observations()
        let golden = try fixture.file.tensor("dF_in_steps").elements(as: Int8.self)
        let resets = try fixture.resets()
        // Environment 0 is never reset in the fixture, so one recorder may follow it.
        try #require(!resets.indices.contains { $0 % fixture.batch == 0 && resets[$0] })
        let recorder = try SynapseRecorder(agent)
        let size = fixture.batch * fixture.shape.observations
        var sums = [Double](repeating: 0, count: fixture.shape.synapses)
        var absolutes = sums
        let weight = try fixture.parameters()[.weight]
        var levelSum = 0
        var trace: [Float] = []
        var weights: [[Float]] = []
        for t in 0..<fixture.steps {
            for e in 0..<fixture.batch where resets[t * fixture.batch + e] { state.reset(environment: e) }
            let g = zip(weight, state.plastic(environment: 0)).map { $0 + $1 }
            weights.append(g)
            for i in g.indices {
                sums[i] += Double(g[i])
                absolutes[i] += Double(abs(g[i]))
            }
            _ = agent.step(observations: Array(pixels[t * size..<(t + 1) * size]), state: state, recorder: recorder)
        }
        let summary = recorder.summary()
        let synapses = fixture.shape.synapses
        var counts: [[Int: UInt32]] = Array(repeating: [:], count: synapses)
        for t in 0..<fixture.steps {
            for i in 0..<synapses {
                let level = abs(Int(golden[t * fixture.batch * synapses + i]))
                if level > 0 { counts[i][level, default: 0] += 1 }
                levelSum += level
            }
        }
        var found: [[Int: UInt32]] = Array(repeating: [:], count: synapses)
        for i in summary.updateSynapse.indices {
            found[Int(summary.updateSynapse[i])][Int(summary.updateLevel[i])] = summary.updateCount[i]
        }
        #expect(found == counts)
        #expect(summary.steps == fixture.steps)
        #expect(zip(summary.sumWeight, sums).allSatisfy { abs($0 - $1) < 1e-4 })
        #expect(zip(summary.sumAbsoluteWeight, absolutes).allSatisfy { abs($0 - $1) < 1e-4 })
        // The history of the largest synapse: its levels and weights are those of the game itself.
        for t in 0..<fixture.steps {
            trace.append(0.5 * Float(golden[t * fixture.batch * synapses + summary.largestSynapse]))
        }
        #expect(summary.largestDeltaF == trace)
        let top = golden.indices.filter { $0 % (fixture.batch * synapses) < synapses }.map { abs(Int(golden[$0])) }.max()
        #expect(trace.map(abs).max() == 0.5 * Float(try #require(top)))
        for t in 0..<fixture.steps { #expect(abs(summary.largestWeight[t] - weights[t][summary.largestSynapse]) < 1e-5) }
    }

    /// `answer` and `move` are `step` in two halves: the same bits, the same account.
    @Test func aStepInTwoHalvesIsTheStep() throws {
        let fixture = try Fixture("mstpn_quant")
        let pixels = try fixture.observations()
        let size = fixture.batch * fixture.shape.observations
        let agents = try (0..<2).map { _ in
            try ActorCritic(parameters: try fixture.parameters(), constraints: fixture.constraints)
        }
        let states = try agents.map { _ in try fixture.initialState() }
        let recorders = try agents.map { try SynapseRecorder($0) }
        for t in 0..<fixture.steps {
            let seen = Array(pixels[t * size..<(t + 1) * size])
            let whole = agents[0].step(observations: seen, state: states[0], recorder: recorders[0])
            let plastic = states[1].plastic(environment: 0)
            let half = agents[1].answer(observations: seen, state: states[1], recorder: recorders[1])
            #expect(whole == half)
            #expect(states[1].plastic(environment: 0) == plastic, "F waits for move")
            agents[1].move(state: states[1], recorder: recorders[1])
            for e in 0..<fixture.batch {
                #expect(states[0].plastic(environment: e) == states[1].plastic(environment: e))
                #expect(states[0].hidden(environment: e) == states[1].hidden(environment: e))
            }
        }
        #expect(recorders[0].summary() == recorders[1].summary())
    }

    /// One environment beside three others gives what it gives alone (to rounding), and a reset forgets everything.
    @Test func environmentsDoNotMixAndResetForgets() throws {
        let fixture = try Fixture("mstpn")
        let shape = fixture.shape
        let agent = try ActorCritic(parameters: try fixture.parameters(), constraints: fixture.constraints)
        let pixels = try fixture.observations()
        let one = shape.observations
        func frame(_ i: Int) -> [Float] { Array(pixels[i * one..<(i + 1) * one]) }
        let together = agent.makeState(environments: 7)
        let alone = agent.makeState(environments: 1)
        for t in 0..<6 {
            let all = agent.step(observations: (0..<7).flatMap { frame((t * 3 + $0) % 24) }, state: together)
            let single = agent.step(observations: frame((t * 3 + 6) % 24), state: alone)
            #expect(distance(all.logits(environment: 6), single.logits.map(Double.init)) < 1e-6)
        }
        together.reset(environment: 6)
        #expect(together.plastic(environment: 6).allSatisfy { $0 == 0 })
        #expect(together.hidden(environment: 6).allSatisfy { $0 == 0 })
        #expect(together.plastic(environment: 5).contains { $0 != 0 })
    }
}

extension ActorCritic {
    /// Features of the last step, [environments][features].
    fileprivate func features(environments: Int) -> [Float] {
        (0..<environments).flatMap { u.read($0 * network.layout.stride..<$0 * network.layout.stride + shape.features) }
    }
}
