/// A number that is known as a range: its middle, with the least and the greatest that is published or plausible; SI units.
///
/// Sums and products take ends with ends: all low, all in the middle, or all high. Where the parts err apart, the ends of a sum are
/// therefore wider than their likely range: they are bounds.
package struct Estimate: Equatable, Sendable, Codable {
    /// Least, middle and greatest value, in ascending order.
    package var low, middle, high: Double

    /// The range with these three values; the caller sees to their order.
    package init(low: Double, middle: Double, high: Double) {
        self.low = low
        self.middle = middle
        self.high = high
    }

    /// A number without a range, such as a count.
    package init(exactly value: Double) { self.init(low: value, middle: value, high: value) }

    /// The least and the greatest of positive measured values, with the geometric mean of these two between them.
    ///
    /// Precondition: at least one value.
    package init(spanning values: [Double]) {
        let low = values.min()!
        let high = values.max()!
        self.init(low: low, middle: (low * high).squareRoot(), high: high)
    }

    /// Nothing.
    package static let zero = Estimate(exactly: 0)

    package static func + (a: Estimate, b: Estimate) -> Estimate {
        Estimate(low: a.low + b.low, middle: a.middle + b.middle, high: a.high + b.high)
    }

    /// Of two ranges that are nowhere negative.
    package static func * (a: Estimate, b: Estimate) -> Estimate {
        Estimate(low: a.low * b.low, middle: a.middle * b.middle, high: a.high * b.high)
    }

    package static func * (factor: Double, a: Estimate) -> Estimate { Estimate(exactly: factor) * a }

    /// Quotient of two ranges that are nowhere negative: low over high, middle over middle, high over low.
    package static func / (a: Estimate, b: Estimate) -> Estimate {
        Estimate(low: a.low / b.high, middle: a.middle / b.middle, high: a.high / b.low)
    }
}
