import DeviceModel
import Essentials
import Foundation
import TestSupport
import Testing

@testable import CompactModel

/// W, F and Lambda of measurements: what is missing is named.
@Suite struct MeasurementTests {
    /// dF = 2 nS (V - 1) sqrt(w / 100 us), E = 40 pJ dF^1.5, tau = exp(1 + 2 V) s.
    static func example() -> Measurements {
        var m = Measurements()
        for v in [2, 2.5, 3, 3.5] {
            for w in [20e-6, 100e-6, 500e-6] {
                let step = 2e-9 * (v - 1) * (w / 1e-4).squareRoot()
                m.pulses.append(.init(amplitude: v, width: w, step: step, energy: 40e-12 * pow(step * 1e9, 1.5)))
            }
        }
        for bias in [-0.6, -0.3, 0, 0.3, 0.6] {
            m.decays.append(
                .init(bias: bias, amplitude: 3.5, width: 500e-6, times: [], values: [], tau: exp(1 + 2 * bias), residual: 0))
        }
        m.reads = [0: 12e-9, 1: 13e-9]
        return m
    }

    func synapse(_ m: Measurements, _ other: SynapseModel? = nil) throws -> (SynapseModel, [String]) {
        try m.synapse(readVoltage: 0.6, device: "mine", digest: "ab", other: other)
    }

    @Test func everythingIsThere() throws {
        let (s, missing) = try synapse(Self.example())
        #expect(missing == ["no temperatures: peak_temperature_K of the map is 0"])
        #expect(abs(s.energy.exponent - 1.5) < 1e-9 && s.update.points.count == 12 && s.levels.count == 1)
        #expect(abs(LinearSynapse(s).decayTime(at: 0.3) / exp(1.6) - 1) < 1e-9)
        let read = try SynapseModel(YAML(parsing: s.yaml, source: "s"))
        #expect(read.weightMap.minimumConductance == s.weightMap.minimumConductance)
    }

    /// A cell that was not measured comes from the others, within 2 % where ln dF is nearly straight, and is named.
    @Test func aMissingCellIsFilledAndNamed() throws {
        var m = Self.example()
        let left = m.pulses.remove(at: 7)
        let (s, missing) = try synapse(m)
        #expect(missing.contains { $0.hasPrefix("no dF, 3 V, 100 us: ") })
        let filled = try #require(s.update.points.first { $0.amplitude == 3 && $0.width == 100e-6 })
        #expect(abs(filled.deltaConductance / left.step - 1) < 0.02)
        #expect(abs(filled.energy / (40e-12 * pow(filled.deltaConductance * 1e9, 1.5)) - 1) < 1e-6)
    }

    @Test func whatIsMissingIsAnErrorWithoutADevice() throws {
        func key(_ change: (inout Measurements) -> Void) throws -> InputError? {
            var m = Self.example()
            change(&m)
            return #expect(throws: InputError.self) { try synapse(m) }
        }
        #expect(try key { $0.reads[0] = nil }?.key == "conductance_nS")
        #expect(try key { $0.decays.removeLast(2) }?.problem.contains("decays at 3 biases") == true)
        #expect(try key { $0.pulses = [$0.pulses[0]] }?.key == "delta_F_nS")
        #expect(try key { for k in $0.pulses.indices { $0.pulses[k].energy = nil } }?.key == "energy_pJ")
        #expect(try key { $0.pulses = [$0.pulses[0], $0.pulses[4]] }?.problem.contains("too few for a surface") == true)
    }

    /// With a device its numbers stand in, and each is named.
    @Test func aDeviceStandsIn() throws {
        let other = try #require(
            SynapseModel(try ReferenceCampaign.result.get(), readVoltage: 0.6, device: "T", deviceDigest: "ab"))
        var m = Self.example()
        m.reads = [:]
        m.decays.removeFirst(3)
        for k in m.pulses.indices { m.pulses[k].energy = nil }
        let (s, missing) = try synapse(m, other)
        #expect(s.weightMap.minimumConductance == other.weightMap.minimumConductance && s.decay.points.count >= 12)
        for words in ["no read of the base state", "decays at 2 biases", "have no energy_pJ", "no read after a SET train"] {
            #expect(missing.contains { $0.contains(words) }, "\(words): \(missing)")
        }
    }

    @Test func theSectionReadsBack() throws {
        var (s, _) = try synapse(Self.example())
        s.ambient = 310
        s.measured = .init(
            seed: 7,
            heldOut: [
                .init(name: "dF, 2 V, 20 us", linear: 0.25, state: nil), .init(name: "tau \"x\"", linear: -0.5, state: 0.125),
            ],
            missing: ["no \"this\""])
        let read = try SynapseModel(YAML(parsing: s.yaml, source: "s"))
        #expect(read.measured == s.measured && read.ambient == 310)
        s.measured = .init(seed: 1, heldOut: [], missing: [])
        #expect(try SynapseModel(YAML(parsing: s.yaml, source: "s")).measured == s.measured)
    }

    /// Currents of the default device: above G V of a frozen read only by what the sweep leaves, pulses rising with V.
    @Test func currentsFromTheBaseState() throws {
        let device = try DeviceDescription.load(path: Repository.path("Materials/pt-sto-ti.yaml")).device
        let found = try Campaign(device).currents(amplitudes: [2, 3])
        #expect(found.map(\.voltage) == Campaign.sweptVoltages + [2, 3])
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.current < $1.current })
        let read = try #require(found.first { $0.voltage == 0.6 })
        #expect(abs(read.current / (12.23e-9 * 0.6) - 1) < 0.05)
        #expect(found.filter(\.isPulse).count == 2 && found[0].current < 0)
    }
}
