import Foundation

/// Small pieces of Vega-Lite that the figures share.
enum Vega {
    /// A whole specification: schema, configuration, shared data.
    static func spec(_ body: JSON, data: [JSON]? = nil) -> JSON {
        var result: JSON = ["$schema": "https://vega.github.io/schema/vega-lite/v6.json"]
        if let data { result["data"] = values(data) }
        if case .object(let entries) = body { for (key, value) in entries { result[key] = value } }
        result = typeset(result)
        result["config"] = Palette.configuration
        return result
    }

    /// Symbols as they are printed (ΔF, µs, Λ), in every text of a specification and of its data alike.
    static func typeset(_ json: JSON) -> JSON {
        switch json {
        case .string(let text):
            var result = text
            for (plain, set) in [("dF", "ΔF"), ("(us)", "(µs)"), ("Lambda", "Λ"), ("^1.52", "¹·⁵²")] {
                result = result.replacingOccurrences(of: plain, with: set)
            }
            result = result.replacingOccurrences(of: "([0-9]) us\\b", with: "$1 µs", options: .regularExpression)
            return .string(result)
        case .array(let items): return .array(items.map(typeset))
        case .object(let entries): return .object(entries.map { ($0.0, typeset($0.1)) })
        default: return json
        }
    }

    /// Tick places of a logarithmic axis: powers of ten, with 2 and 5 between them when there are few.
    static func decades(_ low: Double, _ high: Double) -> [Double] {
        guard low > 0, high > low else { return [] }
        let first = Int(floor(log10(low)))
        let last = Int(ceil(log10(high)))
        let steps: [Double] = high / low < 2000 ? (high / low < 200 ? [1, 2, 5] : [1, 3]) : [1]
        let few = high / low < 500 ? steps : [1]
        return (first...last).flatMap { power in few.map { $0 * pow(10, Double(power)) } }
            .filter { $0 >= low * 0.999 && $0 <= high * 1.001 }
    }

    static func values(_ rows: [JSON]) -> JSON { ["values": .array(rows)] }

    /// Drag to move, shift and wheel to zoom, double-click to reset: scrolling the page never zooms by accident.
    static func zoom(_ name: String = "zoom") -> JSON {
        [
            "name": .string(name), "bind": "scales",
            "select": ["type": "interval", "zoom": "wheel![event.shiftKey]"],
        ]
    }

    /// Clicking the legend brings one series forward.
    static func pick(_ field: String) -> JSON {
        ["name": "pick", "bind": "legend", "select": ["type": "point", "fields": [.string(field)]]]
    }

    static let pickedOpacity: JSON = ["condition": ["param": "pick", "value": 1], "value": 0.12]

    static func quantity(
        _ field: String, _ title: String, log: Bool = false, zero: Bool = false, domain: [Double]? = nil,
        format: String? = nil, ticks: [Double]? = nil, grid: Bool = true
    ) -> JSON {
        var scale: JSON = log ? ["type": "log", "nice": false] : ["zero": .bool(zero)]
        if let domain { scale["domain"] = .array(domain.map(JSON.number)) }
        var axis: JSON = ["title": .string(title), "grid": .bool(grid)]
        if log {
            axis["labelFlush"] = true
            if let domain {
                axis["values"] = .array(decades(domain[0], domain[1]).map(JSON.number))
            } else {
                axis["tickCount"] = 5
            }
        }
        if let ticks { axis["values"] = .array(ticks.map(JSON.number)) }
        if let format { axis["format"] = .string(format) }
        return ["field": .string(field), "type": "quantitative", "scale": scale, "axis": axis]
    }

    /// Open diamonds in the text colour: the paper's numbers.
    static func paperPoints(_ rows: [JSON], x: JSON, y: JSON, tooltip: [JSON]) -> JSON {
        [
            "data": values(rows),
            "mark": [
                "type": "point", "shape": "diamond", "size": 130, "filled": false, "stroke": "@ink",
                "strokeWidth": 1.8,
            ],
            "encoding": ["x": x, "y": y, "tooltip": .array(tooltip)],
        ]
    }

    static func tip(_ field: String, _ title: String, _ format: String? = nil) -> JSON {
        var tip: JSON = ["field": .string(field), "title": .string(title)]
        if let format {
            tip["type"] = "quantitative"
            tip["format"] = .string(format)
        } else {
            tip["type"] = "nominal"
        }
        return tip
    }

    /// A word beside a place in the figure.
    static func note(
        _ text: String, x: JSON, y: JSON, row: JSON, align: String = "left", dx: Double = 6, dy: Double = 0,
        colour: String = "@muted"
    ) -> JSON {
        [
            "data": values([row]),
            "mark": [
                "type": "text", "text": .string(text), "align": .string(align), "dx": .number(dx), "dy": .number(dy),
                "color": .string(colour), "baseline": "middle",
            ],
            "encoding": ["x": x, "y": y],
        ]
    }
}
