import DeviceModel
import Essentials
import Foundation
import Tausonite

/// A device as a caller sees it.
struct DeviceAnswer: Encodable {
    struct Row: Encodable {
        var path, key, symbol, name, number, unit, status, source, range: String
    }
    struct Work: Encodable { var key, citation: String }

    var name, summary, sha256: String
    var path: String?
    var area_m2, ambient_K: Double
    var parameters: [Row]
    var references: [Work]

    init(_ description: DeviceDescription) {
        let device = description.device
        (name, summary, sha256) = (description.name, description.summary, description.digest)
        (path, area_m2, ambient_K) = (description.path, device.area, device.ambientTemperature)
        parameters = description.entries.map {
            Row(
                path: $0.path, key: $0.key, symbol: $0.symbol, name: $0.name, number: $0.number, unit: $0.unit.symbol,
                status: $0.status.rawValue, source: $0.source, range: $0.rangeText)
        }
        references = device.references.map { Work(key: $0.key, citation: $0.citation) }
    }

    static func handle(_ description: DeviceDescription) throws -> Handle {
        Handle(description, text: try Answer.json(DeviceAnswer(description)))
    }

    /// A shipped device by its name, else a file; `text` stands for the file's content where it is given.
    static func load(_ source: String, text: String?, materials: String) throws -> Handle {
        let folders = materials.isEmpty ? [] : [materials]
        if let text { return try handle(DeviceDescription(yaml: text, path: source, materials: folders)) }
        if let shipped = try DeviceDescription.shipped(named: source) { return try handle(shipped) }
        guard source.contains("/") || FileManager.default.fileExists(atPath: source) else {
            throw InputError(
                "device", value: source, problem: "is neither a shipped device nor a file",
                expected: DeviceDescription.shippedNames.joined(separator: ", ") + ", or the path of a device file")
        }
        return try handle(DeviceDescription.load(path: source, materials: folders))
    }

    /// `changes` as "area=2000 nm2", in a JSON list.
    static func changed(_ device: UnsafeRawPointer?, _ changes: String) throws -> Handle {
        try handle(description(device).setting(Answer.request(changes)))
    }

    static func description(_ pointer: UnsafeRawPointer?) throws(InputError) -> DeviceDescription {
        guard let description = Handle.at(pointer)?.content as? DeviceDescription else {
            throw InputError("device", problem: "is none", expected: "a device")
        }
        return description
    }
}
