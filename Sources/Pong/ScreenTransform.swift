import Essentials

/// The "rllib84" observation: rows 25 ..< 185 of the screen in RGB, averaged over areas to 84 x 84, each channel
/// rounded to a byte, plain mean m of the three, x = (m - 128) / 128.
///
/// The area average is separable: output cell i covers input cells [i s, (i + 1) s), s = 160 / 84, with fractional
/// weights at both ends. Equal to OpenCV's INTER_AREA but for ties at exactly .5 (one level of one channel).
/// Pong's screens are mostly equal rows one below the other: a row is resized once for each run of equal rows, and an
/// output row is computed once for each run of equal sources. Cost: 10 to 25 microseconds a screen.
struct ScreenTransform {
    static let side = 84
    static let size = side * side
    static let firstRow = 25
    private static let sourceSide = 160

    /// Up to three source cells of an output cell: the first one's number and their weights (sum 1).
    private struct Taps {
        var start = [Int]()
        var weights = [SIMD3<Float>]()

        init() {
            let scale = Double(sourceSide) / Double(side)
            for i in 0..<side {
                let from = Double(i) * scale, to = Double(i + 1) * scale
                let first = min(Int(clamped: from, rounded: .down), sourceSide - 3)
                var weight = SIMD3<Float>.zero
                for k in 0..<3 {
                    let overlap = min(to, Double(first + k + 1)) - max(from, Double(first + k))
                    // Below 1e-3 of a cell it is rounding, not area.
                    if overlap > 1e-3 { weight[k] = Float(overlap / scale) }
                }
                start.append(first)
                weights.append(weight)
            }
        }
    }

    /// A palette index on the screen whose colour is not known yet.
    struct UnknownColour: Error, Equatable {
        var index: Int
    }

    var palette = Palette()
    private let taps = Taps()
    /// Rows resized in the column direction: 84 colours for each run of equal screen rows.
    private var rows = [SIMD4<Float>](repeating: .zero, count: sourceSide * side)
    /// For each screen row the row of `rows` that holds it.
    private var place = [Int](repeating: 0, count: sourceSide)
    private var line = [SIMD4<Float>](repeating: .zero, count: sourceSide)

    /// Writes the observation (84 x 84, row by row) of a screen into `observation` from `offset` on; with an `earlier`
    /// screen, of the larger of the two in each pixel's R, G and B.
    mutating func callAsFunction(
        _ screen: HelperMemory.Screen, earlier: HelperMemory.Screen? = nil, into observation: inout [Float], at offset: Int
    ) throws(UnknownColour) {
        try resizeRows(screen, earlier)
        var previous = (-1, -1, -1)
        for i in 0..<Self.side {
            let start = taps.start[i], weight = taps.weights[i]
            let sources = (place[start], place[start + 1], place[start + 2])
            let target = offset + i * Self.side
            if sources == previous && sources.0 == sources.1 && sources.1 == sources.2 {
                for x in 0..<Self.side { observation[target + x] = observation[target + x - Self.side] }
                continue
            }
            previous = sources
            let a = sources.0 * Self.side, b = sources.1 * Self.side, c = sources.2 * Self.side
            for x in 0..<Self.side {
                let colour = rows[a + x] * weight.x + rows[b + x] * weight.y + rows[c + x] * weight.z
                observation[target + x] = Self.grey(colour)
            }
        }
    }

    /// Rounds each channel to a whole number (half to even) and returns the mean, centred and scaled.
    @inline(__always)
    private static func grey(_ colour: SIMD4<Float>) -> Float {
        let magic = SIMD4<Float>(repeating: 12_582_912)  // 1.5 * 2^23: adding it leaves no room for a fraction
        let whole = (colour + magic) - magic
        return ((whole.x + whole.y + whole.z) / 3 - 128) / 128
    }

    private mutating func resizeRows(_ screen: HelperMemory.Screen, _ earlier: HelperMemory.Screen?) throws(UnknownColour) {
        var used = -1
        for row in 0..<Self.sourceSide {
            let source = Self.firstRow + row
            if row > 0, screen.row(source, equals: screen, row: source - 1),
                earlier.map({ $0.row(source, equals: $0, row: source - 1) }) ?? true
            {
                place[row] = used
                continue
            }
            used += 1
            place[row] = used
            try readLine(screen, row: source)
            if let earlier, !earlier.row(source, equals: screen, row: source) {
                for x in 0..<Self.sourceSide {
                    let index = Int(earlier[source, x])
                    guard palette.known[index] else { throw UnknownColour(index: index) }
                    let colour = palette.colours[index]
                    line[x] = line[x].replacing(with: colour, where: colour .> line[x])
                }
            }
            let target = used * Self.side
            for x in 0..<Self.side {
                let start = taps.start[x], weight = taps.weights[x]
                rows[target + x] =
                    line[start] * weight.x + line[start + 1] * weight.y + line[start + 2] * weight.z
            }
        }
    }

    @inline(__always)
    private mutating func readLine(_ screen: HelperMemory.Screen, row: Int) throws(UnknownColour) {
        for x in 0..<Self.sourceSide {
            let index = Int(screen[row, x])
            guard palette.known[index] else { throw UnknownColour(index: index) }
            line[x] = palette.colours[index]
        }
    }
}
