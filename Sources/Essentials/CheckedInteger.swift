/// The one way from a floating-point number to a whole one: a number that does not fit is said to be none, or is held at the end
/// of the range; it never traps.
///
/// That no other way is taken is checked by the compiler: the initialisers at the end of this file hide the standard library's in
/// every file that imports Essentials, and Package.swift makes their use an error.
extension FixedWidthInteger {
    /// The whole number of `value`, or nil where it is not finite or does not fit.
    ///
    ///     Int(checked: 2.6)                    // 3
    ///     Int(checked: 2.6, rounded: .down)    // 2
    ///     Int(checked: 1e300)                  // nil
    @inlinable public init?<Value: BinaryFloatingPoint>(
        checked value: Value, rounded rule: FloatingPointRoundingRule = .toNearestOrAwayFromZero
    ) {
        self.init(exactly: value.rounded(rule))
    }

    /// The whole number of `value`, held at the ends of the type's range; 0 where it is not a number.
    @inlinable public init<Value: BinaryFloatingPoint>(
        clamped value: Value, rounded rule: FloatingPointRoundingRule = .toNearestOrAwayFromZero
    ) {
        if let whole = Self(exactly: value.rounded(rule)) {
            self = whole
        } else {
            self = value.isNaN ? 0 : value < 0 ? .min : .max
        }
    }
}

extension Int {
    /// Traps where the number does not fit: not to be used.
    @available(*, deprecated, message: "a number that does not fit traps: Int(checked:) or Int(clamped:)")
    package init(_ value: Double) { self.init(clamped: value, rounded: .towardZero) }
    /// Traps where the number does not fit: not to be used.
    @available(*, deprecated, message: "a number that does not fit traps: Int(checked:) or Int(clamped:)")
    package init(_ value: Float) { self.init(clamped: value, rounded: .towardZero) }
}

extension Int32 {
    /// Traps where the number does not fit: not to be used.
    @available(*, deprecated, message: "a number that does not fit traps: Int32(checked:) or Int32(clamped:)")
    package init(_ value: Double) { self.init(clamped: value, rounded: .towardZero) }
    /// Traps where the number does not fit: not to be used.
    @available(*, deprecated, message: "a number that does not fit traps: Int32(checked:) or Int32(clamped:)")
    package init(_ value: Float) { self.init(clamped: value, rounded: .towardZero) }
}

extension Int64 {
    /// Traps where the number does not fit: not to be used.
    @available(*, deprecated, message: "a number that does not fit traps: Int64(checked:) or Int64(clamped:)")
    package init(_ value: Double) { self.init(clamped: value, rounded: .towardZero) }
}

extension UInt64 {
    /// Traps where the number does not fit: not to be used.
    @available(*, deprecated, message: "a number that does not fit traps: UInt64(checked:) or UInt64(clamped:)")
    package init(_ value: Double) { self.init(clamped: value, rounded: .towardZero) }
}

extension UInt8 {
    /// Traps where the number does not fit: not to be used.
    @available(*, deprecated, message: "a number that does not fit traps: UInt8(checked:) or UInt8(clamped:)")
    package init(_ value: Double) { self.init(clamped: value, rounded: .towardZero) }
    /// Traps where the number does not fit: not to be used.
    @available(*, deprecated, message: "a number that does not fit traps: UInt8(checked:) or UInt8(clamped:)")
    package init(_ value: Float) { self.init(clamped: value, rounded: .towardZero) }
}
