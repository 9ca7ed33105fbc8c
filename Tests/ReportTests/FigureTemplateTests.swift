import Essentials
import Foundation
import Testing

@testable import Report

@Suite("Figure templates")
struct FigureTemplateTests {
    private let file = """
        {"data": {"name": "rows"}, "mark": "line", "encoding": {"x": {"field": "t", "scale": {"domain": "$times", "zero": true}},
         "y": {"field": "v", "title": null, "axis": {"values": [1, -2.5e-3]}}}}
        """

    private func template(_ text: String) throws -> FigureTemplate { try FigureTemplate("figX", Array(text.utf8)) }

    @Test func dataAndValuesFindTheirPlaces() throws {
        let spec = try template(file).filled(data: ["rows": [["t": 1, "k": "dF, 20 us"]]], values: ["times": [0, 9]])
        var plain = spec
        plain["config"] = nil
        #expect(
            plain.text
                == #"{"data":{"name":"rows"},"mark":"line","encoding":{"x":{"field":"t","scale":{"domain":[0,9],"zero":true}},"#
                + #""y":{"field":"v","title":null,"axis":{"values":[1,-0.0025]}}},"datasets":{"rows":[{"t":1,"k":"ΔF, 20 µs"}]}}"#
        )
        #expect(spec["config"]?["axis"] != nil)
    }

    @Test func viewsWithoutRowsAreLeftOut() throws {
        let file = """
            {"hconcat": [{"data": {"name": "a"}, "mark": "line"}, {"layer": [{"data": {"name": "b"}, "mark": "bar"}]},
             {"layer": [{"data": {"name": "b"}}, {"data": {"values": [{"t": 1}]}, "mark": "rule"}]}]}
            """
        func views(_ a: [JSON], _ b: [JSON]) throws -> String? {
            try template(file).filled(data: ["a": a, "b": b])["hconcat"]?.text
        }
        let a = #"{"data":{"name":"a"},"mark":"line"}"#
        let rule = #"{"data":{"values":[{"t":1}]},"mark":"rule"}"#
        #expect(try views([["t": 1]], []) == "[\(a),{\"layer\":[\(rule)]}]")
        #expect(
            try views([], [["t": 1]])
                == #"[{"layer":[{"data":{"name":"b"},"mark":"bar"}]},{"layer":[{"data":{"name":"b"}},"# + rule + "]}]")
    }

    @Test func whatDoesNotFitIsNamed() throws {
        func told(_ data: [String: [JSON]], _ values: [String: JSON]) -> String {
            do { _ = try template(file).filled(data: data, values: values) } catch { return "\(error)" }
            return "nothing"
        }
        #expect(told(["rows": []], ["times": []]) == "nothing")
        #expect(told([:], ["times": []]) == "figX: rows: is not given; expected data for every name in the file")
        #expect(told(["rows": []], [:]).hasPrefix("figX: $times: is not given"))
        #expect(told(["rows": [], "more": []], ["times": []]).hasPrefix("figX: more: has no place"))
        #expect(told(["rows": []], ["times": [], "titel": ""]).hasPrefix("figX: titel: has no place"))
        #expect(throws: InputError.self) { try template("{\"mark\": line}") }
        #expect(throws: InputError.self) { try template("[1, 2]").filled(data: [:]) }
    }

    /// Every file in `Figures/` is embedded, and says the same as JSON and as YAML.
    @Test func filesAreJSON() throws {
        let folder = repository + "/Sources/Report/Figures"
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(files.count == 40)
        for file in files {
            let data = try AtomicFile.read("\(folder)/\(file)")
            let expected = try #require(try JSONSerialization.jsonObject(with: data) as? NSDictionary)
            let json = try JSON(YAML(parsing: String(decoding: data, as: UTF8.self), source: file))
            let read = try #require(try JSONSerialization.jsonObject(with: Data(json.text.utf8)) as? NSDictionary)
            #expect(read == expected, "\(file)")
        }
    }

    @Test func logarithmicTicks() {
        #expect(LogarithmicAxis.ticks([15, 700]) == [20, 50, 100, 200, 500])
        #expect(LogarithmicAxis.ticks([1, 300]) == [1, 3, 10, 30, 100, 300])
        #expect(LogarithmicAxis.ticks([1e-3, 400]) == .numbers([1e-3, 1e-2, 0.1, 1, 10, 100]))
        #expect(LogarithmicAxis.ticks([0, 1]) == [] && LogarithmicAxis.ticks([2, 1]) == [])
    }
}
