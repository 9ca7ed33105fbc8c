/// One peripheral cost that the paper leaves out: energy per game, and power that flows however long a step lasts.
package struct PeripheryRow: Equatable, Sendable, Codable {
    /// Rows that a reader adds to the paper's count together.
    package enum Part: String, CaseIterable, Sendable, Codable {
        case lines
        case converters
        case norm
        case outerProduct = "outer_product"

        /// What a figure calls it.
        package var name: String {
            switch self {
            case .lines: "lines"
            case .converters: "converters"
            case .norm: "norm"
            case .outerProduct: "outer product"
            }
        }
    }

    package var key, name: String
    package var part: Part
    /// How often it happens in the game.
    package var count: Double
    /// J per game, and W while the game lasts.
    package var energy, standingPower: Estimate

    init(_ key: String, _ name: String, _ part: Part, count: Double, energy: Estimate, standingPower: Estimate = .zero) {
        self.key = key
        self.name = name
        self.part = part
        self.count = count
        self.energy = energy
        self.standingPower = standingPower
    }

    /// J per game when it lasts `duration` seconds.
    package func total(over duration: Double) -> Estimate { energy + duration * standingPower }

    /// The rows of a game. With U units, I inputs, S = U I synapses, T steps and N updates that are not zero:
    ///
    ///     lines        N (U + I) p C' V^2, at least  min(N (U + I), 2 S T) p C' V^2   pulse by pulse; each line once a step
    ///     sums         U T ceil(I / rows) E_adc
    ///     inputs       I T bits E_dac
    ///     norm         S T E_adc                      every synapse is read once a step
    ///     squares      S T (E_mul + E_add)
    ///     outer        S T (2 E_mul + E_add + bits / 64 E_sram)   Gamma (h outer u), rounded to the grid; Gamma read from SRAM
    ///     Gamma        S bits P_leak                  power: Gamma is kept there
    ///
    /// p is the distance between synapses and C' the capacitance of a line per length: an update charges the line of its unit, over all
    /// inputs, and that of its input, over all units. J and W; source of the energies: `Validation/periphery.yaml`, of the equations that
    /// the network has to compute each step: `Docs/network.md`.
    package static func rows(_ n: PeripheryCounts, _ energies: PeripheryEnergies) -> [PeripheryRow] {
        let synapseSteps = n.synapseSteps
        let updates = Double(n.updates)
        let oneByOne = updates * Double(n.units + n.inputs)
        let cells = Estimate(low: min(oneByOne, 2 * synapseSteps), middle: oneByOne, high: oneByOne)
        let charge = energies[.pitch] * energies[.lineCapacitance] * energies[.pulseVoltage] * energies[.pulseVoltage]
        let rows = energies[.rows]
        let conversions = Estimate(
            low: (Double(n.inputs) / rows.high).rounded(.up), middle: (Double(n.inputs) / rows.middle).rounded(.up),
            high: (Double(n.inputs) / rows.low).rounded(.up))
        let gammaBits = energies[.gammaBits]
        let gammaRead = 1 / 64.0 * gammaBits * energies[.sram45]
        return [
            PeripheryRow("lines", "lines charged by updates", .lines, count: updates, energy: cells * charge),
            PeripheryRow(
                "sums", "ADC of the sums", .converters, count: n.sums, energy: n.sums * conversions * energies[.adc]),
            PeripheryRow(
                "inputs", "DAC of the inputs", .converters, count: n.inputValues,
                energy: n.inputValues * energies[.inputBits] * energies[.dacBit]),
            PeripheryRow(
                "norm", "norm: reading every synapse", .norm, count: synapseSteps, energy: synapseSteps * energies[.adc]),
            PeripheryRow(
                "squares", "norm: squares and their sum", .norm, count: synapseSteps,
                energy: synapseSteps * (energies[.multiply] + energies[.add])),
            PeripheryRow(
                "outer", "outer product, Gamma, rounding", .outerProduct, count: synapseSteps,
                energy: synapseSteps * (2 * energies[.multiply] + energies[.add] + gammaRead)),
            PeripheryRow(
                "gamma", "keeping Gamma in SRAM", .outerProduct, count: Double(n.synapses), energy: .zero,
                standingPower: Double(n.synapses) * gammaBits * energies[.sramLeakage]),
        ]
    }
}
