import CRoofline
import Foundation
import NeuralNetwork

/// Counted work of one agent step of A2C training, and what one core could do of it.
struct Limits {
    /// Multiply-add peak (floating-point operations a second), copy and read bandwidth of main memory (bytes a second).
    var operations = 0.0
    var copy = 0.0
    var read = 0.0

    init() {
        var sink: Float = 0
        func best(_ work: () -> Double) -> Double {
            (0..<7).map { _ in
                let start = Measurement.processorSeconds()
                let done = work()
                return done / (Measurement.processorSeconds() - start)
            }.max()!
        }
        operations = best { roofline_multiply_add(20_000_000, &sink) }
        let count = 1 << 26  // 256 MB: eight times the largest cache
        let from = UnsafeMutableRawPointer.allocate(byteCount: count * 4, alignment: 1 << 21)
        let to = UnsafeMutableRawPointer.allocate(byteCount: count * 4, alignment: 1 << 21)
        memset(from, 1, count * 4)
        memset(to, 1, count * 4)
        let (a, b) = (from.assumingMemoryBound(to: Float.self), to.assumingMemoryBound(to: Float.self))
        copy = best { roofline_copy(a, b, count) }
        read = best { roofline_read(a, count, &sink) }
        from.deallocate()
        to.deallocate()
    }

    /// Floating-point operations of one agent step with full back-propagation: convolutions 2 per multiply-add forward,
    /// weights' and (conv2) inputs' gradients backward; cell 10 per synapse forward, 19 backward.
    static func operationsPerStep(_ shape: NetworkShape) -> Double {
        let conv1 = 2 * shape.side1 * shape.side1 * shape.filters1 * shape.kernel1 * shape.kernel1
        let conv2 = 2 * shape.side2 * shape.side2 * shape.filters2 * shape.kernel2 * shape.kernel2 * shape.filters1
        return Double(2 * conv1 + 3 * conv2 + 29 * shape.synapses)
    }

    /// Bytes that must pass main memory: F once out and once back, the observation and conv1's output twice each.
    static func bytesPerStep(_ shape: NetworkShape) -> Double {
        let y1 = shape.side1 * shape.side1 * shape.filters1
        return Double(4 * 2 * (shape.synapses + shape.observations + y1))
    }
}
