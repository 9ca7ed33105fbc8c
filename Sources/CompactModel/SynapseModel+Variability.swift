import Essentials
import Foundation

extension SynapseModel {
    /// How devices of one design differ from one another and from pulse to pulse, as an ensemble of them showed.
    ///
    /// Spreads are standard deviations over means; conductances in S. In `synapse.yaml` the section `variability`, which a
    /// file may leave out.
    public struct Variability: Equatable, Sendable {
        /// Devices that were measured.
        public var devices: Int
        /// Spread of G_min.
        public var conductance: Double
        /// Spread of dF: the root mean square over the cells of the map.
        public var step: Double
        /// Spread of tau: the root mean square over the biases.
        public var decayTime: Double
        /// Standard deviation of dF from pulse to pulse on one device, S; 0 where it was not measured (the paper: 0.9 nS at
        /// most).
        public var stepNoise: Double
        /// Standard deviation of a read on one device, S; 0 where it was not measured.
        public var readNoise: Double
        /// Spread of dF cell by cell.
        public var cells: [CellSpread]
        /// Spread of tau bias by bias.
        public var decays: [DecaySpread]

        /// Spread of dF after one pulse.
        public struct CellSpread: Equatable, Sendable {
            /// V, s, standard deviation over mean.
            public var amplitude, width, spread: Double
            /// `amplitude` in V, `width` in s.
            public init(amplitude: Double, width: Double, spread: Double) {
                (self.amplitude, self.width, self.spread) = (amplitude, width, spread)
            }
        }

        /// Spread of tau at one bias.
        public struct DecaySpread: Equatable, Sendable {
            /// V, standard deviation over mean.
            public var bias, spread: Double
            /// `bias` in V.
            public init(bias: Double, spread: Double) { (self.bias, self.spread) = (bias, spread) }
        }

        /// Spreads and noises; step and decay time are the root mean squares of `cells` and `decays`.
        public init(
            devices: Int, conductance: Double, cells: [CellSpread], decays: [DecaySpread], stepNoise: Double = 0,
            readNoise: Double = 0
        ) {
            func mean(_ spreads: [Double]) -> Double {
                (spreads.reduce(0) { $0 + $1 * $1 } / Double(max(spreads.count, 1))).squareRoot()
            }
            (self.devices, self.conductance, self.cells, self.decays) = (devices, conductance, cells, decays)
            (self.stepNoise, self.readNoise) = (stepNoise, readNoise)
            (step, decayTime) = (mean(cells.map(\.spread)), mean(decays.map(\.spread)))
        }

        /// The section of a file.
        var yaml: String {
            func r(_ value: Double) -> String { PhysicalUnit.shortest(Double(String(format: "%.9g", value)) ?? value) }
            var text = """
                variability:                    # of devices of this design: standard deviation over mean
                  devices: \(devices)
                  conductance: \(r(conductance))
                  step: \(r(step))
                  decay_time: \(r(decayTime))
                  step_noise: {value: \(r(stepNoise * 1e9)), unit: nS}   # of one device, from pulse to pulse
                  read_noise: {value: \(r(readNoise * 1e9)), unit: nS}
                  cell_columns: [amplitude_V, width_us, spread]
                  cells: [\(cells.map { "[\(r($0.amplitude)), \(r($0.width * 1e6)), \(r($0.spread))]" }.joined(separator: ", "))]
                  decay_columns: [bias_V, spread]
                  decays: [\(decays.map { "[\(r($0.bias)), \(r($0.spread))]" }.joined(separator: ", "))]

                """
            if text.hasSuffix("\n\n") { text.removeLast() }
            return text
        }

        /// Reads the section; throws `InputError` naming file, line, key and range.
        init(_ section: YAML) throws(InputError) {
            _ = try section.mapping(known: [
                "devices", "conductance", "step", "decay_time", "step_noise", "read_noise", "cell_columns", "cells",
                "decay_columns", "decays",
            ])
            func noise(_ key: String) throws(InputError) -> Double {
                guard let node = section[key] else { return 0 }
                let value = try node.quantity(.conductance)
                guard (0...1e-3).contains(value) else {
                    throw node.error("is out of range", value: "\(value) S", expected: "0 ... 1e-3 S")
                }
                return value
            }
            func spreads(_ key: String, _ columns: Int) throws(InputError) -> [[Double]] {
                section[key] == nil ? [] : try section.table(key, columns: columns)
            }
            let devices = try section.required("devices").integer()
            guard devices >= 1 else {
                throw try section.required("devices").error("is out of range", value: "\(devices)", expected: "1 or more")
            }
            self.init(
                devices: devices, conductance: try section.number("conductance", in: 0...10),
                cells: try spreads("cells", 3).map { .init(amplitude: $0[0], width: $0[1] / 1e6, spread: $0[2]) },
                decays: try spreads("decays", 2).map { .init(bias: $0[0], spread: $0[1]) },
                stepNoise: try noise("step_noise"), readNoise: try noise("read_noise"))
            step = try section.number("step", in: 0...2)
            decayTime = try section.number("decay_time", in: 0...2)
        }
    }
}
