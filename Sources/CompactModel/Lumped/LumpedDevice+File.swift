import Essentials
import Foundation

extension LumpedDevice {
    /// What the file of a state model says before its surfaces.
    private struct File: Codable {
        var format = LumpedDevice.format
        var about: String
        var device, device_sha256: String
        var bias_V, pulse_V, ambient_K: [Double]
        var model: LumpedDevice
        var cell: LumpedDevice?
    }

    private static let format = "tausonite-state-1"

    /// The model as JSON with the range that it was fitted to, SI units.
    ///
    /// - Parameter cell: the same device on two lumps (`LumpedTraining.models`), for networks.
    public func json(device: String, digest: String, cell: LumpedDevice? = nil) throws -> String {
        func pair(_ r: ClosedRange<Double>) -> [Double] { [r.lowerBound, r.upperBound] }
        let file = File(
            about: "lumped device by `tausonite extract`: Docs/synapse.md; SI units; beyond the ranges below it says nothing",
            device: device,
            device_sha256: digest, bias_V: pair(biasRange), pulse_V: pair(pulseRange), ambient_K: pair(ambientRange),
            model: self, cell: cell)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(file), as: UTF8.self) + "\n"
    }

    /// Reads what `json` wrote.
    ///
    /// - Throws: `InputError` for another kind of file or one that is damaged.
    public static func load(path: String) throws(InputError) -> LumpedDevice { try read(path: path).model }

    /// The model, the same device on two lumps where the file has it, and SHA-256 of the device file that they are of.
    ///
    /// - Throws: `InputError` as `load`.
    package static func read(path: String) throws(InputError) -> (
        model: LumpedDevice, cell: LumpedDevice?, deviceDigest: String
    ) {
        let data = try AtomicFile.read(path)
        guard let file = try? JSONDecoder().decode(File.self, from: data), file.format == format, file.model.isWhole,
            file.cell?.isWhole != false
        else {
            throw InputError(
                path, problem: "is not a state model",
                expected: "the .state.json that tausonite extract --out writes (\(format))")
        }
        return (file.model, file.cell, file.device_sha256)
    }

    /// Whether every surface has its coefficients, and every number is one.
    private var isWhole: Bool {
        func fits(_ s: LumpedSurface, shares: Int) -> Bool {
            s.coefficients.count == s.shape.count(shares: shares) && s.coefficients.allSatisfy(\.isFinite)
        }
        let shares = lumpCount - 1
        return !ambients.isEmpty && lumpCount <= LumpedFlow.mostLumps && !levels.isEmpty && scale > 0
            && levels.allSatisfy { $0.state.lumps.count == lumpCount }
            && ambients.allSatisfy { a in
                fits(a.reading, shares: shares)
                    && [a.bias, a.pulse].allSatisfy { k in
                        k.spread.count == shares
                            && ([k.redox, k.forward, k.backward, k.loss, k.back, k.current]
                                + k.spread.flatMap { [$0.forward, $0.backward] })
                                .allSatisfy { fits($0, shares: shares) }
                    }
            }
    }
}
