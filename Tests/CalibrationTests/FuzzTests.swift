import DeviceModel
import Simulation
import TestSupport
import Testing

@testable import Calibration

struct FuzzTests {
    @Test("150 random devices: each run ends in a trace or a named stop, nothing is NaN, the inventory is kept to 1e-9")
    func sample() throws {
        let summary = try Fuzz(runs: 150, seed: 7).run()
        #expect(summary.faults.isEmpty, "\(summary.faults.map { "\($0.index): \($0.faults)" })")
        #expect(summary.largest_drift < 1e-9)
        #expect(summary.least_density >= Fuzz.densityLimit && summary.least_density < 1)
        #expect(summary.endings["finished", default: 0] > 50)
        // A device that forms, or a protocol that asks for what no voltage gives, is no numerical error.
        for example in summary.examples {
            #expect((example.suspect == nil) == [.electroforming, .outOfRange].contains(example.ending), "\(example)")
        }
    }

    @Test("The same seed gives the same runs")
    func repeatable() throws {
        #expect(try Fuzz(runs: 12, seed: 3).run() == Fuzz(runs: 12, seed: 3).run())
        #expect(try Fuzz(runs: 12, seed: 3).run() != Fuzz(runs: 12, seed: 4).run())
    }

    @Test("A state with a negative density is seen, in a sheet and in the layer")
    func negativeDensity() throws {
        let device = AssembledDevice(DeviceParameters())
        var state = device.freshState()
        #expect(device.leastDensity(state) >= 0)
        state.unknowns[device.layout[.vacancies, 3]] = -1e25
        #expect(device.leastDensity(state) < Fuzz.densityLimit)
        state = device.freshState()
        state.unknowns[1] = -1e9
        #expect(device.leastDensity(state) < Fuzz.densityLimit)
    }

    @Test(
        "A numerical error names the parameter to look at: of those in the equation of its unknown, the one farthest from a working device"
    )
    func suspects() throws {
        var p = DeviceParameters()
        p.redoxPotential = -3
        p.vacancyDiffusivity *= 1e-3
        #expect(Suspect(.stepTooSmall(unknown: "a sheet at the contact"), p)?.key == "redox_potential")
        #expect(Suspect(.newton(lastCorrection: 1, unknown: "c at node 3"), p)?.key == "vacancy_diffusivity")
        let text = try #require(Suspect(.stepTooSmall(unknown: "c"), p)?.text)
        #expect(text.contains("vacancy_diffusivity") && text.contains("3.0 decades"), "\(text)")
        #expect(Suspect(.electroforming(detail: ""), p) == nil)
    }

    @Test("A device of almost no vacancies keeps its inventory (seed 1, run 278: lost with its first step before)")
    func littleInventory() {
        let outcome = Fuzz(runs: 1, seed: 1).trial(278)
        #expect(outcome.faults.isEmpty, "\(outcome)")
    }

    @Test("Random devices move every number that the default device has")
    func everyNumberIsDrawn() throws {
        let shipped = try DeviceDescription.load(path: Repository.path("Materials/pt-sto-ti.yaml"))
        let drawn = (0..<300).map { RandomTrial(seed: $0).parameters }.filter { $0.hop == .activated }
        #expect((100...200).contains(drawn.count))
        let off = Set(ParameterSpecification.tunnelling.map(\.key))
        for short in try shipped.shortEntries where !off.contains(short.key) {
            let values = Set(drawn.map { $0[keyPath: short.specification.path] })
            #expect(values.count > 50, "\(short.key)")
        }
        // A gap of less than an atom is a device of its own only where it is none.
        #expect(drawn.count { $0.planeDistance > 0.1e-9 } > drawn.count / 2)
        #expect(drawn.contains { $0.permittivityField == .infinity } && drawn.contains { $0.planeDistance == 0 })
    }

    @Test("What draws near the default device start from is that device within a factor of two")
    func roundNumbersAreNear() throws {
        let shipped = try DeviceDescription.load(path: Repository.path("Materials/pt-sto-ti.yaml")).parameters
        let round = RandomTrial.working[1]
        #expect(round.hop == shipped.hop)
        let unused = RandomTrial.unused(.activated)
        for s in ParameterSpecification.all where !unused.contains(s.key) && s.section != "traps" {
            let (a, b) = (round[keyPath: s.path], shipped[keyPath: s.path])
            #expect(a == b || (0.5...2).contains(a / b), "\(s.key): \(a) and \(b)")
        }
    }
}
