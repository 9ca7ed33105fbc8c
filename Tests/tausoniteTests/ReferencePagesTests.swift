import Foundation
import TestSupport
import Testing

@testable import tausonite

/// `make docs`: the toolchain's own documentation compiler takes every catalogue and doc comment of the library.
@Suite struct ReferencePagesTests {
    /// A link that leads nowhere, or a catalogue that names what is not there, ends `Scripts/docs.sh`; the pages of each product are made.
    @Test func everyLinkOfTheReferenceLeadsSomewhere() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let build = CommandLineTests.program.deletingLastPathComponent().path
        let made = try Subprocess.run(
            CommandLineTests.root.appendingPathComponent("Scripts/docs.sh").path,
            [folder.appendingPathComponent("docs").path], environment: ["TAUSONITE_BUILD": build])
        #expect(made.code == 0, "\(made.text)")
        for page in ["tausonite/gettingstarted", "devicemodel/devicedescription", "simulation/devicesimulator", "compactmodel"]
        {
            let path = folder.appendingPathComponent("docs/documentation/\(page)/index.html").path
            #expect(FileManager.default.fileExists(atPath: path), "\(page)")
        }
    }
}
