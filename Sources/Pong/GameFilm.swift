import Essentials

/// A whole game to look at: the screen at every step of the network as differences of palette indices, the points, and what the synapses did.
///
/// Screen k is what the network's step k answers: the last of the step's frames. Screens are kept as changes: for each step a count of runs, then for each
/// run the pixels to pass over since the last one, its length and its palette index (one byte); counts are LEB128 numbers. The
/// first step changes a screen of zeros. About 30 bytes a step.
package struct GameFilm: Equatable, Sendable {
    package static let width = HelperMemory.screenWidth
    package static let height = HelperMemory.screenHeight
    /// Frames that the Atari 2600 draws a second.
    package static let framesPerSecond = 60.0

    /// One point of the game and the step that made it.
    package struct Point: Equatable, Sendable {
        package var step: Int
        /// 1 for the agent, -1 for its opponent.
        package var reward: Int

        package init(step: Int, reward: Int) {
            self.step = step
            self.reward = reward
        }
    }

    /// Steps of the network, which are also the screens.
    package var steps: Int
    /// Frames that a step lasts.
    package var frameSkip: Int
    /// 0xRRGGBB of each palette index that occurs.
    package var colours: [UInt8: UInt32]
    /// The changes of all screens, one step after another.
    package var changes: [UInt8]
    package var points: [Point]
    /// The synapse with the game's largest |dF|, its unit and input, and its G = W + F and dF at every step (unitless).
    package var unit, input: Int
    package var weight, deltaF: [Float]
    package var deltaFStep: Double
    /// Units of the plastic layer, and the mean |F| over the inputs of each at every step, [steps][units] (unitless).
    package var units: Int
    package var plastic: [Float]

    package init(
        steps: Int, frameSkip: Int, colours: [UInt8: UInt32], changes: [UInt8], points: [Point], unit: Int, input: Int,
        weight: [Float], deltaF: [Float], deltaFStep: Double, units: Int, plastic: [Float]
    ) {
        self.steps = steps
        self.frameSkip = frameSkip
        self.colours = colours
        self.changes = changes
        self.points = points
        self.unit = unit
        self.input = input
        self.weight = weight
        self.deltaF = deltaF
        self.deltaFStep = deltaFStep
        self.units = units
        self.plastic = plastic
    }

    /// Duration of a step at the game's own pace, s.
    package var stepDuration: Double { Double(frameSkip) / Self.framesPerSecond }

    /// The score after each step, the agent's points first.
    package func score(after step: Int) -> (agent: Int, opponent: Int) {
        let made = points.prefix { $0.step <= step }
        return (made.count { $0.reward > 0 }, made.count { $0.reward < 0 })
    }

    /// Writes what makes one screen of another, in the form of `changes`.
    ///
    /// - each: gets the palette index of every run.
    package static func appendChanges(
        from last: [UInt8], to screen: [UInt8], into changes: inout [UInt8], each: (UInt8) throws -> Void
    ) rethrows {
        precondition(last.count == screen.count)
        var runs = 0
        var found: [UInt8] = []
        var end = 0
        var k = 0
        while k < screen.count {
            guard screen[k] != last[k] else {
                k += 1
                continue
            }
            let start = k
            let colour = screen[k]
            while k < screen.count, screen[k] == colour, last[k] != colour { k += 1 }
            try each(colour)
            append(start - end, to: &found)
            append(k - start, to: &found)
            found.append(colour)
            end = k
            runs += 1
        }
        append(runs, to: &changes)
        changes += found
    }

    /// The same for who knows the colours.
    package static func appendChanges(from last: [UInt8], to screen: [UInt8], into changes: inout [UInt8]) {
        appendChanges(from: last, to: screen, into: &changes) { _ in }
    }

    /// LEB128: seven bits a byte, the lowest first, the highest bit set in all but the last.
    private static func append(_ number: Int, to bytes: inout [UInt8]) {
        var rest = number
        while rest > 0x7f {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Shows the screens one after the other, from the first on.
    package struct Projector {
        /// Palette indices of the present screen, row by row; zeros before the first.
        package private(set) var screen = [UInt8](repeating: 0, count: width * height)
        /// Screens shown so far.
        package private(set) var shown = 0
        private let film: GameFilm
        private var position = 0

        package init(_ film: GameFilm) { self.film = film }

        /// Goes on to the next screen; false at the end.
        package mutating func advance() -> Bool {
            guard shown < film.steps else { return false }
            var pixel = 0
            for _ in 0..<number() {
                pixel += number()
                let length = number()
                let colour = film.changes[position]
                position += 1
                for k in pixel..<pixel + length { screen[k] = colour }
                pixel += length
            }
            shown += 1
            return true
        }

        private mutating func number() -> Int {
            var value = 0
            var shift = 0
            while true {
                let byte = film.changes[position]
                position += 1
                value |= Int(byte & 0x7f) << shift
                if byte < 0x80 { return value }
                shift += 7
            }
        }
    }
}
