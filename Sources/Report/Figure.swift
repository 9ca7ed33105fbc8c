/// One figure of the report: a Vega-Lite specification and what a reader with the paper open wants to know beside it.
package struct Figure: Equatable, Sendable {
    /// "fig2a"; also the name of its PNG and SVG.
    package var id: String
    /// "Figure 2a".
    package var label: String
    package var title: String
    /// What the paper shows and states; ours; what differs and why.
    package var paper, ours, difference: String
    /// The specification, or `nil` when the run has nothing to draw (then `ours` says why).
    package var spec: JSON?
    /// Takes the full width of the page.
    package var wide: Bool

    init(
        _ id: String, _ label: String, _ title: String, wide: Bool = false, paper: String, ours: String,
        difference: String, unstated: String? = nil, spec: JSON?
    ) {
        self.id = id
        self.label = label
        self.title = title
        self.wide = wide
        self.paper = paper
        self.ours = ours
        self.difference = difference
        // A bare `nil` beside a JSON literal is JSON null: both mean that there is nothing to draw.
        if let spec, spec != .null { self.spec = spec } else { self.spec = nil }
        if let unstated, self.spec != nil { self.spec?["title"] = Self.note(unstated) }
    }

    /// A line under the drawing: what the paper does not state, where nothing of it can be drawn.
    private static func note(_ text: String) -> JSON {
        [
            "text": FigureTemplate.typeset(.string(text)), "orient": "bottom", "anchor": "start", "color": "@muted",
            "fontSize": 11, "offset": 10,
            "fontWeight": "normal",
        ]
    }
}
