import Essentials
import Foundation

/// What a device has to keep to count as good.
public struct YieldLimit: Sendable, Equatable {
    /// What is limited.
    public var quantity: EnsembleQuantity
    /// SI; an end may be infinite.
    public var range: ClosedRange<Double>

    /// `range` in SI.
    public init(_ quantity: EnsembleQuantity, _ range: ClosedRange<Double>) { (self.quantity, self.range) = (quantity, range) }

    /// Limits where none are given: around what the paper prints (Weilenmann 2024), G_min 12 nS by a third either way, the
    /// largest dF (3.5 V, 500 us) 38.6 nS by half, tau of 12 s at +0.6 V and 0.396 s at -0.6 V by a factor of two; forming,
    /// where it is measured, above the largest pulse of the map.
    public static let standard: [YieldLimit] = [
        .init(.baseConductance, 8e-9...16e-9), .init(.step(amplitude: 3.5, width: 500e-6), 19.3e-9...57.9e-9),
        .init(.decayTime(bias: 0.6), 6...24), .init(.decayTime(bias: -0.6), 0.2...0.8),
        .init(.formingVoltage, 3.6 ... .infinity),
    ]

    /// "G_min=8:16nS"; "inf" leaves an end open.
    ///
    /// Throws `InputError` for a quantity that is not measured (with the nearest ones), a range that is none, or a wrong unit.
    public init(parsing text: String, of quantities: [EnsembleQuantity]) throws(InputError) {
        let parts = text.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
        let ends = parts.count == 2 ? parts[1].split(separator: ":").map(String.init) : []
        guard ends.count == 2 else {
            throw InputError(text, problem: "is not of the form quantity=low:high", expected: "for example G_min=8:16nS")
        }
        guard let quantity = quantities.first(where: { $0.key == parts[0] }) else {
            throw InputError(
                parts[0], problem: "is not among what is measured",
                expected: suggestion(for: parts[0], in: quantities.map(\.key)).map { "perhaps \($0)" }
                    ?? "one of \(quantities.map(\.key).joined(separator: ", "))")
        }
        let high = try Quantity(parsing: ends[1], key: quantity.key)
        // The unit stands once, at the end: "8:16nS".
        var low = try Quantity(parsing: ends[0], key: quantity.key)
        if low.unit.symbol == "-" { low.unit = high.unit }
        let dimension = quantity.unit.dimension
        let (from, to) = (
            try low.si(as: dimension, key: quantity.key), try high.si(as: dimension, key: quantity.key)
        )
        guard from < to else {
            throw InputError(
                quantity.key, value: parts[1], problem: "is an empty range", expected: "low:high with low below high")
        }
        self.init(quantity, from...to)
    }

    /// "G_min=8:16nS,tau_0.6V=6:24s".
    ///
    /// Throws `InputError` as for one of them.
    public static func list(_ text: String, of quantities: [EnsembleQuantity]) throws(InputError) -> [YieldLimit] {
        try text.split(separator: ",").map { part throws(InputError) in
            try YieldLimit(parsing: part.trimmingCharacters(in: .whitespaces), of: quantities)
        }
    }

    /// Whether a device keeps it; one that could not be measured does not.
    public func holds(for device: EnsembleCampaign.Measured) -> Bool {
        device.values[quantity].map(range.contains) ?? false
    }

    /// "G_min 8 nS ... 16 nS".
    public var text: String {
        "\(quantity.key) \(quantity.unit.rounded(range.lowerBound)) ... \(quantity.unit.rounded(range.upperBound))"
    }
}
