import Essentials
import Foundation
import Pong

/// A film as the player in a page and the painter of GIFs read it: a header in JSON, and bytes in sections.
///
///     changes   the screens, as `GameFilm.changes`
///     weight    G of the largest synapse: UInt16, 0 ... 65535 between the two numbers of the header's "weight"
///     deltaF    its dF in steps of "deltaFStep": Int16
///     plastic   mean |F| of each unit in 63rds of "plasticMaximum", unit by unit, each byte less the one of the step before
///
/// Numbers are little-endian. Rounding to 16 and 6 bits is below what a drawing shows, and with 6 bits the map takes half the room
/// that it takes with 8.
struct PackedFilm {
    let header: JSON
    let bytes: [UInt8]

    /// Levels of the map above 0.
    static let levels = 63

    init(_ film: GameFilm) {
        let low = film.weight.min() ?? 0
        let high = max(film.weight.max() ?? 1, low + Float.leastNormalMagnitude)
        let most = film.plastic.max() ?? 0
        let weight = film.weight.map { UInt16(clamped: (($0 - low) / (high - low)) * 65535) }
        let updates = film.deltaF.map { UInt16(bitPattern: Int16(clamped: $0 / Float(film.deltaFStep))) }
        var plastic: [UInt8] = []
        plastic.reserveCapacity(film.plastic.count)
        for unit in 0..<film.units {
            var before: UInt8 = 0
            for step in 0..<film.steps {
                let value = most > 0 ? UInt8(clamped: film.plastic[step * film.units + unit] / most * Float(Self.levels)) : 0
                plastic.append(value &- before)
                before = value
            }
        }
        func little(_ numbers: [UInt16]) -> [UInt8] { numbers.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] } }
        let sections: [(String, [UInt8])] = [
            ("changes", film.changes), ("weight", little(weight)), ("deltaF", little(updates)), ("plastic", plastic),
        ]
        bytes = sections.flatMap { $0.1 }
        func number(_ value: Int) -> JSON { .number(Double(value)) }
        func theme(_ colours: [String: String]) -> JSON {
            .object(colours.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
        }
        header = .object([
            ("width", number(GameFilm.width)), ("height", number(GameFilm.height)), ("steps", number(film.steps)),
            ("frameSkip", number(film.frameSkip)), ("framesPerSecond", .number(GameFilm.framesPerSecond)),
            (
                "colours",
                .object(
                    film.colours.sorted { $0.key < $1.key }.map { ("\($0.key)", .string(String(format: "#%06x", $0.value))) })
            ),
            ("points", .array(film.points.map { .array([number($0.step), number($0.reward)]) })),
            ("unit", number(film.unit)), ("input", number(film.input)),
            ("weight", .numbers([Double(low), Double(high)])), ("deltaFStep", .number(film.deltaFStep)),
            ("units", number(film.units)), ("plasticMaximum", .number(Double(most))), ("plasticLevels", number(Self.levels)),
            ("sections", .array(sections.map { .array([.string($0.0), number($0.1.count)]) })),
            ("themes", .object([("light", theme(Palette.light)), ("dark", theme(Palette.dark))])),
        ])
    }

    /// The header's JSON with "data": the bytes deflated (zlib) and in base64. What a page holds.
    ///
    /// Throws `InputError` when Python is missing. A game of 14,099 steps takes about a second.
    func page(_ python: PythonScript) throws -> String {
        let deflated = try python.withFolder { folder in
            try AtomicFile.write(Data(bytes), to: folder + "/film")
            try python.run(arguments: ["deflate", folder + "/film", folder + "/deflated"])
            return try AtomicFile.read(folder + "/deflated")
        }
        var whole = header
        whole["data"] = .string(deflated.base64EncodedString())
        return whole.text
    }
}
