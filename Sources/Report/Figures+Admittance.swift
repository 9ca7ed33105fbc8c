import Essentials

extension Figure {
    /// Capacitance and conductance of a small sine: against the frequency where there are several, else against the bias.
    ///
    /// Points in V, Hz, F/m2 and S. Throws `InputError` when template and data do not fit.
    package static func admittance(
        _ points: [(bias: Double, frequency: Double, capacitance: Double, conductance: Double)]
    ) throws(InputError) -> Figure {
        let overFrequency = Set(points.map(\.frequency)).count > 1
        func series(_ point: (bias: Double, frequency: Double, capacitance: Double, conductance: Double)) -> String {
            overFrequency
                ? PhysicalUnit("V", .voltage).rounded(point.bias) : PhysicalUnit("Hz", .rate).rounded(point.frequency)
        }
        let rows = points.map { point -> JSON in
            [
                "s": .string(series(point)), "x": .number(overFrequency ? point.frequency : point.bias),
                "c": .number(abs(point.capacitance)), "sign": .string(point.capacitance < 0 ? "negative" : "positive"),
                "g": .number(abs(point.conductance)),
            ]
        }
        let sizes = points.map { abs($0.conductance) }
        let spread = (sizes.max() ?? 1) / max(sizes.min() ?? 1, 1e-300)
        let spec = try FigureTemplate("admittance.vl.json", PackageResources.admittance_vl_json).filled(
            data: ["points": rows],
            values: [
                "scale": FigureTemplate.scale(isLogarithmic: overFrequency),
                "title": .string(overFrequency ? "Frequency (Hz)" : "Bias (V)"),
                "format": .string(overFrequency ? "~s" : "~g"), "height": FigureTemplate.scale(isLogarithmic: spread > 20),
                "series": .string(overFrequency ? "bias" : "frequency"),
            ])
        return Figure(
            "admittance", "Beside the paper", "Small-signal capacitance and conductance",
            paper: "The paper shows no admittance.", ours: "From the linearised equations.", difference: "",
            unstated: "The paper shows no admittance.", spec: spec)
    }
}
