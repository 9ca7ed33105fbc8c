import CompactModel
import Essentials
import Foundation

/// A synapse as a person reads it: tables with units and the residual of every fit.
struct SynapseSummary {
    private let synapse: SynapseModel
    private let characterisation: Characterisation

    init(_ synapse: SynapseModel, _ characterisation: Characterisation) {
        self.synapse = synapse
        self.characterisation = characterisation
    }

    var text: String {
        ([header, map, decay, levels] + (synapse.reduction.map { [reduction($0)] } ?? []) + [footer]).joined(separator: "\n\n")
    }

    private func f(_ value: Double, _ digits: Int, _ width: Int = 0) -> String {
        let text = String(format: "%.\(digits)f", value)
        return String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private var header: String {
        "Synapse of \(synapse.device)\n"
            + "  G_min \(f(synapse.weightMap.minimumConductance * 1e9, 2)) nS, "
            + "one unit of weight \(f(synapse.weightMap.conductancePerUnit * 1e9, 1)) nS, "
            + "dF in steps of \(synapse.update.step) up to \(synapse.update.maximum) (unitless)"
    }

    private var map: String {
        let widths = Array(Set(synapse.update.points.map(\.width))).sorted()
        let amplitudes = Array(Set(synapse.update.points.map(\.amplitude))).sorted()
        var lines = ["Short-term weight dF (nS) and pulse energy (pJ)"]
        lines.append("  pulse    " + widths.map { "\(Int(clamped: $0 * 1e6)) us".leftPadded(20) }.joined())
        for amplitude in amplitudes {
            var line = "  \(f(amplitude, 1, 4)) V   "
            for width in widths {
                let point = synapse.update.points.first { $0.amplitude == amplitude && $0.width == width }
                let cell = point.map { "\(f($0.deltaConductance * 1e9, 2)) (\(f($0.energy * 1e12, 1)))" } ?? "-"
                line += cell.leftPadded(20)
            }
            lines.append(line)
        }
        let law = synapse.energy
        lines.append(
            "  E = \(f(law.prefactorPerNanosiemens * 1e12, 1)) pJ (dF/nS)^\(f(law.exponent, 3)) = "
                + "\(f(law.prefactorPerUnit * 1e12, 1)) pJ (dF/unit)^\(f(law.exponent, 3)), rms of ln E \(f(law.residual, 3)); "
                + "smallest to largest cell alone: exponent \(f(law.cornerExponent, 3))")
        return lines.joined(separator: "\n")
    }

    private var decay: String {
        var lines = [
            "Decay of the short-term weight",
            "   bias        tau   Lambda(\(f(synapse.decay.step, 0)) s)   rms of the exponential",
        ]
        for p in synapse.decay.points {
            lines.append(
                "  \(f(p.bias, 1, 4)) V \(f(p.tau, 3, 8)) s     \(f(p.lambda, 4, 8))                 \(f(p.residual, 4))")
        }
        let s = synapse.decay.sigmoid
        lines.append(
            "  Lambda(V) = \(f(s.height, 3)) / (1 + exp(-\(f(s.slope, 2)) /V (V - (\(f(s.centre, 3)) V)))) + (\(f(s.offset, 3))), rms \(f(s.residual, 4))"
        )
        return lines.joined(separator: "\n")
    }

    private var levels: String {
        var lines = ["Long-term weight W after each SET train (nS)", "  train   after   1 s   375 s"]
        for l in synapse.levels {
            lines.append(
                "  \(l.train)      \(f(l.afterTrain * 1e9, 2, 6)) \(f(l.read1s * 1e9, 2, 6)) \(f(l.read375s * 1e9, 2, 6))")
        }
        return lines.joined(separator: "\n")
    }

    private func reduction(_ r: SynapseModel.Reduction) -> String {
        var lines = [
            "On random pulses that no fit saw: rms of the error of F over rms of F (and mean F, model over device)",
            "  stream                  trains   largest F      W, F, Lambda        state model",
        ]
        for s in r.streams {
            func error(_ e: StreamTest.Errors) -> String { "\(f(e.relative * 100, 1, 7)) % (\(f(e.bias, 2)))" }
            lines.append(
                "  \(s.name.padding(toLength: 24, withPad: " ", startingAt: 0))\(s.trains)      \(f(s.largest * 1e9, 1, 6)) nS  "
                    + "\(error(s.linear).leftPadded(17))  \(error(s.state).leftPadded(17))")
        }
        return lines.joined(separator: "\n")
    }

    private var footer: String {
        let c = characterisation
        let forming =
            c.forming.map {
                "electroforming at \(f($0.amplitude, 1)) V within \(f(($0.time ?? 0) * 1e3, 2)) ms"
            } ?? "no electroforming up to \(f(c.formingScan.map(\.amplitude).max() ?? 0, 1)) V"
        return "Forming scan: \(forming) (hold \(f((c.formingScan.first?.hold ?? 0) * 1e3, 0)) ms)\n"
            + "Inventory drift over a SET train: \(String(format: "%.1e", c.inventoryDrift)) (relative); "
            + "\(c.steps) time steps, \(c.rejections) rejected"
    }
}

extension String {
    func leftPadded(_ width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
