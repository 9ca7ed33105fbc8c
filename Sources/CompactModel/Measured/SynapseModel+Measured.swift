import Essentials
import Foundation

extension SynapseModel {
    /// How a synapse came from measurements: what was held out, how far the models are from it, what the data lacked.
    public struct Measured: Equatable, Sendable {
        /// Seed of the choice of what was held out.
        public var seed: UInt64
        /// What no fit saw.
        public var heldOut: [HeldOut]
        /// What the data lacked, and what stands in its place.
        public var missing: [String]

        /// A number or a course that no fit saw.
        public struct HeldOut: Equatable, Sendable {
            /// Such as "dF, 2.5 V, 100 us".
            public var name: String
            /// Model over measurement, less 1; of a course the root mean square of the error of F over that of F. Nil where there is no
            /// such model.
            public var linear, state: Double?
            /// Errors of both models.
            public init(name: String, linear: Double?, state: Double?) {
                (self.name, self.linear, self.state) = (name, linear, state)
            }
        }

        /// From its parts.
        public init(seed: UInt64, heldOut: [HeldOut], missing: [String]) {
            (self.seed, self.heldOut, self.missing) = (seed, heldOut, missing)
        }

        /// The section of a file.
        var yaml: String {
            func r(_ value: Double) -> String { PhysicalUnit.shortest(Double(String(format: "%.6g", value)) ?? value) }
            var text =
                "measured:                       # from measurements; errors on what no fit saw, model over measurement, less 1\n"
            text += "  seed: \(seed)\n  held_out:\(heldOut.isEmpty ? " []" : "")\n"
            for h in heldOut {
                let errors = [("linear", h.linear), ("state", h.state)].compactMap { key, x in x.map { ", \(key): \(r($0))" } }
                text += "    - {name: \(YAML.quoted(h.name))\(errors.joined())}\n"
            }
            text += "  missing:\(missing.isEmpty ? " []" : "")\n"
            return text + missing.map { "    - \(YAML.quoted($0))\n" }.joined()
        }

        init(_ section: YAML) throws(InputError) {
            _ = try section.mapping(known: ["seed", "held_out", "missing"])
            var rows: [HeldOut] = []
            for item in try section.required("held_out").list() {
                rows.append(
                    HeldOut(
                        name: try item.required("name").string(), linear: try item["linear"]?.double(),
                        state: try item["state"]?.double()))
            }
            var lines: [String] = []
            for item in try section.required("missing").list() { lines.append(try item.string()) }
            self.init(seed: UInt64(clamped: try section.number("seed", in: 0...9e15)), heldOut: rows, missing: lines)
        }
    }
}
