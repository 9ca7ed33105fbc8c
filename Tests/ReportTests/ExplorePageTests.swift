import CompactModel
import Essentials
import Foundation
import TestSupport
import Testing

@testable import Report

/// The explorer's page of a synapse; that of runs is tested where runs are made, with the program.
@Suite struct ExplorePageTests {
    /// Text of a file shows itself and does nothing; the page's policy names its one script and lets nothing else run or be fetched.
    @Test func thePageKeepsToItself() throws {
        var synapse = try sampleContent(updates: false).synapse
        synapse.device = "</script><img src=x onerror='alert(1)'>"
        let page = ExplorePage(runs: [], synapses: [synapse]).html()
        #expect(!page.contains("<img") && page.components(separatedBy: "</script>").count == 3)
        let policy = try #require(page.split(separator: "\n").first { $0.contains("Content-Security-Policy") })
        let script = try #require(page.components(separatedBy: "<script>").last?.components(separatedBy: "</script>").first)
        #expect(policy.contains("'sha256-\(Digest.sha256Bytes(Data(script.utf8)).base64EncodedString())'"))
        #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe-eval") && !policy.contains("'self'"))
        #expect(page.utf8.count < 100_000)
        let live = ExplorePage(runs: [], live: .init(devices: ["a<b"], parameters: ["x=1 nm"], sentences: ["Read"])).html()
        #expect(live.contains("connect-src data: 'self'") && live.contains("<option value=\"0\">a&lt;b</option>"))
    }

    /// What the page computes between the cells of the map is what the linear synapse computes.
    @Test(.enabled(if: Browser.missing == nil, "needs Chromium and Playwright; run `make test`"))
    func theSynapseComputesInTheBrowser() throws {
        let synapse = try sampleContent(updates: false).synapse
        let path = NSTemporaryDirectory() + "tausonite-synapse-\(UUID().uuidString).html"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try AtomicFile.write(ExplorePage(runs: [], synapses: [synapse]).html(), to: path)
        let law = LinearSynapse(synapse)
        for (amplitude, width, bias) in [(2.7, 63.0, 0.25), (3.5, 500, -0.6), (2, 20, 0.6)] {
            let outcome = try Browser.run(
                "explore.py",
                [
                    path, "\(amplitude)", "\(width)", "\(bias)", "\(law.step(amplitude, width * 1e-6) * 1e9)",
                    "\(law.decayTime(at: bias))",
                ])
            #expect(outcome.code == 0, "\(outcome.text)")
        }
    }
}
