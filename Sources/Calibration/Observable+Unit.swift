import CompactModel
import Essentials

extension Observable {
    /// The unit that tables write it in.
    package var unit: PhysicalUnit {
        let symbol =
            switch self {
            case .base, .shortTermStep, .cell, .level, .loopConductance: "nS"
            case .energyPrefactor: "pJ"
            case .tau, .tauAfter: "s"
            case .forming: "V"
            case .energyExponent, .drift, .baseAfterPulses, .leak, .baseSettled, .tauRatio, .stepRatio, .leftShare,
                .transportFactor,
                .beyondFirstPlane, .loopRatio, .retention:
                "-"
            }
        return PhysicalUnit.named(symbol) ?? PhysicalUnit("-", .none)
    }

    /// Reads the number off a campaign that measured it; nil when it could not.
    package func value(in measured: Characterisation, of campaign: Campaign) -> Double? {
        value(in: measured, grid: Set(campaign.amplitudes.flatMap { v in campaign.widths.map { [v, $0] } }))
    }
}
