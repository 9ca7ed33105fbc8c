/// The colours behind a screen's palette indices.
///
/// Nine colours occur in Pong; they are listed here (read from ALE 0.12.1's NTSC palette), so that a screen can be
/// converted without asking the emulator. Any other index is asked for when it is first met.
struct Palette {
    /// R, G, B, 0 for each index.
    private(set) var colours = [SIMD4<Float>](repeating: .zero, count: 256)
    private(set) var known = [Bool](repeating: false, count: 256)

    init() {
        for (index, red, green, blue) in Self.pong { set(index, red, green, blue) }
    }

    mutating func set(_ index: Int, _ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        colours[index] = SIMD4(Float(red), Float(green), Float(blue), 0)
        known[index] = true
    }

    /// Takes over what the helper has learned.
    mutating func learn(from memory: HelperMemory) {
        for index in 0..<256 {
            if let colour = memory.colour(index) { set(index, colour.red, colour.green, colour.blue) }
        }
    }

    private static let pong: [(Int, UInt8, UInt8, UInt8)] = [
        (0, 0, 0, 0), (14, 236, 236, 236), (34, 144, 72, 17), (56, 213, 130, 74), (138, 101, 111, 228),
        (200, 92, 186, 92), (210, 53, 95, 24), (228, 109, 118, 43), (250, 210, 182, 86),
    ]
}
