import Foundation

/// The energy account as aligned text: what `tausonite energy` prints.
package enum EnergyText {
    /// Tables 1 and 2 and the gains for the chosen readings, beside the paper's rows.
    package static func text(
        _ account: EnergyAccount, published: PublishedEnergy, readings: [TimeReading] = TimeReading.allCases
    ) -> String {
        let tables = EnergyTables(account: account, published: published)
        let chosen = account.readings.filter { readings.contains($0.reading) }
        let keys = Set(chosen.map(\.row.key))
        func isShown(_ row: EnergyRow) -> Bool { !row.key.hasPrefix("memristor_ours_") || keys.contains(row.key) }
        var lines = [
            "Game: score \(account.score) in \(account.steps) network steps (frame skip \(account.frameSkip)), "
                + "\(account.synapses) synapses, \(account.nonzeroUpdates) non-zero dF"
                + (account.nonzeroUpdates > 0
                    ? String(format: " (mean %.3g, largest %.3g)", account.meanDeltaF, account.largestDeltaF) : ""),
            String(
                format: "Synapse: G_min %.4g nS, %.3g nS per unit, update %.4g pJ |dF|^%.4g, bias %.3g V (%.3g nW at G = 0)",
                account.minimumConductance * 1e9, account.conductancePerUnit * 1e9, account.prefactor * 1e12,
                account.exponent, account.biasVoltage, account.biasPowerFloor * 1e9), "",
        ]
        for reading in chosen {
            lines.append(
                "Reading `\(reading.reading.rawValue)`: \(reading.reading.explanation)")
            lines.append(
                String(
                    format: "  step %.4g ms, game %.4g s, Lambda %.4f ... %.4f (the game was %@played with them)",
                    reading.stepDuration * 1e3, reading.gameDuration, reading.lambdaMinimum, reading.lambdaMaximum,
                    reading.playedWithTheseLambdas ? "" : "not "))
        }
        lines += ["", "Table 1: energy of the plastic layer per game (mJ)"]
        lines += table(tables.perGame.filter(isShown), scale: 1e3)
        lines += ["", "Table 2: energy per operation (pJ); the weight multiplication counts as two"]
        lines += table(tables.perOperation.filter(isShown), scale: 1e12)
        lines += ["", "Gain over the GPU (best row ... worst row, scaled to the steps of this game)"]
        let names = Set(chosen.map { "ours, \($0.reading.rawValue)" })
        for gain in tables.gains where !gain.name.hasPrefix("ours") || names.contains(gain.name) {
            lines.append(
                "  \(gain.name.padding(toLength: 24, withPad: " ", startingAt: 0))"
                    + String(format: "%8.3g ... %.3g", gain.lower, gain.upper))
        }
        lines += ["", "Mapping `paper` (above): one device a synapse, whose conductance would have to be negative at times."]
        lines.append(
            "Mapping `pair`: two devices a synapse, G = (G+ - G-) / g, upward pulses only; bias at least, gain at most:")
        for reading in chosen {
            let (pair, name) = (reading.pair, "ours, \(reading.reading.rawValue)")
            lines.append(
                "  \(name.padding(toLength: 24, withPad: " ", startingAt: 0))"
                    + String(
                        format: "bias %.4g mJ, total %.4g mJ, gain %.3g ... %.3g", pair.decay * 1e3, pair.total * 1e3,
                        pair.gains[published.bestGPU.key] ?? 0, pair.gains[published.worstGPU.key] ?? 0))
        }
        for reading in chosen {
            guard let measured = reading.measured else { continue }
            func gains(_ gains: [String: Double]) -> String {
                String(format: "%.3g ... %.3g", gains[published.bestGPU.key] ?? 0, gains[published.worstGPU.key] ?? 0)
            }
            lines.append("Pairs as the devices of this game did it, reading \(reading.reading.rawValue):")
            lines.append(
                String(
                    format: "  dF %.4g mJ; bias at each synapse's own voltage %.4g mJ, ", measured.deltaF * 1e3,
                    measured.decay * 1e3)
                    + String(format: "total %.4g mJ, gain ", measured.total * 1e3) + gains(measured.gains))
            lines.append(
                String(format: "  bias with %.3g V everywhere %.4g mJ, ", account.biasVoltage, measured.worstDecay * 1e3)
                    + String(format: "total %.4g mJ, gain ", measured.worstTotal * 1e3) + gains(measured.worstGains))
        }
        return lines.joined(separator: "\n")
    }

    private static func table(_ rows: [EnergyRow], scale: Double) -> [String] {
        let cells =
            [[""] + ["dF", "Decay", "W + F", "ST-Hebb", "Weight mult.", "Total"]]
            + rows.map { row in
                let ours = row.key.hasPrefix("memristor_ours_")
                let name = ours ? "Memristor, ours: \(row.key.dropFirst("memristor_ours_".count))" : row.name
                return [name] + row.columns.map { $0.map { number($0 * scale) } ?? "-" }
            }
        let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        return cells.map { row in
            "  "
                + row.enumerated().map { column, text in
                    let padding = String(repeating: " ", count: widths[column] - text.count)
                    return column == 0 ? text + padding : padding + text
                }.joined(separator: "  ")
        }
    }

    /// One decimal as the paper prints; two digits below 0.1.
    private static func number(_ value: Double) -> String {
        value == 0 ? "0" : String(format: abs(value) < 0.095 ? "%.2g" : "%.1f", value)
    }
}
