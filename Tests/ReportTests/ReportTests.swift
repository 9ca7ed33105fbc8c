import Essentials
import Foundation
import TestSupport
import Testing
import Validation

@testable import Report

private let renderer = try? FigureRenderer(python: FigureRenderer.location.find(from: repository))

@Suite("Report")
struct ReportTests {
    /// The whole page: every figure drawn, self-contained, below 8 MB, PNG, SVG and specification beside it.
    @Test(.enabled(if: renderer != nil, "needs .venv; run `make setup`"))
    func wholeReport() throws {
        let wanted = ProcessInfo.processInfo.environment["TAUSONITE_TEST_REPORT"]
        let folder = wanted ?? NSTemporaryDirectory() + "tausonite-report-\(UUID().uuidString)"
        defer { if wanted == nil { try? FileManager.default.removeItem(atPath: folder) } }
        let content = try sampleContent()
        try ReportWriter(renderer: #require(renderer)).write(content, to: folder)
        let page = try String(contentsOfFile: folder + "/report.html", encoding: .utf8)
        #expect(page.utf8.count < 8_000_000)
        let numbered = [
            "2a", "2b", "2c", "2d", "2e", "2f", "3a", "3b", "3c", "3d", "3e", "4b", "4c", "4d", "4e", "4f", "4g", "4h", "4i",
        ].map { "fig\($0)" }
        for figure in numbered + ["read-resistance", "decay-by-pulse"] {
            #expect(page.contains("id=\"\(figure)\"") && page.contains("data-for=\"\(figure)\""))
            let png = try AtomicFile.read("\(folder)/figures/\(figure).png")
            #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]) && png.count > 5000)
            let svg = String(decoding: try AtomicFile.read("\(folder)/figures/\(figure).svg"), as: UTF8.self)
            #expect(svg.hasPrefix("<svg") && !svg.contains("NaN") && !svg.contains("\"@"))
            // What was drawn lies beside it, with its data and the colours of the light theme.
            let source = try AtomicFile.read("\(folder)/figures/\(figure).vl.json")
            let spec = try #require(try JSONSerialization.jsonObject(with: source) as? [String: Any])
            #expect((spec["datasets"] as? [String: [Any]])?.values.contains { !$0.isEmpty } == true)
            #expect(spec["background"] as? String == "#ffffff" && !String(decoding: source, as: UTF8.self).contains("\"@"))
        }
        #expect(
            page.contains("id=\"learning-curve\"") && page.contains("reached 0 after 1,300,000 steps and 1,625 core-seconds"))
        #expect(page.contains("Λ 0.08 ... 0.92: −"))
        for figure in ["gain-counted", "break-even"] {
            #expect(page.contains("id=\"\(figure)\"") && page.contains("data-for=\"\(figure)\""))
            let svg = String(decoding: try AtomicFile.read("\(folder)/figures/\(figure).svg"), as: UTF8.self)
            #expect(svg.hasPrefix("<svg") && !svg.contains("NaN") && svg.contains("digital cell, 7 nm"))
        }
        // Every published energy stands on the page with how it was checked.
        #expect(page.contains("converters.adc") && page.contains("digital_7nm.sram_access") && page.contains(">recalled<"))
        // Every figure that was drawn has its place.
        for piece in page.components(separatedBy: "data-for=\"").dropFirst() {
            let figure = piece.prefix { $0 != "\"" }
            #expect(page.contains("id=\"\(figure)\""), "\(figure)")
        }
        // Nothing is fetched: no script, style or image from elsewhere.
        #expect(!page.contains("<script src") && !page.contains("<link ") && !page.contains("src=\"http"))
        #expect(page.components(separatedBy: "</script>").count == page.components(separatedBy: "<script").count)
        #expect(page.contains("id=\"watch\"") && page.contains("class=\"film-data\""))
        // In a browser everything is drawn, the game can be watched, and nothing complains.
        if Browser.missing == nil {
            let outcome = try Browser.run("report.py", [folder + "/report.html"])
            #expect(outcome.code == 0, "\(outcome.text)")
        }
    }

    /// Text from files cannot break out of the page.
    @Test func textIsEscaped() throws {
        let content = try sampleContent(updates: false)
        let page = Page(content: content, figures: [], script: "a</script>b<!--c", versions: [:]).html()
        #expect(page.contains("permittivity &lt;at zero field&gt;"))
        #expect(!page.contains("a</script>b") && !page.contains("b<!--c"))
    }

    /// A row of another run's file cannot bring its own elements, and if it could, the page's policy would not run them.
    @Test func rowsAreEscapedAndThePageHasAPolicy() throws {
        var content = try sampleContent(updates: false)
        let evil = "<img src=x onerror='alert(1)'>"
        let text = String(decoding: try content.results.json(), as: UTF8.self)
        var rows = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        var first = try #require((rows["rows"] as? [[String: Any]])?.first)
        for key in ["figure", "kind", "id", "quantity", "unit", "reason"] { first[key] = evil }
        rows["rows"] = [first]
        content.results = try JSONDecoder().decode(ResultsFile.self, from: JSONSerialization.data(withJSONObject: rows))
        let page = Page(content: content, figures: [], script: "const a = 1;", versions: [:]).html()
        #expect(!page.contains("<img") && page.components(separatedBy: "&lt;img src=x onerror=&#39;").count > 5)

        // Every script that runs is named by its digest, and nothing else may run or be fetched.
        let policy = try #require(page.split(separator: "\n").first { $0.contains("Content-Security-Policy") })
        #expect(policy.contains("default-src 'none'") && policy.contains("base-uri 'none'"))
        var (count, rest) = (0, page[...])
        while let open = rest.range(of: "<script>"), let close = rest[open.upperBound...].range(of: "</script>") {
            let digest = Digest.sha256Bytes(Data(rest[open.upperBound..<close.lowerBound].utf8)).base64EncodedString()
            #expect(policy.contains("'sha256-\(digest)'"))
            count += 1
            rest = rest[close.upperBound...]
        }
        #expect(count == 3)
        #expect(Digest.sha256Bytes(Data("abc".utf8)).base64EncodedString() == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=")
    }

    /// A game without updates, and a run without a game, say so instead of drawing nothing.
    @Test func missingPartsAreSaid() throws {
        var content = try sampleContent(updates: false)
        func figures() throws -> [Figure] {
            try FigureBuilder(content).figures()
        }
        let still = try figures().first { $0.id == "fig4f" }
        #expect(still?.spec == nil && still?.ours.contains("no dF was ever applied") == true)
        content.game = nil
        content.account = nil
        content.figures = FigureData()
        content.curves = []
        content.sweep = nil
        for figure in try figures() where figure.spec == nil { #expect(figure.ours.contains("Not part of this run")) }
        let all = try figures()
        #expect(all.count == 25 && all.allSatisfy { $0.spec.map { $0["$schema"] != nil } ?? true })
        let page = Page(content: content, figures: all, script: "", versions: [:]).html()
        #expect(page.contains("Nothing to draw in this run"))
    }

    /// Shares of a read's resistance begin at 0 on Pt and end at 1 behind Ti, those of its change as well; what lies between is in order.
    @Test func sharesSumToOne() throws {
        let profiles = try sampleContent().figures.profiles
        for (k, profile) in profiles.enumerated() {
            let shares = FigureBuilder.shares(of: profile, since: k == 0 ? nil : profiles[0])
            #expect(shares.count == profile.position.count + 2 && shares.map(\.number) == Array(shares.indices))
            #expect(shares.first?.share == 0 && shares.last?.share == 1)
            #expect(zip(shares, shares.dropFirst()).allSatisfy { $0.share <= $1.share && $0.position <= $1.position })
            #expect(shares.first?.ofChange == (k == 0 ? nil : 0) && shares.last?.ofChange == (k == 0 ? nil : 1))
        }
    }

    /// The decay times that are drawn are those of the data, one a pulse and bias, beside the paper's two.
    @Test func decayTimesAreDrawn() throws {
        let content = try sampleContent()
        let figures = try FigureBuilder(content).figures()
        let spec = try #require(figures.first { $0.id == "decay-by-pulse" }?.spec)
        guard case .array(let rows)? = spec["datasets"]?["times"], case .array(let paper)? = spec["datasets"]?["paper"] else {
            Issue.record("no datasets")
            return
        }
        #expect(rows.map { $0["t"] } == content.figures.decayTimes.map { .number($0.tau) })
        #expect(paper.map { $0["t"] } == [.number(12), .number(0.396)])
    }

    /// No number in any specification is NaN or infinite (they would be written as null), and roles all have colours.
    @Test func specificationsAreFinite() throws {
        let content = try sampleContent()
        let figures = try FigureBuilder(content).figures()
        for figure in figures {
            let text = try #require(figure.spec).text
            for palette in [Palette.light, Palette.dark] {
                let painted = Palette.paint(text, palette)
                #expect(!painted.contains("\"@"), "\(figure.id)")
                #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(painted.utf8)) }
            }
        }
        #expect(Set(Palette.light.keys) == Set(Palette.dark.keys))
    }
}

@Suite("Renderer")
struct RendererTests {
    @Test(.enabled(if: renderer != nil, "needs .venv; run `make setup`"))
    func aBrokenFigureIsNamed() throws {
        let broken = Figure(
            "figX", "Figure X", "broken", paper: "", ours: "", difference: "",
            spec: ["$schema": "https://vega.github.io/schema/vega-lite/v6.json", "mark": ["type": "no such mark"]])
        let folder = NSTemporaryDirectory() + "tausonite-broken-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let error = #expect(throws: InputError.self) { try renderer!.render([broken], into: folder) }
        #expect(error?.description.contains("figX") == true)
        #expect(!FileManager.default.fileExists(atPath: folder + "/figX.svg"))
    }
}

@Suite("Thinning and JSON")
struct ThinningTests {
    /// Peaks and ends survive; the number of points is bounded.
    @Test func extremesSurvive() {
        var values = (0..<10_000).map { sin(Double($0) / 500) }
        values[7777] = 9
        values[123] = -9
        let kept = Thinning.indices(of: values, limit: 400)
        #expect(kept.count <= 400 && kept.contains(7777) && kept.contains(123) && kept.first == 0 && kept.last == 9999)
        #expect(zip(kept, kept.dropFirst()).allSatisfy { $0 < $1 })
        let samples = (1...5000).map { FigureData.Sample(time: Double($0) * 1e-3, value: 1) }
        let logarithmic = Thinning.logarithmic(samples, limit: 50)
        #expect(logarithmic.count <= 52 && logarithmic.last?.time == 5 && logarithmic.first?.time == 1e-3)
    }

    @Test func jsonText() {
        let json: JSON = ["b": [1, 2.5, .null, true], "a": "</script>\"\n"]
        #expect(json.text == #"{"b":[1,2.5,null,true],"a":"\u003c/script>\"\n"}"#)
        #expect(JSON.number(.nan).text == "null" && JSON.number(1.23456789e-12).text == "1.23457e-12")
    }
}
