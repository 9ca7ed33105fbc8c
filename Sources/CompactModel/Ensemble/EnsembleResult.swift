import DeviceModel
import Essentials

/// An ensemble of devices and everything that was measured on it.
public struct EnsembleResult: Sendable {
    /// What was drawn.
    public var draws: DeviceDraws
    /// What every device was measured for, in order.
    public var quantities: [EnsembleQuantity]
    /// What came out.
    public var outcome: EnsembleCampaign.Outcome
    /// What a good device keeps.
    public var limits: [YieldLimit]

    /// Puts draws and measurements together; limits on what was not measured are left out.
    public init(_ draws: DeviceDraws, _ campaign: EnsembleCampaign, _ outcome: EnsembleCampaign.Outcome, limits: [YieldLimit]) {
        (self.draws, self.outcome) = (draws, outcome)
        quantities = campaign.quantities
        let measured = Set(quantities)
        self.limits = limits.filter { measured.contains($0.quantity) }
    }

    /// Values of the devices that could be measured, SI.
    public func values(_ quantity: EnsembleQuantity) -> [Double] { outcome.devices.compactMap { $0.values[quantity] } }

    /// Spread of a quantity; nil where no device could be measured.
    public func distribution(_ quantity: EnsembleQuantity) -> Distribution? { Distribution(values(quantity)) }

    /// Spearman's rho of a spread parameter and a quantity, over the devices that could be measured.
    public func correlation(parameter: Int, _ quantity: EnsembleQuantity) -> Double? {
        let pairs = zip(draws.members, outcome.devices).compactMap { member, device in
            device.values[quantity].map { (member.values[parameter], $0) }
        }
        return RankCorrelation.spearman(pairs.map(\.0), pairs.map(\.1))
    }

    /// Devices that keep every limit.
    public var good: Int { outcome.devices.count { device in limits.allSatisfy { $0.holds(for: device) } } }

    /// Devices that keep one limit, and those that could not be measured for it.
    public func kept(_ limit: YieldLimit) -> (kept: Int, notMeasured: Int) {
        (
            outcome.devices.count { limit.holds(for: $0) },
            outcome.devices.count { $0.values[limit.quantity] == nil }
        )
    }

    /// Numbers of the devices with a quantity that could not be measured.
    public var failed: [Int] { outcome.devices.indices.filter { !outcome.devices[$0].failures.isEmpty } }

    /// Every device: number, parameters in the units of the device file, quantities, whether it is good, and what failed.
    public var table: Table {
        var columns: [(name: String, field: (Int) -> any TableField)] = [("device", { $0 })]
        for (k, spread) in draws.spreads.enumerated() {
            let unit = spread.entry.unit
            columns.append(
                (unit.symbol == "-" ? spread.key : "\(spread.key)_\(unit.symbol)", { unit.fromSI(draws.members[$0].values[k]) })
            )
        }
        for quantity in quantities {
            columns.append((quantity.column, { outcome.devices[$0].values[quantity].map(quantity.unit.fromSI) }))
        }
        columns.append(("good", { device in limits.allSatisfy { $0.holds(for: outcome.devices[device]) } ? 1 : 0 }))
        columns.append(
            (
                "failures",
                { outcome.devices[$0].failures.map { "\($0.quantity.key): \($0.reason)" }.joined(separator: "; ") }
            ))
        return Table(outcome.devices.indices, columns: columns)
    }

    /// What a synapse's file says of the ensemble; nil where a spread cannot be had (no device with its quantity).
    ///
    /// - stepNoise, readNoise: of one device, S; the simulator has no noise, so they come from a measurement.
    public func variability(stepNoise: Double = 0, readNoise: Double = 0) -> SynapseModel.Variability? {
        guard let conductance = distribution(.baseConductance) else { return nil }
        var (cells, decays): ([SynapseModel.Variability.CellSpread], [SynapseModel.Variability.DecaySpread]) = ([], [])
        for quantity in quantities {
            guard let spread = distribution(quantity)?.relativeDeviation else { return nil }
            switch quantity {
            case .step(let v, let w): cells.append(.init(amplitude: v, width: w, spread: spread))
            case .decayTime(let v): decays.append(.init(bias: v, spread: spread))
            case .baseConductance, .formingVoltage: break
            }
        }
        return .init(
            devices: outcome.devices.count, conductance: conductance.relativeDeviation, cells: cells, decays: decays,
            stepNoise: stepNoise, readNoise: readNoise)
    }
}
