import DeviceModel
import Essentials

extension Characterisation {
    /// The layer at one moment, node by node from the left contact.
    public struct Profile: Sendable, Equatable {
        /// What the moment is called, and its time after the pulse, s (-1: before it).
        public var name: String
        /// Time after the pulse, s.
        public var time: Double
        /// Conduction band edge without the image force over the Fermi level of the right contact, eV; vacancies, 1/m3.
        public var bandEdge, vacancies: [Double]
        /// Where the resistance of a read at this moment lies, every ion where it is; at the end of a pulse: behind its falling edge.
        public var read: ReadResistance

        /// Positions of the nodes, m.
        public var position: [Double] { read.position }
        /// Resistance of a read from the left metal to every node, Ohm.
        public var resistance: [Double] { read.cumulative }
        /// Resistance of a read of the whole device, Ohm.
        public var totalResistance: Double { read.total }

        /// How much of a read's change since `before` lies in the half of the layer at the left contact, with that contact.
        public func leftShareOfChange(since before: Profile) -> Double { read.leftShareOfChange(since: before.read) }

        /// Electric field between each node and the next, V/m, positive towards the right.
        public var fields: [Double] {
            position.indices.dropLast().map { (bandEdge[$0 + 1] - bandEdge[$0]) / (position[$0 + 1] - position[$0]) }
        }
    }

    /// Profiles around the decay pulse, and F (S) after it as it is and where nothing moves in the layer from the base state on.
    public struct Mechanism: Sendable, Equatable {
        /// In the order of time; the first is before the pulse.
        public var profiles: [Profile]
        /// F at the read voltage, evenly spaced in log t.
        public var decay, decayWithoutTransport: [Point]
    }

    /// Decay times at the biases at which more than one pulse was followed by a decay, in the order of bias (falling) and pulse.
    public var decayTimes: [PulsedDecay] {
        let biases = Set(probes.decays.map(\.bias))
        return (probes.decays + decays.filter { biases.contains($0.bias) }.map(\.time)).sorted {
            ($1.bias, $0.amplitude, $0.width) < ($0.bias, $1.amplitude, $1.width)
        }
    }

    /// One row per moment and node.
    var profileTable: Table {
        struct Row { let name: String, time, position, edge, density: Double, field: Double? }
        let rows = (mechanism?.profiles ?? []).flatMap { profile in
            let fields = profile.fields
            return profile.position.indices.map {
                Row(
                    name: profile.name, time: profile.time, position: profile.position[$0] * 1e9, edge: profile.bandEdge[$0],
                    density: profile.vacancies[$0], field: $0 < fields.count ? fields[$0] : nil)
            }
        }
        return Table(
            rows,
            columns: [
                ("moment", { $0.name }), ("time_s", { $0.time }), ("position_nm", { $0.position }),
                ("band_edge_eV", { $0.edge }), ("vacancies_per_m3", { $0.density }), ("field_to_next_V_per_m", { $0.field }),
            ])
    }

    /// One row per moment and node, and one behind the right contact; the resistance from the left metal to there.
    var resistanceTable: Table {
        struct Row { let name: String, time, position, resistance, share: Double, ofChange: Double? }
        let profiles = mechanism?.profiles ?? []
        let rows = profiles.enumerated().flatMap { k, profile in
            let (now, before) = (profile.read, profiles[0].read)
            let points = zip(now.position, zip(now.cumulative, before.cumulative)).map { ($0, $1.0, $1.1) }
            return (points + [(now.position.last ?? 0, now.total, before.total)]).map { x, resistance, old in
                Row(
                    name: profile.name, time: profile.time, position: x * 1e9, resistance: resistance,
                    share: resistance / now.total, ofChange: k == 0 ? nil : (resistance - old) / (now.total - before.total))
            }
        }
        return Table(
            rows,
            columns: [
                ("moment", { $0.name }), ("time_s", { $0.time }), ("position_nm", { $0.position }),
                ("resistance_Ohm", { $0.resistance }), ("share", { $0.share }), ("share_of_change", { $0.ofChange }),
            ])
    }

    /// One row per bias and pulse.
    var decayTimeTable: Table {
        Table(
            decayTimes,
            columns: [
                ("bias_V", { $0.bias }), ("amplitude_V", { $0.amplitude }), ("width_us", { $0.width * 1e6 }),
                ("tau_s", { $0.tau }), ("fit_rms", { $0.residual }),
            ])
    }
}

extension Characterisation.DecayRun {
    /// Its decay time, with pulse and bias.
    public var time: Characterisation.PulsedDecay {
        .init(amplitude: amplitude, width: width, bias: bias, tau: tau, residual: residual)
    }
}
