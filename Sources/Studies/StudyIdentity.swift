import Essentials
import Foundation

/// What a study's folder belongs to: the work that its units are parts of.
package struct StudyIdentity: Codable, Equatable, Sendable {
    /// Command and version whose units these are: results of different versions are not laid together.
    package var command, version: String
    /// Number of units.
    package var units: Int
    /// SHA-256 by what it is of: "device", "protocol", "plan", "outputs".
    package var parts: [String: String]
    /// For people: what was varied and asked for. Does not count.
    package var about: [String: String]

    package init(command: String, version: String, units: Int, parts: [String: String], about: [String: String] = [:]) {
        (self.command, self.version, self.units, self.parts, self.about) = (command, version, units, parts, about)
    }

    /// The bytes of `study.json`: the same from every process.
    package var json: Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)) ?? Data()
    }

    static func load(path: String) throws(InputError) -> StudyIdentity {
        let data = try AtomicFile.read(path, atMost: 1 << 24)
        guard let identity = try? JSONDecoder().decode(StudyIdentity.self, from: data) else {
            throw InputError(path, problem: "is not what a study says of itself", expected: "a folder that a study wrote")
        }
        return identity
    }

    /// Throws `InputError` naming what differs where `other` is another study.
    func check(_ other: StudyIdentity, at path: String) throws(InputError) {
        var differing: [String] = []
        if command != other.command { differing.append("command (\(command))") }
        if version != other.version { differing.append("version (\(version))") }
        let names = Set(parts.keys).union(other.parts.keys).sorted()
        differing += names.filter { parts[$0] != other.parts[$0] }
        if differing.isEmpty, units != other.units { differing.append("number of units (\(units))") }
        guard !differing.isEmpty else { return }
        throw InputError(
            path, problem: "belongs to another study: another \(differing.joined(separator: ", another "))",
            expected: "the same as in \(path)/study.json, or another folder")
    }
}
