import Essentials
import Foundation

extension SynapseModel {
    /// How far the reduction is from the device it came from, on streams of pulses that no fit saw.
    public struct Reduction: Equatable, Sendable {
        /// Seed of the streams.
        public var seed: UInt64
        /// One row a stream.
        public var streams: [Stream]

        /// One stream: what it was, and the errors of both models.
        public struct Stream: Equatable, Sendable {
            /// Such as "mixed".
            public var name: String
            /// SET trains before it; W and the largest F, S.
            public var trains: Int
            /// W and the largest F, S.
            public var weight, largest: Double
            /// Errors of W, F and Lambda, and of the state model.
            public var linear, state: StreamTest.Errors
        }

        /// The rows of tests.
        public init(seed: UInt64, _ tests: [StreamTest]) {
            self.seed = seed
            streams = tests.map {
                Stream(
                    name: $0.name, trains: $0.level, weight: $0.weight, largest: $0.moments.map(\.device).max() ?? 0,
                    linear: $0.linear, state: $0.state)
            }
        }

        init(seed: UInt64, streams: [Stream]) {
            self.seed = seed
            self.streams = streams
        }

        /// The largest relative error of the state model over streams at one bias, and over those whose bias changes.
        ///
        /// Streams whose F stays below 1 nS do not count: there a per cent is less than the read resolves.
        public var stateErrors: (oneBias: Double?, changingBias: Double?) {
            let counted = streams.filter { $0.largest >= 1e-9 }
            func most(_ changing: Bool) -> Double? {
                counted.filter { $0.name.contains("changing") == changing }.map(\.state.relative).max()
            }
            return (most(false), most(true))
        }

        /// The largest relative error of W, F and Lambda over the streams of this name.
        public func linearError(of name: String) -> Double? { streams.filter { $0.name == name }.map(\.linear.relative).max() }

        static let columns = [
            "trains", "W_nS", "largest_F_nS", "linear_error", "linear_bias", "linear_energy", "linear_worst_nS",
            "linear_worst_s",
            "state_error", "state_bias", "state_energy", "state_worst_nS", "state_worst_s",
        ]

        /// The section of `synapse.yaml`.
        var yaml: String {
            func r(_ value: Double) -> String { PhysicalUnit.shortest(Double(String(format: "%.6g", value)) ?? value) }
            func errors(_ e: StreamTest.Errors) -> [Double] { [e.relative, e.bias, e.energy, e.worst * 1e9, e.worstTime] }
            var text = """
                reduction:                      # models against the device on pulse streams of no fit: rms of the error of F over rms of F,
                  seed: \(seed)                       # mean F and pulse energy over the device's (less 1), the largest error and when
                  columns: [\(Self.columns.joined(separator: ", "))]
                  streams:

                """
            for s in streams {
                let numbers = [Double(s.trains), s.weight * 1e9, s.largest * 1e9] + errors(s.linear) + errors(s.state)
                text += "    - {name: \(YAML.quoted(s.name)), row: [\(numbers.map(r).joined(separator: ", "))]}\n"
            }
            return text
        }

        init(_ section: YAML) throws(InputError) {
            var streams: [Stream] = []
            for item in try section.required("streams").list() {
                let cells = try item.required("row")
                let x = try cells.list().map { cell throws(InputError) in try cell.double() }
                guard x.allSatisfy({ abs($0) <= 1e15 }) else {
                    throw cells.error("has a number out of range", expected: "numbers within -1e15 ... 1e15")
                }
                guard x.count == Self.columns.count else {
                    throw cells.error(
                        "has \(x.count) numbers", expected: "\(Self.columns.count): \(Self.columns.joined(separator: ", "))")
                }
                func errors(_ k: Int) -> StreamTest.Errors {
                    .init(relative: x[k], bias: x[k + 1], energy: x[k + 2], worst: x[k + 3] / 1e9, worstTime: x[k + 4])
                }
                streams.append(
                    Stream(
                        name: try item.required("name").string(), trains: Int(clamped: x[0]), weight: x[1] / 1e9,
                        largest: x[2] / 1e9,
                        linear: errors(3), state: errors(8)))
            }
            self.init(seed: try section.seed("seed"), streams: streams)
        }
    }
}
