import Essentials
import Foundation

extension SynapseModel {
    /// The file form, `synapse.yaml`: units beside every number, tables with the unit in the column's name.
    public var yaml: String {
        func n(_ value: Double) -> String { PhysicalUnit.shortest(value) }
        /// Twelve digits in the file's unit: exact enough for any use, short enough to read.
        func r(_ value: Double) -> String { PhysicalUnit.shortest(Double(String(format: "%.12g", value)) ?? value) }
        var text = """
            # Compact synapse of one device, extracted from simulated traces by `tausonite extract`.
            # Residuals: decay - rms relative to F(10 ms); energy - rms of ln(fit/value); sigmoid - rms of Lambda.
            device: \(YAML.quoted(device))
            device_sha256: \(YAML.quoted(deviceDigest))
            read_voltage: {value: \(n(readVoltage)), unit: V}
            \(ambient.map { "ambient: {value: \(n($0)), unit: K}\n" } ?? "")weight_map:                     # G = (G_meas - minimum) / unit
              minimum_conductance: {value: \(r(weightMap.minimumConductance * 1e9)), unit: nS}
              conductance_per_unit: {value: \(r(weightMap.conductancePerUnit * 1e9)), unit: nS}
            update:                         # unitless grid of the network's dF
              step: \(n(update.step))
              maximum: \(n(update.maximum))
              columns: [amplitude_V, width_us, delta_F_nS, energy_pJ, peak_temperature_K]
              map:

            """
        for p in update.points {
            text +=
                "    - [\(r(p.amplitude)), \(r(p.width * 1e6)), \(r(p.deltaConductance * 1e9)), \(r(p.energy * 1e12)), \(r(p.peakTemperature))]\n"
        }
        text += """
            pulse_energy:                   # E = c dF^exponent, dF in nS or in units of weight
              prefactor_per_nS: {value: \(r(energy.prefactorPerNanosiemens * 1e12)), unit: pJ}
              prefactor_per_unit: {value: \(r(energy.prefactorPerUnit * 1e12)), unit: pJ}
              exponent: \(r(energy.exponent))
              corner_exponent: \(r(energy.cornerExponent))
              residual: \(r(energy.residual))
            decay:                          # Lambda = exp(-step / tau)
              step: {value: \(n(decay.step)), unit: s}
              lambda_minimum: \(r(decay.lambdaMinimum))
              lambda_maximum: \(r(decay.lambdaMaximum))
              columns: [bias_V, tau_s, lambda, residual]
              table:

            """
        for p in decay.points { text += "    - [\(r(p.bias)), \(r(p.tau)), \(r(p.lambda)), \(r(p.residual))]\n" }
        let s = decay.sigmoid
        text += """
              sigmoid: {height: \(r(s.height)), slope_per_V: \(r(s.slope)), centre_V: \(r(s.centre)), offset: \(r(s.offset)), residual: \(r(s.residual))}
            long_term:
              columns: [train, after_train_nS, read_1s_nS, read_375s_nS]
              levels:

            """
        for l in levels {
            text += "    - [\(l.train), \(r(l.afterTrain * 1e9)), \(r(l.read1s * 1e9)), \(r(l.read375s * 1e9))]\n"
        }
        if levels.isEmpty { text = text.replacingOccurrences(of: "  levels:\n", with: "  levels: []\n") }
        if let measured { text += measured.yaml }
        if let reduction { text += reduction.yaml }
        if let variability { text += variability.yaml }
        return text
    }

    /// Writes `synapse.yaml` aside and renames it.
    public func save(path: String) throws(InputError) { try AtomicFile.write(yaml, to: path) }

    /// What a file's values may be: far beyond any device, and so that nothing that is computed from them is infinite.
    private enum Range {
        static let voltage = -20.0...20.0, conductance = 1e-18...1e3, energy = 1e-24...1.0
        /// Unitless; what a `Float` holds with its digits.
        static let step = 1e-6...1e6
    }

    /// Reads a synapse file; throws `InputError` naming file, line, key and the valid range.
    public static func load(path: String) throws(InputError) -> SynapseModel {
        try SynapseModel(YAML.load(path: path))
    }

    init(_ file: YAML) throws(InputError) {
        _ = try file.mapping(known: [
            "device", "device_sha256", "read_voltage", "weight_map", "update", "pulse_energy", "decay", "long_term",
            "reduction", "variability", "ambient", "measured",
        ])
        let map = try file.required("weight_map")
        let updates = try file.required("update")
        let law = try file.required("pulse_energy")
        let decays = try file.required("decay")
        let curve = try decays.required("sigmoid")
        let step = try updates.positive("step", in: Range.step)
        let maximum = try updates.positive("maximum", in: Range.step)
        guard maximum >= step, (maximum / step).rounded() <= 255 else {
            throw try updates.required("maximum").error(
                "is not 1 to 255 steps of \(step)", value: "\(maximum)", expected: "\(step) ... \(255 * step)")
        }
        let low = try decays.number("lambda_minimum", in: 0...1)
        let high = try decays.number("lambda_maximum", in: low...1)
        self.init(
            weightMap: .init(
                minimumConductance: try map.positiveQuantity("minimum_conductance", .conductance, in: Range.conductance),
                conductancePerUnit: try map.positiveQuantity("conductance_per_unit", .conductance, in: Range.conductance)),
            update: .init(
                points: try updates.table(
                    "map",
                    in: [
                        "amplitude_V": Range.voltage, "width_us": 1e-3...1e15, "delta_F_nS": -1e9...1e9, "energy_pJ": 0...1e12,
                        "peak_temperature_K": 0...1e5,
                    ]
                ).map {
                    PulsePoint(
                        amplitude: $0[0], width: $0[1] / 1e6, deltaConductance: $0[2] / 1e9, energy: $0[3] / 1e12,
                        peakTemperature: $0[4])
                }, step: step, maximum: maximum),
            energy: .init(
                prefactorPerNanosiemens: try law.positiveQuantity("prefactor_per_nS", .energy, in: Range.energy),
                prefactorPerUnit: try law.positiveQuantity("prefactor_per_unit", .energy, in: Range.energy),
                exponent: try law.number("exponent", in: 0...10),
                cornerExponent: try law.number("corner_exponent", in: 0...10),
                residual: try law.number("residual", in: 0...100)),
            decay: .init(
                points: try decays.table(
                    "table",
                    in: ["bias_V": Range.voltage, "tau_s": 0...1e15, "lambda": 0...1, "residual": 0...1e6]
                ).map {
                    DecayPoint(bias: $0[0], tau: $0[1], lambda: $0[2], residual: $0[3])
                },
                sigmoid: .init(
                    height: try curve.number("height", in: -10...10), slope: try curve.number("slope_per_V", in: -1e3...1e3),
                    centre: try curve.number("centre_V", in: -100...100), offset: try curve.number("offset", in: -10...10),
                    residual: try curve.number("residual", in: 0...10)),
                lambdaMinimum: low, lambdaMaximum: high, step: try decays.positiveQuantity("step", .time, in: 1e-9...1e9)),
            levels: try file.required("long_term").table(
                "levels",
                in: [
                    "train": 0...1e6, "after_train_nS": -1e9...1e9, "read_1s_nS": -1e9...1e9, "read_375s_nS": -1e9...1e9,
                ]
            ).map {
                LongTermLevel(
                    train: Int(clamped: $0[0]), afterTrain: $0[1] / 1e9, read1s: $0[2] / 1e9, read375s: $0[3] / 1e9)
            },
            readVoltage: try file.positiveQuantity("read_voltage", .voltage, in: 1e-3...20),
            device: try file.required("device").string(),
            deviceDigest: try file.required("device_sha256").string())
        ambient = try file["ambient"].map { _ throws(InputError) in try file.positiveQuantity("ambient", .temperature) }
        measured = try file["measured"].map { section throws(InputError) in try Measured(section) }
        reduction = try file["reduction"].map { section throws(InputError) in try Reduction(section) }
        variability = try file["variability"].map { section throws(InputError) in try Variability(section) }
    }
}
