/// One row of Table 1 (J per game) or Table 2 (J per operation): what one technology spends on the plastic layer.
package struct EnergyRow: Equatable, Sendable, Codable {
    /// Short key, such as "gpu_optimal_fp16".
    package var key: String
    /// Energy of the updates dF, of the decay, of the sum W + F, and of the weight multiplication; `nil` where
    /// the technology does not pay for it apart (the memristor adds and multiplies while its decay is biased).
    package var deltaF: Double
    package var decay: Double
    package var weightSum: Double?
    package var weightMultiplication: Double?
    /// ST-Hebb = dF + decay + (W + F), and total = ST-Hebb + weight multiplication; as printed where they were printed.
    package var stHebb: Double
    package var total: Double

    package init(
        key: String, deltaF: Double, decay: Double, weightSum: Double?, stHebb: Double? = nil,
        weightMultiplication: Double?, total: Double? = nil
    ) {
        self.key = key
        self.deltaF = deltaF
        self.decay = decay
        self.weightSum = weightSum
        self.weightMultiplication = weightMultiplication
        let sum = stHebb ?? (deltaF + decay + (weightSum ?? 0))
        self.stHebb = sum
        self.total = total ?? (sum + (weightMultiplication ?? 0))
    }

    /// The six columns in the paper's order; `nil` where the paper prints a dash.
    package var columns: [Double?] { [deltaF, decay, weightSum, stHebb, weightMultiplication, total] }

    /// Headings of the six columns.
    package static let headings = ["ΔF", "Decay", "W + F", "ST-Hebb", "Weight mult.", "Total"]

    /// Keys of the six columns in files.
    package static let columnKeys = ["delta_f", "decay", "weight_sum", "st_hebb", "weight_multiplication", "total"]

    /// What a reader calls the row.
    package var name: String {
        switch key {
        case "memristor": "Memristor (paper)"
        case "gpu_standard_fp16": "GPU, standard, FP16"
        case "gpu_standard_fp32": "GPU, standard, FP32"
        case "gpu_optimal_fp16": "GPU, optimal, FP16"
        case "gpu_optimal_fp32": "GPU, optimal, FP32"
        case "gpu_compute_fp16": "GPU, compute only, FP16"
        case "gpu_compute_fp32": "GPU, compute only, FP32"
        default: key
        }
    }

    /// Table 2 from Table 1: each column divided by how often its operation ran in the game.
    ///
    /// With S synapses and T network steps, dF, decay and W + F each cost one operation per synapse and step, S T in all;
    /// the weight multiplication costs two, multiply and add, 2 S T. ST-Hebb and total are sums of the quotients, so that
    /// total = ST-Hebb / (S T) + multiplication / (2 S T). For the paper S T = 169,984 * 6,826 = 1.1603e9; every GPU entry
    /// of Table 2 follows from Table 1 to its last printed digit or one unit of it. Units: J in, J per operation out.
    package func perOperation(synapses: Int, steps: Int) -> EnergyRow {
        let operations = Double(synapses) * Double(steps)
        return EnergyRow(
            key: key, deltaF: deltaF / operations, decay: decay / operations,
            weightSum: weightSum.map { $0 / operations }, stHebb: stHebb / operations,
            weightMultiplication: weightMultiplication.map { $0 / (2 * operations) })
    }

    /// The row for another number of network steps: every entry grows in proportion to the steps.
    package func scaled(by factor: Double) -> EnergyRow {
        EnergyRow(
            key: key, deltaF: deltaF * factor, decay: decay * factor, weightSum: weightSum.map { $0 * factor },
            stHebb: stHebb * factor, weightMultiplication: weightMultiplication.map { $0 * factor },
            total: total * factor)
    }
}
