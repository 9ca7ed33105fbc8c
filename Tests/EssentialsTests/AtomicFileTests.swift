import Essentials
import Foundation
import Testing

@Suite struct AtomicFileTests {
    /// Threads that write one path at once do not take each other's files: none fails, what is left is whole, and nothing lies beside it.
    @Test func threadsMayWriteOnePath() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("atomic-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let texts = (0..<200).map { String(repeating: "\($0)\n", count: 2000) }
        _ = try concurrentMap(texts.count) { index throws(InputError) in
            try AtomicFile.write(texts[index], to: folder + "/table.csv")
        }
        #expect(texts.contains(String(decoding: try AtomicFile.read(folder + "/table.csv"), as: UTF8.self)))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["table.csv"])
    }
}
