import Essentials

extension PongEnvironments {
    /// Everything that the next step depends on, for a run to go on exactly where it was.
    public struct Snapshot: Equatable, Sendable {
        public var emulators: [[UInt8]]
        public var observations: [Float]
        public var generators: [SeededGenerator]
        public var nextNoops, scores, steps: [Int]
        /// The action of each environment's last frame, which sticky actions repeat.
        public var held: [Int32]

        /// The games of `range` alone.
        public subscript(range: Range<Int>) -> Snapshot {
            let size = PongEnvironments.observationSize
            return Snapshot(
                emulators: Array(emulators[range]),
                observations: Array(observations[range.lowerBound * size..<range.upperBound * size]),
                generators: Array(generators[range]), nextNoops: Array(nextNoops[range]), scores: Array(scores[range]),
                steps: Array(steps[range]), held: Array(held[range]))
        }

        /// The games of all parts, in order.
        public static func joined(_ parts: [Snapshot]) -> Snapshot {
            Snapshot(
                emulators: parts.flatMap(\.emulators), observations: parts.flatMap(\.observations),
                generators: parts.flatMap(\.generators), nextNoops: parts.flatMap(\.nextNoops),
                scores: parts.flatMap(\.scores), steps: parts.flatMap(\.steps), held: parts.flatMap(\.held))
        }
    }
}
