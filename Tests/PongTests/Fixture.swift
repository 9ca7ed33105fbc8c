import Foundation

/// Minimal reader of the fixtures' safetensors form (8-byte header length, JSON header, raw little-endian data).
struct Fixture {
    private let header: [String: [String: Any]]
    private let data: Data

    static func url(_ name: String) throws -> URL {
        let folder = Bundle.module.url(forResource: "Fixtures", withExtension: nil)!
        return folder.appendingPathComponent(name)
    }

    init(_ name: String) throws {
        let file = try Data(contentsOf: Self.url("\(name).safetensors"))
        let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let json = try JSONSerialization.jsonObject(with: file[8..<8 + length])
        header = json as! [String: [String: Any]]
        data = Data(file[(8 + length)...])
    }

    func bytes(_ tensor: String) -> [UInt8] {
        let range = header[tensor]!["data_offsets"] as! [Int]
        return [UInt8](data[range[0]..<range[1]])
    }

    func floats(_ tensor: String) -> [Float] {
        let raw = bytes(tensor)
        return (0..<raw.count / 4).map { i in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(raw[4 * i + $1]) << (8 * UInt32($1)) })
        }
    }

    func metadata(_ key: String) -> String { header["__metadata__"]![key] as! String }
}
