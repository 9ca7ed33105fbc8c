import Essentials

extension PongEnvironments {
    /// Everything that the next step depends on, for a run to go on exactly where it was.
    package struct Snapshot: Equatable, Sendable {
        package var emulators: [[UInt8]]
        package var observations: [Float]
        package var generators: [SeededGenerator]
        package var nextNoops, scores, steps: [Int]
        /// The action of each environment's last frame, which sticky actions repeat.
        package var held: [Int32]

        /// The games of `range` alone.
        package subscript(range: Range<Int>) -> Snapshot {
            let size = PongEnvironments.observationSize
            return Snapshot(
                emulators: Array(emulators[range]),
                observations: Array(observations[range.lowerBound * size..<range.upperBound * size]),
                generators: Array(generators[range]), nextNoops: Array(nextNoops[range]), scores: Array(scores[range]),
                steps: Array(steps[range]), held: Array(held[range]))
        }

        /// The games of all parts, in order.
        package static func joined(_ parts: [Snapshot]) -> Snapshot {
            Snapshot(
                emulators: parts.flatMap(\.emulators), observations: parts.flatMap(\.observations),
                generators: parts.flatMap(\.generators), nextNoops: parts.flatMap(\.nextNoops),
                scores: parts.flatMap(\.scores), steps: parts.flatMap(\.steps), held: parts.flatMap(\.held))
        }
    }
}
