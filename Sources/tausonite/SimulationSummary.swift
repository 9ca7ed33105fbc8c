import DeviceModel
import Essentials
import Foundation
import Protocols
import Simulation

/// What `tausonite simulate` prints for people.
struct SimulationSummary {
    let trace: Trace
    let device: DeviceDescription
    let experiment: Experiment
    var isFromState = false

    /// Most rows of a table before the rest is counted only.
    static let rows = 12

    var text: String {
        var lines = [
            "\(device.name), \(experiment.startsFromBaseState ? "from its base state" : isFromState ? "from a state" : "fresh"): "
                + "\(experiment.pulseCount) pulse\(experiment.pulseCount == 1 ? "" : "s"), "
                + "\(experiment.mayEndEarly ? "at most " : "")\(engineering(experiment.duration, "s")) in all"
        ]
        if let first = trace.samples.first, let last = trace.samples.last {
            lines.append("        " + ["t", "V", "I", "G(\(volts(experiment.readVoltage)))", "T"].map(padded).joined())
            lines.append("start   " + Self.row(first))
            lines.append("end     " + Self.row(last))
        }
        if !trace.pulses.isEmpty {
            lines += ["", "pulse   " + ["V", "energy", "peak T", "end I"].map(padded).joined()]
            for (index, pulse) in trace.pulses.prefix(Self.rows).enumerated() {
                lines.append(
                    String(index + 1).padding(toLength: 8, withPad: " ", startingAt: 0)
                        + [
                            volts(pulse.amplitude), engineering(pulse.energy, "J"),
                            engineering(pulse.peakTemperature, "K"), engineering(pulse.endCurrent, "A"),
                        ].map(padded).joined())
            }
            if trace.pulseCount > Self.rows {
                lines.append("... and \(trace.pulseCount - Self.rows) more, in all \(engineering(trace.pulseEnergy, "J"))")
            }
        }
        if trace.seriesEnergy != 0 {
            lines.append("beside it, in the series limit of the source: \(engineering(trace.seriesEnergy, "J"))")
        }
        if !trace.marks.isEmpty {
            lines += ["", "met     " + ["t", "V", "what"].map(padded).joined()]
            for (index, mark) in trace.marks.prefix(Self.rows).enumerated() {
                lines.append(
                    String(index + 1).padding(toLength: 8, withPad: " ", startingAt: 0)
                        + [engineering(mark.time, "s", digits: 6), volts(mark.voltage), mark.event].map(padded).joined())
            }
            if trace.markCount > Self.rows { lines.append("... and \(trace.markCount - Self.rows) more") }
        }
        if !trace.reads.isEmpty {
            lines += ["", "read    " + ["t", "V", "G"].map(padded).joined()]
            for (index, read) in trace.reads.prefix(Self.rows).enumerated() {
                lines.append(
                    String(index + 1).padding(toLength: 8, withPad: " ", startingAt: 0)
                        + [engineering(read.time, "s"), volts(read.voltage), engineering(read.conductance, "S")].map(padded)
                        .joined())
            }
            if trace.readCount > Self.rows { lines.append("... and \(trace.readCount - Self.rows) more") }
        }
        let s = trace.statistics
        lines += [
            "",
            "\(s.steps) steps (\(s.rejections) rejected), \(s.newtonIterations) Newton iterations; "
                + (s.driftDiffusionSteps > 0 ? "electrons with their charge in \(s.driftDiffusionSteps) of the steps; " : "")
                + "inventory drift \(String(format: "%.1e", s.inventoryDrift)) of its scale",
        ]
        return lines.joined(separator: "\n")
    }

    private static func row(_ sample: Trace.Sample) -> String {
        [
            engineering(sample.time, "s"), volts(sample.voltage), engineering(sample.current, "A"),
            engineering(sample.conductance, "S"), engineering(sample.temperature, "K"),
        ].map(padded).joined()
    }
}

private func padded(_ text: String) -> String { text.padding(toLength: max(14, text.count + 2), withPad: " ", startingAt: 0) }

private func volts(_ value: Double) -> String { PhysicalUnit("V", .voltage).rounded(value) }
