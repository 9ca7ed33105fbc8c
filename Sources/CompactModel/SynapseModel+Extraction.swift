import Foundation

/// What the network's constraints add to the measured synapse; the paper's choices are the defaults.
public struct SynapseConventions: Sendable, Equatable {
    /// Conductance of one unit of weight, S (paper: 2 nS, `device_constraints.weight_map`).
    public var conductancePerUnit = 2e-9
    /// Grid of the network's updates, unitless (paper: 0.5, one nS, just above the spread of repeated pulses).
    public var updateStep = 0.5
    /// Duration of a network step in Lambda = exp(-step / tau), s (paper, derived: 1 s).
    public var decayStep = 1.0

    /// The paper's conventions.
    public init() {}
}

extension SynapseModel {
    /// Reduces a campaign to the compact synapse.
    ///
    /// G_min is the base conductance; max |dF| is the largest dF of the map on the grid of the update step; the Lambda range is that
    /// of the measured biases. Returns nil when a law cannot be fitted (a cell without a positive dF, fewer than four biases).
    public init?(
        _ c: Characterisation, conventions: SynapseConventions = SynapseConventions(), readVoltage: Double,
        device: String, deviceDigest: String
    ) {
        let unit = conventions.conductancePerUnit
        let points = c.map.map { cell in
            PulsePoint(
                amplitude: cell.amplitude, width: cell.width, deltaConductance: cell.deltaConductance.first ?? 0,
                energy: cell.energy.first ?? 0, peakTemperature: cell.peakTemperature.max() ?? 0)
        }
        guard let small = points.min(by: { $0.deltaConductance < $1.deltaConductance }),
            let large = points.max(by: { $0.deltaConductance < $1.deltaConductance }),
            let law = Fits.powerLaw(points.map { $0.deltaConductance * 1e9 }, points.map(\.energy))
        else { return nil }
        let lambdas = c.decays.map { exp(-conventions.decayStep / $0.tau) }
        guard let sigmoid = Fits.sigmoid(c.decays.map(\.bias), lambdas), let low = lambdas.min(), let high = lambdas.max()
        else { return nil }
        let steps = max((large.deltaConductance / unit / conventions.updateStep).rounded(), 1)
        let corner =
            small.deltaConductance < large.deltaConductance
            ? log(large.energy / small.energy) / log(large.deltaConductance / small.deltaConductance) : law.exponent
        self.init(
            weightMap: .init(minimumConductance: c.baseConductance, conductancePerUnit: unit),
            update: .init(points: points, step: conventions.updateStep, maximum: steps * conventions.updateStep),
            energy: .init(
                prefactorPerNanosiemens: law.prefactor,
                prefactorPerUnit: law.prefactor * pow(unit * 1e9, law.exponent), exponent: law.exponent,
                cornerExponent: corner, residual: law.residual),
            decay: .init(
                points: zip(c.decays, lambdas).map {
                    .init(bias: $0.bias, tau: $0.tau, lambda: $1, residual: $0.residual)
                }, sigmoid: sigmoid, lambdaMinimum: low, lambdaMaximum: high, step: conventions.decayStep),
            levels: c.trains.map {
                .init(train: $0.train, afterTrain: $0.afterTrain, read1s: $0.read1s, read375s: $0.read375s)
            }, readVoltage: readVoltage, device: device, deviceDigest: deviceDigest)
    }
}
