/// A part of a buffer, from an element on: what kernels are given instead of a buffer and an offset.
struct FloatSlice {
    let buffer: FloatBuffer
    let start: Int

    /// Address of the first element; at least `room` elements lie inside the buffer.
    func pointer(room: Int) -> UnsafeMutablePointer<Float> { buffer.at(start, room: room) }
    /// The part from `count` elements further on.
    func advanced(by count: Int) -> FloatSlice { FloatSlice(buffer: buffer, start: start + count) }
}

extension FloatBuffer {
    /// The part from an element on.
    func from(_ start: Int) -> FloatSlice { FloatSlice(buffer: self, start: start) }
}

/// One step of the cell for environments lying side by side: u [environments][stride]; h, n, s [environments][units].
struct CellStep {
    let environments: Int
    let u, h, n, s: FloatSlice
}
