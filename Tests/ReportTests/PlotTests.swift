import CompactModel
import Essentials
import Foundation
import Simulation
import TestSupport
import Testing

@testable import Report

private let renderer = try? FigureRenderer(python: FigureRenderer.location.find(from: repository))

/// Figures of runs: what is in them, what is refused, and that they can be drawn.
@Suite struct PlotTests {
    /// A loop that is run anticlockwise in the first quadrant, with a pulse in its first half.
    private func run(_ label: String = "a", pulses: Bool = true) throws -> PlotRun {
        var text =
            "time_s,voltage_V,current_A,conductance_nS,temperature_K,lattice_vacancies_per_m2,stored_oxygen_per_m2,pulse\n"
        for k in 0...200 {
            let up = k <= 100
            let v = 0.02 * Double(up ? k : 200 - k)
            let g = up ? 10 + v : 20 - v
            text += "\(Double(k) * 0.01),\(v),\(v * g * 1e-9),\(g),\(300 + v),\(1e18 + g),\(k),\(pulses && k <= 50 ? 0 : -1)\n"
        }
        return PlotRun(label: label, source: "\(label).csv", trace: try Table(csv: text, source: "\(label).csv"))
    }

    private func rows(_ figure: Figure, _ table: String = "p0_rows") -> [JSON] {
        guard case .array(let rows)? = figure.spec?["datasets"]?[table] else { return [] }
        return rows
    }

    @Test func panelsAreReadFromWords() throws {
        #expect(try PlotPanel.list("V, |I|,i-v , Band") == [.voltage, .currentSize, .currentLoop, .band])
        for bad in ["", "V, volts", " , "] {
            #expect(throws: InputError.self, "\(bad)") { try PlotPanel.list(bad) }
        }
    }

    @Test func theUsualFourAndWhatIsThere() throws {
        #expect(try Plot(runs: [run()]).chosen() == PlotPanel.usual)
        let bare = PlotRun(
            label: "m", source: "m.csv", trace: try Table(csv: "time_s,conductance_nS\n0,1\n1,2\n", source: "m.csv"))
        #expect(try Plot(runs: [bare]).chosen() == [.conductance])
        // What one run lacks is said, not drawn as something else; what all lack is refused with what can be drawn.
        let both = Plot(runs: [try run(), bare], panels: [.temperature])
        #expect(try both.leftOut() == ["T: m.csv has not got the column temperature_K"])
        let error = #expect(throws: InputError.self) { try Plot(runs: [bare], panels: [.temperature]).figure() }
        #expect(error?.description.contains("temperature_K") == true && error?.description.contains("G") == true)
        #expect(throws: InputError.self) { try Plot(runs: [try run(), try run()]).figure() }
    }

    @Test func timeBeginsWhereItIsAsked() throws {
        var plot = Plot(runs: [try run()], panels: [.conductance])
        #expect(rows(try plot.figure()).first?["t"] == .number(0))
        (plot.origin, plot.time) = (.pulse(1), .log)
        let after = rows(try plot.figure())
        #expect(after.count == 150 && after.first?["t"] == .number(0.01) && after.last?["t"] == .number(1.5))
        plot.origin = .time(1.9)
        #expect(rows(try plot.figure()).count == 10)
        for (origin, words) in [(Plot.Origin.time(2), "leaves nothing"), (.pulse(2), "no such pulse")] {
            plot.origin = origin
            let error = #expect(throws: InputError.self) { try plot.figure() }
            #expect(error?.description.contains(words) == true)
        }
        // Retention counts from the last pulse by itself, and says what it misses.
        let kept = rows(try Plot(runs: [try run()], panels: [.retention]).figure())
        #expect(kept.first?["t"] == .number(0.01) && kept.count == 150)
        #expect(throws: InputError.self) { try Plot(runs: [try run(pulses: false)], panels: [.retention]).figure() }
    }

    /// Decades meet at their borders, each piece lies within its own, and nothing is lost but what is older than eight.
    @Test func decadesJoin() {
        let course: Plot.Course = (0..<400).map { (pow(10, -6 + Double($0) * 0.02), Double($0)) }
        let pieces = Plot.decades(course)
        #expect(pieces.count == 8 && pieces.map(\.samples.count).reduce(0, +) == 400 + 2 * 7)
        for (a, b) in zip(pieces, pieces.dropFirst()) {
            #expect(a.samples.last?.time == b.samples.first?.time && a.samples.last?.value == b.samples.first?.value)
        }
        #expect(Plot.decades(course + [(1e4, 500)]).count == 8)
    }

    /// Arrows stand at equal distances and point where the curve goes: up, right, down, left around a square.
    @Test func arrowsSayTheSense() {
        var square: [(x: Double, y: Double)] = []
        let sides: [(x: Double, y: Double, dx: Double, dy: Double)] = [
            (0, 0, 0, 1), (0, 100, 1, 0), (100, 100, 0, -1), (100, 0, -1, 0),
        ]
        for side in sides {
            for k in 0..<100 { square.append((x: side.x + side.dx * Double(k), y: side.y + side.dy * Double(k))) }
        }
        let marks = Plot.marks(along: square, count: 4)
        #expect(marks.map { $0.angle.rounded() } == [0, 90, 180, -90])
        #expect(Plot.marks(along: [(x: 1, y: 1), (x: 1, y: 1)], count: 4).isEmpty)
    }

    @Test func chosenMomentsAreTheNearest() throws {
        let profiles = try RunRecord.Profile.load(try Table(csv: Self.profiles, source: "p.csv"))
        #expect(profiles.count == 9 && profiles[0].x_nm == [0, 10, 20] && profiles[0].field_V_per_m.count == 2)
        var plot = Plot(runs: [PlotRun(label: "a", source: "a", profiles: profiles)], panels: [.band, .vacancies, .field])
        #expect(plot.chosen(plot.runs[0]).count == Plot.mostMoments)
        plot.moments = [0.1, 2.2, 7]
        #expect(plot.chosen(plot.runs[0]).map(\.profile.time_s) == [0, 2, 7])
        let figure = try plot.figure()
        #expect(rows(figure, "p0_edges").count == 9 && rows(figure, "p2_rows").count == 6)
    }

    private static let profiles: String = {
        var text =
            "time_s,label,voltage_V,temperature_K,x_nm,psi_V,band_edge_eV,fermi_level_eV,electrons_per_m3,vacancies_per_m3,"
        text += "charge_C_per_m3,edge_x_nm,field_V_per_m,vacancy_flux_per_m2_s,electron_flux_per_m2_s\n"
        for time in 0..<9 {
            for node in 0..<3 {
                let edge = node < 2 ? "\(10 * node + 5),1e7,1e10,-1e20" : ",,,"
                text += "\(time),moment,0.6,300,\(10 * node),0.1,0.5,,,\(1e24 + Double(time)),1e4,\(edge)\n"
            }
        }
        return text
    }()

    /// Every panel can be drawn as each kind of file; the page needs nothing else and draws in a browser.
    @Test(.enabled(if: renderer != nil, "needs .venv; run `make setup`"))
    func everyPanelIsDrawn() throws {
        let folder = NSTemporaryDirectory() + "tausonite-plot-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let renderer = try #require(renderer)
        var runs = [try run("a"), try run("b")]
        for k in runs.indices {
            runs[k].profiles = try RunRecord.Profile.load(try Table(csv: Self.profiles, source: "p.csv"))
            runs[k].synapse = try sampleContent().synapse
        }
        let panels = PlotPanel.allCases.filter { $0 != .electrons }
        let starts = ["svg": "<svg", "pdf": "PDF-", "png": "PNG"]
        for (time, ending) in zip(Plot.TimeAxis.allCases, ["svg", "pdf", "png"]) {
            var plot = Plot(runs: runs, panels: panels)
            (plot.time, plot.title) = (time, "two runs")
            let path = "\(folder)/\(time.rawValue).\(ending)"
            try renderer.save(plot.figure(), to: path)
            let data = try AtomicFile.read(path)
            #expect(
                data.count > 20_000 && data.dropFirst(ending == "svg" ? 0 : 1).starts(with: Data(starts[ending]!.utf8)),
                "\(path)")
            let text = String(decoding: data, as: UTF8.self)
            #expect(ending != "svg" || (!text.contains("NaN") && !text.contains("\"@") && text.contains("two runs")))
            let beside = try AtomicFile.read("\(folder)/\(time.rawValue).vl.json")
            #expect(try JSONSerialization.jsonObject(with: beside) is [String: Any])
        }
        try renderer.save(Plot(runs: runs, panels: panels).figure(), to: "\(folder)/page.html")
        let page = String(decoding: try AtomicFile.read("\(folder)/page.html"), as: UTF8.self)
        #expect(page.contains("default-src 'none'") && !page.contains("src=\"http"))
        #expect(throws: InputError.self) { try renderer.save(Plot(runs: runs).figure(), to: "\(folder)/page.gif") }
        if Browser.missing == nil {
            let outcome = try Browser.run("report.py", ["\(folder)/page.html"])
            #expect(outcome.code == 0, "\(outcome.text)")
        }
    }
}
