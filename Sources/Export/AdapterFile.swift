import CompactModel
import Essentials
import Foundation

/// Steps up and down against conductance, and decay times: what an adapter of a network simulator needs of the device.
///
/// Everything is asked of the state model. F is reached by `conditioning` pulses from each level; a step up is what one more pulse adds 2 ms
/// after it, a step down what a hold takes; a decay time is that after which F has fallen to 1/e.
package struct AdapterFile: Sendable {
    /// The synapse, for the network's grid of weights.
    package var synapse: SynapseModel
    /// What is asked.
    package var model: LumpedDevice
    /// What the file says of where it comes from.
    package var origin: ExportOrigin
    /// The pulse that raises F, V and s, and the time to the next, s.
    var conditioning = (amplitude: 3.0, width: 100e-6, gap: 10e-3)
    /// How many of them lie before each point.
    var counts = [0, 1, 2, 4, 8, 16, 32]
    /// Seconds of a step down.
    var holdTime = 1.0
    /// The longest time that is sought for a decay, s.
    var longest = 1e4
    /// Seconds after a pulse at which G is read.
    static let wait = 2e-3

    /// Of a synapse and its state model.
    package init(_ synapse: SynapseModel, _ model: LumpedDevice, origin: ExportOrigin) {
        (self.synapse, self.model, self.origin) = (synapse, model, origin)
    }

    /// One point of a curve: F (nS) and G (nS) before it, the step (nS).
    struct Point: Codable, Equatable {
        var F_nS, conductance_nS, delta_F_nS: Double
        var energy_pJ: Double?
    }
    struct Up: Codable, Equatable {
        var trains: Int
        var amplitude_V, width_us: Double
        var points: [Point]
    }
    struct Down: Codable, Equatable {
        var trains: Int
        var bias_V, duration_s: Double
        var points: [Point]
    }
    struct Decay: Codable, Equatable {
        struct Time: Codable, Equatable {
            var F_nS: Double
            var tau_s: Double?
        }
        var trains: Int
        var bias_V: Double
        var points: [Time]
    }
    struct Level: Codable, Equatable {
        var trains: Int
        var conductance_nS: Double
    }
    struct Ranges: Codable, Equatable {
        var bias_V, pulse_V, pulse_width_us, ambient_K, charge_per_m2: [Double]
    }
    struct Weights: Codable, Equatable {
        var minimum_conductance_nS, conductance_per_unit_nS, delta_F_step, delta_F_maximum, lambda_minimum, lambda_maximum,
            lambda_step_s: Double
    }
    /// The file's content.
    struct Content: Codable, Equatable {
        var format = "tausonite-adapter-1"
        var about = "steps and decay of a memristor's conductance: Docs/files.md of tausonite; units stand in the keys"
        var generated_by, device, device_sha256: String
        var read_voltage_V: Double
        var ambient_K: Double?
        var ranges: Ranges
        var weights: Weights
        var levels: [Level]
        var up: [Up]
        var down: [Down]
        var decay: [Decay]
    }

    /// Computes all curves.
    func content() -> Content {
        func pair(_ r: ClosedRange<Double>, _ unit: Double = 1) -> [Double] { [r.lowerBound * unit, r.upperBound * unit] }
        let charges = model.ambients[0].bias.redox.charges
        let map = synapse.weightMap
        let widths = Set(synapse.update.points.map(\.width)).sorted()
        let levels = model.levels.filter {
            [model.levels.first?.trains, model.levels.last?.trains].contains($0.trains) || $0.trains == 3
        }
        var (up, down, decay) = ([Up](), [Down](), [Decay]())
        for level in levels {
            let starts = conditioned(level)
            func point(_ run: LumpedRun, _ after: LumpedRun, energy: Double? = nil) -> Point {
                Point(
                    F_nS: (run.conductance - level.conductance) * 1e9, conductance_nS: run.conductance * 1e9,
                    delta_F_nS: (after.conductance - run.conductance) * 1e9, energy_pJ: energy.map { $0 * 1e12 })
            }
            for amplitude in Set(synapse.update.points.map(\.amplitude)).sorted() {
                for width in widths {
                    let points = starts.map { run in
                        var after = run
                        after.pulse(amplitude, for: width)
                        let energy = after.energy - run.energy
                        after.hold(model.readVoltage, for: Self.wait)
                        return point(run, after, energy: energy)
                    }
                    up.append(Up(trains: level.trains, amplitude_V: amplitude, width_us: width * 1e6, points: points))
                }
            }
            for bias in synapse.decay.points.map(\.bias).sorted() where model.biasRange.contains(bias) {
                down.append(
                    Down(
                        trains: level.trains, bias_V: bias, duration_s: holdTime,
                        points: starts.map { run in
                            var after = run
                            after.hold(bias, for: holdTime)
                            return point(run, after)
                        }))
                decay.append(
                    Decay(
                        trains: level.trains, bias_V: bias,
                        points: starts.dropFirst().map { run in
                            .init(
                                F_nS: (run.conductance - level.conductance) * 1e9,
                                tau_s: time(run, bias, above: level.conductance))
                        }))
            }
        }
        return Content(
            generated_by: origin.command, device: origin.device, device_sha256: origin.digest,
            read_voltage_V: model.readVoltage, ambient_K: model.ambients[0].temperature,
            ranges: Ranges(
                bias_V: pair(model.biasRange), pulse_V: pair(model.pulseRange),
                pulse_width_us: [(widths.first ?? 0) * 1e6, (widths.last ?? 0) * 1e6], ambient_K: pair(model.ambientRange),
                charge_per_m2: [model.scale * sinh(charges.lowerBound), model.scale * sinh(charges.upperBound)]),
            weights: Weights(
                minimum_conductance_nS: map.minimumConductance * 1e9, conductance_per_unit_nS: map.conductancePerUnit * 1e9,
                delta_F_step: synapse.update.step, delta_F_maximum: synapse.update.maximum,
                lambda_minimum: synapse.decay.lambdaMinimum,
                lambda_maximum: synapse.decay.lambdaMaximum, lambda_step_s: synapse.decay.step),
            levels: model.levels.map { Level(trains: $0.trains, conductance_nS: $0.conductance * 1e9) }, up: up, down: down,
            decay: decay)
    }

    /// The model after each number of conditioning pulses.
    private func conditioned(_ level: LumpedDevice.Level) -> [LumpedRun] {
        var (run, found, done) = (LumpedRun(model, from: level.state), [LumpedRun](), 0)
        for count in counts {
            while done < count {
                run.pulse(conditioning.amplitude, for: conditioning.width)
                run.hold(model.readVoltage, for: conditioning.gap)
                done += 1
            }
            found.append(run)
        }
        return found
    }

    /// Seconds until F has fallen to 1/e, F straight in ln t between looks; nil beyond `longest`.
    private func time(_ start: LumpedRun, _ bias: Double, above weight: Double) -> Double? {
        var run = start
        let wanted = (start.conductance - weight) * exp(-1)
        var (t, next, before) = (0.0, 1e-3, start.conductance - weight)
        while t < longest {
            run.hold(bias, for: next - t)
            let now = run.conductance - weight
            if now <= wanted {
                guard t > 0, before > now else { return next }
                return exp(log(t) + (log(next) - log(t)) * (before - wanted) / (before - now))
            }
            (t, next, before) = (next, next * 1.15, now)
        }
        return nil
    }

    /// The file.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(content()), as: UTF8.self) + "\n"
    }
}
