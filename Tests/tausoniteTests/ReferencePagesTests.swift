import Foundation
import Testing

@testable import tausonite

/// `make docs`: the toolchain's own documentation compiler takes every catalogue and doc comment of the library.
@Suite struct ReferencePagesTests {
    /// A link that leads nowhere, or a catalogue that names what is not there, ends `Scripts/docs.sh`; the pages of each product are made.
    @Test func everyLinkOfTheReferenceLeadsSomewhere() throws {
        let folder = try CommandLineTests.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = Process()
        script.executableURL = CommandLineTests.root.appendingPathComponent("Scripts/docs.sh")
        script.arguments = [folder.appendingPathComponent("docs").path]
        let build = CommandLineTests.program.deletingLastPathComponent().path
        script.environment = ProcessInfo.processInfo.environment.merging(["TAUSONITE_BUILD": build]) { $1 }
        let output = Pipe()
        script.standardOutput = output
        script.standardError = output
        try script.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        script.waitUntilExit()
        #expect(script.terminationStatus == 0, "\(text)")
        for page in ["tausonite/gettingstarted", "devicemodel/devicedescription", "simulation/devicesimulator", "compactmodel"]
        {
            let path = folder.appendingPathComponent("docs/documentation/\(page)/index.html").path
            #expect(FileManager.default.fileExists(atPath: path), "\(page)")
        }
    }
}
