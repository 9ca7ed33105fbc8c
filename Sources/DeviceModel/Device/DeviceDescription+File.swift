import Essentials
import Foundation

extension DeviceDescription {
    /// Reads a device file, then applies overrides such as "thickness=41nm" or "layers.SrTiO3.thickness=41nm".
    ///
    /// The file reads like the equations (Docs/files.md): `species`, `layers`, `left`, `right`, `heat`; every number is of the form
    ///
    ///     thickness: {value: 40, unit: nm, status: measured, source: "Weilenmann2024"}
    ///
    /// Materials that it names are sought beside it, then in `materials`, then in `Materials/materials` of the folders above it. A file of
    /// the old form, one flat list of the memristor's parameters, is read as well (`isOldForm`). Throws `InputError` with file and
    /// line for unknown, doubled and missing keys (with the closest known ones), wrong types and units, and values out of range (with
    /// the range and its reason).
    public static func load(path: String, overrides: [String] = [], materials: [String] = []) throws(InputError)
        -> DeviceDescription
    {
        let data = try AtomicFile.read(path)
        guard let text = String(validating: data, as: UTF8.self) else {
            throw InputError(path, problem: "is not UTF-8 text", expected: "a device file, such as Materials/pt-sto-ti.yaml")
        }
        return try DeviceDescription(yaml: text, path: path, materials: materials).setting(overrides)
    }

    /// From the text of a device file; `path` names it in errors, and materials are sought beside it and in the folders `materials`.
    public init(yaml text: String, path: String? = nil, materials: [String] = []) throws(InputError) {
        let root = try YAML(parsing: text, source: path ?? "device description")
        if DeviceDescription.isOldForm(root) {
            self = try DeviceDescription.readOldForm(root, path: path, digest: Digest.sha256(text))
        } else {
            self = try DeviceReader.read(
                root, shelf: MaterialShelf(beside: path, further: materials), path: path, digest: Digest.sha256(text))
        }
    }

    /// The description as a device file that reads back as the same structure, numbers, statuses and sources; what came from a
    /// material is written out, so that the file stands on its own.
    public var yaml: String { DeviceWriter(self, structure).text }

    /// Writes `yaml` to a file, whole or not at all.
    public func write(to path: String) throws(InputError) { try AtomicFile.write(yaml, to: path) }
}
