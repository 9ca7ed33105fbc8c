import Essentials
import Foundation

/// Work that falls into many independent units, kept in a folder: one whole file for each unit that is done.
///
///     folder/study.json            what the folder belongs to; another study is refused
///     folder/units/00000012.json   the result of unit 12: whole or not there
///     folder/claims/00000012       locked while a process works on unit 12, gone afterwards
///
/// A unit's result must follow from its number and the identity alone: then it does not matter which process made it, when, or
/// twice. Locks save double work and are never needed for a right result.
package struct StudyFolder: Sendable {
    package let path: String
    package let identity: StudyIdentity

    /// Opens the folder of a study, or begins one.
    ///
    /// - products: names of files that the study writes into the folder when it is done; where one lies there without a study, it
    ///   is somebody's own.
    ///
    /// Throws `InputError` where the folder belongs to another study, naming what differs, or cannot be written.
    package init(_ path: String, _ identity: StudyIdentity, products: [String] = []) throws(InputError) {
        (self.path, self.identity) = (path, identity)
        let file = path + "/study.json"
        if FileManager.default.fileExists(atPath: file) {
            try StudyIdentity.load(path: file).check(identity, at: path)
        } else {
            for name in products where FileManager.default.fileExists(atPath: "\(path)/\(name)") {
                throw InputError(
                    "\(path)/\(name)", problem: "is there, and the folder is no study's: it would be written over",
                    expected: "a folder of its own for each study")
            }
            // Processes that begin together write the same bytes.
            try AtomicFile.write(identity.json, to: file)
        }
    }

    /// Where the result of a unit lies.
    package func file(_ unit: Int) -> String { "\(path)/units/\(Self.name(unit)).json" }

    func claim(_ unit: Int) -> String { "\(path)/claims/\(Self.name(unit))" }

    private static func name(_ unit: Int) -> String {
        let digits = String(unit)
        return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }

    /// Units whose result is there. Cost: one look at the folder.
    package func finished() -> Set<Int> {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path + "/units")) ?? []
        return Set(
            names.compactMap { name in
                guard name.hasSuffix(".json"), let unit = Int(name.dropLast(5)), (0..<identity.units).contains(unit) else {
                    return nil
                }
                return unit
            })
    }

    /// Whether the result of a unit is there.
    package func isFinished(_ unit: Int) -> Bool { access(file(unit), F_OK) == 0 }

    /// Does `body` where this process is the one to lay the results together: no other is at it, or has done it (`product` is
    /// there) where several were started together.
    package func merging(_ share: WorkShare, product: String, _ body: () throws -> Void) throws -> Bool {
        guard let lock = try FileLock(path + "/claims/merge") else { return false }
        defer { withExtendedLifetime(lock) { lock.removeFile() } }
        if share.size > 1, access("\(path)/\(product)", F_OK) == 0 { return false }
        try body()
        // Not before: where locks do not hold between machines, another one's half-written file would look like that of a dead.
        Litter.remove(in: path + "/units")
        return true
    }
}
