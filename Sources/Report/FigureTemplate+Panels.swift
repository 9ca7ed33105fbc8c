extension FigureTemplate {
    /// A quantitative scale whose kind is only known with the data.
    static func scale(isLogarithmic: Bool) -> JSON {
        isLogarithmic ? ["type": "log"] : ["type": "linear", "zero": false]
    }

    /// Several filled specifications as one, side by side in rows of `columns`: tables and parameters of each under names of their own.
    static func composed(_ views: [JSON], columns: Int) -> JSON {
        var panels: [JSON] = []
        var tables: [(String, JSON)] = []
        for (k, view) in views.enumerated() {
            guard case .object(let entries) = view else { continue }
            if case .object(let own)? = view["datasets"] { tables += own.map { ("p\(k)_\($0.0)", $0.1) } }
            let rest = entries.filter { !["$schema", "config", "datasets"].contains($0.0) }
            panels.append(.object(rest.map { ($0.0, renamed($0.1, under: $0.0, prefix: "p\(k)_")) }))
        }
        return [
            "$schema": views.first?["$schema"] ?? .null, "concat": .array(panels), "columns": .number(Double(columns)),
            "spacing": 30,
            "resolve": [
                "scale": ["color": "independent", "strokeDash": "independent", "x": "independent", "y": "independent"],
                "legend": ["color": "independent", "strokeDash": "independent"],
            ],
            "config": views.first?["config"] ?? .null, "datasets": .object(tables),
        ]
    }

    /// The name in "data": {"name": ...} and in each of "params" gets the prefix.
    private static func renamed(_ json: JSON, under key: String, prefix: String) -> JSON {
        switch json {
        case .array(let items):
            return .array(
                items.map { item in
                    var item = renamed(item, under: "", prefix: prefix)
                    if key == "params", case .string(let name)? = item["name"] { item["name"] = .string(prefix + name) }
                    return item
                })
        case .object(let entries):
            if key == "data", case .string(let name)? = json["name"] { return ["name": .string(prefix + name)] }
            return .object(entries.map { ($0.0, renamed($0.1, under: $0.0, prefix: prefix)) })
        default: return json
        }
    }
}
