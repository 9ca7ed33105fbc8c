import Essentials

extension Characterisation {
    /// The layer at one moment, node by node from the left contact.
    public struct Profile: Sendable, Equatable {
        /// What the moment is called, and its time after the pulse, s (-1: before it).
        public var name: String
        /// Time after the pulse, s.
        public var time: Double
        /// m; conduction band edge without the image force over the Fermi level of the right contact, eV; vacancies, 1/m3.
        public var position, bandEdge, vacancies: [Double]
    }

    /// Profiles around the decay pulse, and F (S) after it as it is and where nothing moves in the layer from the base state on.
    public struct Mechanism: Sendable, Equatable {
        /// In the order of time.
        public var profiles: [Profile]
        /// F at the read voltage, evenly spaced in log t.
        public var decay, decayWithoutTransport: [Point]
    }

    /// One row per moment and node.
    var profileTable: Table {
        struct Row { let name: String, time, position, edge, density: Double }
        let rows = (mechanism?.profiles ?? []).flatMap { profile in
            profile.position.indices.map {
                Row(
                    name: profile.name, time: profile.time, position: profile.position[$0] * 1e9, edge: profile.bandEdge[$0],
                    density: profile.vacancies[$0])
            }
        }
        return Table(
            rows,
            columns: [
                ("moment", { $0.name }), ("time_s", { $0.time }), ("position_nm", { $0.position }),
                ("band_edge_eV", { $0.edge }),
                ("vacancies_per_m3", { $0.density }),
            ])
    }
}
