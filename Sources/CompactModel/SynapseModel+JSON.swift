import Foundation

extension SynapseModel {
    /// The synapse as JSON for programs, with the units in the keys; same content as the YAML file.
    public func json() throws -> String {
        struct Point: Encodable { var amplitude_V, width_us, delta_F_nS, energy_pJ, peak_temperature_K: Double }
        struct Decayed: Encodable { var bias_V, tau_s, lambda, residual: Double }
        struct Level: Encodable {
            var train: Int
            var after_train_nS, read_1s_nS, read_375s_nS: Double
        }
        struct Law: Encodable { var prefactor_per_nS_pJ, prefactor_per_unit_pJ, exponent, corner_exponent, residual: Double }
        struct Curve: Encodable { var height, slope_per_V, centre_V, offset, residual: Double }
        struct Spread: Encodable { var devices: Int, conductance, step, decay_time, step_noise_nS, read_noise_nS: Double }
        struct File: Encodable {
            var device, device_sha256: String
            var read_voltage_V, minimum_conductance_nS, conductance_per_unit_nS, delta_F_step, delta_F_maximum: Double
            var map: [Point]
            var pulse_energy: Law
            var lambda_step_s, lambda_minimum, lambda_maximum: Double
            var decay: [Decayed]
            var sigmoid: Curve
            var levels: [Level]
            var ambient_K: Double?
            var measured: FromData?
            var reduction: [Tested]?
            var variability: Spread?
        }
        struct Held: Encodable {
            var name: String
            var linear, state: Double?
        }
        struct FromData: Encodable {
            var seed: UInt64
            var held_out: [Held]
            var missing: [String]
        }
        struct Errors: Encodable { var error, bias, energy, worst_nS, worst_s: Double }
        struct Tested: Encodable {
            var name: String
            var trains: Int
            var W_nS, largest_F_nS: Double
            var linear, state: Errors
        }
        func errors(_ e: StreamTest.Errors) -> Errors {
            Errors(error: e.relative, bias: e.bias, energy: e.energy, worst_nS: e.worst * 1e9, worst_s: e.worstTime)
        }
        let file = File(
            device: device, device_sha256: deviceDigest, read_voltage_V: readVoltage,
            minimum_conductance_nS: weightMap.minimumConductance * 1e9,
            conductance_per_unit_nS: weightMap.conductancePerUnit * 1e9, delta_F_step: update.step,
            delta_F_maximum: update.maximum,
            map: update.points.map {
                Point(
                    amplitude_V: $0.amplitude, width_us: $0.width * 1e6, delta_F_nS: $0.deltaConductance * 1e9,
                    energy_pJ: $0.energy * 1e12, peak_temperature_K: $0.peakTemperature)
            },
            pulse_energy: Law(
                prefactor_per_nS_pJ: energy.prefactorPerNanosiemens * 1e12,
                prefactor_per_unit_pJ: energy.prefactorPerUnit * 1e12, exponent: energy.exponent,
                corner_exponent: energy.cornerExponent, residual: energy.residual),
            lambda_step_s: decay.step, lambda_minimum: decay.lambdaMinimum, lambda_maximum: decay.lambdaMaximum,
            decay: decay.points.map { Decayed(bias_V: $0.bias, tau_s: $0.tau, lambda: $0.lambda, residual: $0.residual) },
            sigmoid: Curve(
                height: decay.sigmoid.height, slope_per_V: decay.sigmoid.slope, centre_V: decay.sigmoid.centre,
                offset: decay.sigmoid.offset, residual: decay.sigmoid.residual),
            levels: levels.map {
                Level(
                    train: $0.train, after_train_nS: $0.afterTrain * 1e9, read_1s_nS: $0.read1s * 1e9,
                    read_375s_nS: $0.read375s * 1e9)
            },
            ambient_K: ambient,
            measured: measured.map {
                FromData(
                    seed: $0.seed, held_out: $0.heldOut.map { Held(name: $0.name, linear: $0.linear, state: $0.state) },
                    missing: $0.missing)
            },
            reduction: reduction?.streams.map {
                Tested(
                    name: $0.name, trains: $0.trains, W_nS: $0.weight * 1e9, largest_F_nS: $0.largest * 1e9,
                    linear: errors($0.linear), state: errors($0.state))
            },
            variability: variability.map {
                Spread(
                    devices: $0.devices, conductance: $0.conductance, step: $0.step, decay_time: $0.decayTime,
                    step_noise_nS: $0.stepNoise * 1e9, read_noise_nS: $0.readNoise * 1e9)
            })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(file), as: UTF8.self)
    }
}
