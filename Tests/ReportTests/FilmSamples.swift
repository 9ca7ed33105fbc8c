import Essentials
import Foundation
import GameAccount
import Pong

/// A film that no emulator made: a ball and a paddle over a court, points every 90 steps, F that rises and decays.
func sampleFilm(steps: Int = 700) -> GameFilm {
    let (width, height) = (GameFilm.width, GameFilm.height)
    var changes: [UInt8] = []
    var last = [UInt8](repeating: 0, count: width * height)
    var plastic: [Float] = []
    for step in 0..<steps {
        var screen = [UInt8](repeating: 34, count: width * height)
        func fill(_ x: Int, _ y: Int, _ w: Int, _ h: Int, _ colour: UInt8) {
            for row in y..<y + h { for column in x..<x + w { screen[row * width + column] = colour } }
        }
        fill(0, 24, width, 10, 14)
        fill(0, 194, width, 16, 14)
        fill(140, 40 + (step * 2) % 130, 4, 16, 200)
        fill(16, 170 - step % 120, 4, 16, 56)
        fill(2 + (step * 3) % 150, 36 + (step * 5) % 150, 2, 4, 14)
        GameFilm.appendChanges(from: last, to: screen, into: &changes)
        last = screen
        plastic += (0..<64).map { 0.02 * Float(($0 * 7 + step) % 64) * Float(step % 100) / 100 }
    }
    var weight: [Float] = []
    var deltaF: [Float] = []
    var f: Float = 0
    for step in 0..<steps {
        let update: Float = step % 11 == 0 ? Float(step % 7 - 3) / 2 : 0
        weight.append(0.25 + f)
        deltaF.append(update)
        f = 0.9 * f + update
    }
    return GameFilm(
        steps: steps, frameSkip: 4, colours: [34: 0x904811, 14: 0xececec, 200: 0x5cba5c, 56: 0xd5824a], changes: changes,
        points: stride(from: 89, to: steps, by: 90).map { .init(step: $0, reward: $0 % 4 == 1 ? 1 : -1) }, unit: 12, input: 34,
        weight: weight, deltaF: deltaF, deltaFStep: 0.5, units: 64, plastic: plastic)
}

extension GameFilm {
    /// SHA-256 of the colours of each screen, row by row, R, G, B.
    var screenDigests: [String] {
        var projector = Projector(self)
        var digests: [String] = []
        while projector.advance() {
            let bytes = projector.screen.flatMap { index -> [UInt8] in
                let rgb = colours[index] ?? 0
                return [UInt8(rgb >> 16), UInt8(rgb >> 8 & 0xff), UInt8(rgb & 0xff)]
            }
            digests.append(Digest.sha256(Data(bytes)))
        }
        return digests
    }
}
