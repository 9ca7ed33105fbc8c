import CompactModel
import Foundation
import Testing
import Validation

@testable import Report

/// What a reader of the report must be able to see and to tell.
@Suite struct ReadingTests {
    /// The contrast of two colours, from 1 to 21 (WCAG 2.2, relative luminance).
    private static func contrast(_ a: String, _ b: String) -> Double {
        func luminance(_ hex: String) -> Double {
            let value = Int(hex.dropFirst(), radix: 16) ?? 0
            var parts: [Double] = []
            for shift in [16, 8, 0] {
                let part = Double((value >> shift) & 255) / 255
                parts.append(part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4))
            }
            return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
        }
        let (x, y) = (luminance(a), luminance(b))
        return (max(x, y) + 0.05) / (min(x, y) + 0.05)
    }

    /// Everything that is drawn to be seen stands out from the page by 3:1 at least, in both themes; text by 4.5:1.
    @Test func coloursStandOut() throws {
        #expect(abs(Self.contrast("#000000", "#ffffff") - 21) < 1e-9)
        for palette in [Palette.light, Palette.dark] {
            let page = try #require(palette["@page"])
            for (role, colour) in palette where !["@page", "@grid", "@band"].contains(role) {
                #expect(Self.contrast(colour, page) >= (["@ink", "@muted"].contains(role) ? 4.5 : 3), "\(role) \(colour)")
            }
        }
    }

    /// Every figure either draws what the paper states or says that it states nothing.
    @Test func thePapersStatementIsInEveryFigure() throws {
        let content = try sampleContent()
        let figures = try FigureBuilder(content).figures()
        for figure in figures {
            let spec = try #require(figure.spec, "\(figure.id)")
            let diamonds = spec.text.contains("\"shape\":\"diamond\"")
            let words = spec.text.contains("paper: ") || spec.text.contains("paper, ") || spec.text.contains(", paper")
            var note = ""
            if case .string(let text)? = spec["title"]?["text"] { note = text }
            #expect(diamonds || words || note.hasPrefix("The paper"), "\(figure.id)")
        }
        // The retention after the read has an axis of its own.
        let train = try #require(figures.first { $0.id == "fig2c" }?.spec)
        guard case .array(let panels)? = train["hconcat"] else { return #expect(Bool(false)) }
        #expect(panels.count == 3)
    }

    @Test func greekStandsInWordsOfItsOwn() {
        #expect(
            Page.prose("taught by tau_x; a tau of 2 s, Lambda, c dF^alpha, alphabet")
                == "taught by tau_x; a τ of 2 s, Λ, c ΔF<sup>α</sup>, alphabet")
    }

    /// The device stands in title and head, each line of the provenance once, each tolerance with its reason in sight.
    @Test func thePageSaysWhatItIsOf() throws {
        var content = try sampleContent(updates: false)
        content.synapse.device = "set <X>"
        content.settings = [.init("Device", "set <X>", key: "device"), .init("Seed", "1", key: "seed")]
        content.results.provenance = ["device": "set <X>", "seed": "1", "swift": "6.3.1"]
        let page = Page(content: content, figures: [], script: "", versions: ["vega": "6"]).html()
        #expect(page.contains("<title>set &lt;X&gt;: ") && page.contains("<h1>Device set &lt;X&gt;: "))
        let provenance = try #require(page.components(separatedBy: "<section id=\"provenance\">").last)
            .components(separatedBy: "</section>")[0]
        #expect(provenance.components(separatedBy: "set &lt;X&gt;").count == 2 && provenance.contains("6.3.1"))
        let names = provenance.components(separatedBy: "<th scope=\"row\">").dropFirst().map {
            $0.prefix { $0 != "<" }.lowercased()
        }
        #expect(Set(names).count == names.count)
        #expect(page.components(separatedBy: "class=\"why\">").count == content.results.rows.count + 1)
    }
}
