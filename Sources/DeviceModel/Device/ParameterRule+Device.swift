extension ParameterRule {
    static let area = ParameterRule(
        "area", "A", "area that carries the current", unit: "nm2", in: 1...1e8,
        because: "from one nanometre squared to ten micrometres squared")

    // The species vacancies.
    static let charge = ParameterRule(
        "charge", "z", "charge number of the vacancy", unit: "-", in: 1...2,
        because: "oxygen vacancies are singly or doubly ionised")
    static let sites = ParameterRule(
        "sites", "c_max", "site density of the lattice gas", unit: "1/m3", in: 1e25...7e28,
        because: "above the background, at most the oxygen sites of an oxide")

    // A contact.
    static let barrier = ParameterRule(
        "barrier", "phi", "barrier between the metal and the band of the layer it touches", unit: "eV", in: 0...6,
        because: "at most the gap of an oxide")
    static let velocity = ParameterRule(
        "velocity", emissionVelocity.symbol, emissionVelocity.name, unit: "m/s", in: 1...1e6, because: emissionVelocity.reason)
    static let capacitance = ParameterRule(
        "capacitance", "C_i", "capacitance of the compact layer", unit: "F/m2", in: 1e-3...10,
        because: "a vacuum gap of 9 nm to one of 0.9 pm, filled or not")

    static let planeDistance = ParameterRule(
        "plane_distance", "lambda", "distance from the contact plane to the first lattice plane", unit: "nm", in: 0...3,
        because: "0: one plane; more than some lattice constants are no single hop", standard: 0)

    // A sheet.
    static let sheetSites = ParameterRule(
        "sites", "N_max", "sites of the sheet", unit: "1/m2", in: 1e10...1e24, because: ".inf never fills", infinity: true,
        standard: .infinity)
    static let depth = ParameterRule(
        "depth", "d", "depth of the sheet below the contact", unit: "nm", in: 0.2...500, because: "inside the layers")

    // Heat.
    static let ambientTemperature = ParameterRule(
        "ambient_temperature", "T0", "ambient temperature", unit: "K", in: 200...600,
        because: "the laws at Pt are calibrated at 300 K; below 200 K tunnelling takes over")
    static let thermalResistance = ParameterRule(
        "thermal_resistance", "R_th", "thermal resistance of the hot spot", unit: "K/W", in: 0...1e9,
        because: "0 switches self-heating off")
    static let maximumTemperature = ParameterRule(
        "maximum_temperature", "T_max", "above it a heat balance without a root is electroforming", unit: "K",
        in: 300...2353, because: "up to the melting point of SrTiO3")
}
