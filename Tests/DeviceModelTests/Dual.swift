import Foundation

@testable import DeviceModel

/// A number and its derivative by one chosen input: laws over this lane hold their own derivatives exactly.
struct Dual: Lane {
    typealias Condition = Bool
    var value, slope: Double

    init(_ x: Double) { (value, slope) = (x, 0) }
    init(_ x: Double, slope: Double) { (value, self.slope) = (x, slope) }
    static var width: Int { 1 }
    static func + (a: Dual, b: Dual) -> Dual { Dual(a.value + b.value, slope: a.slope + b.slope) }
    static func - (a: Dual, b: Dual) -> Dual { Dual(a.value - b.value, slope: a.slope - b.slope) }
    static func * (a: Dual, b: Dual) -> Dual { Dual(a.value * b.value, slope: a.slope * b.value + a.value * b.slope) }
    static func / (a: Dual, b: Dual) -> Dual {
        Dual(a.value / b.value, slope: (a.slope - a.value / b.value * b.slope) / b.value)
    }
    static prefix func - (a: Dual) -> Dual { Dual(-a.value, slope: -a.slope) }
    static func isLess(_ a: Dual, _ b: Dual) -> Bool { a.value < b.value }
    static func both(_ a: Bool, _ b: Bool) -> Bool { a && b }
    static func either(_ a: Bool, _ b: Bool) -> Bool { a || b }
    static func not(_ a: Bool) -> Bool { !a }
    static func all(_ a: Bool) -> Bool { a }
    static func pick(_ c: Bool, _ a: @autoclosure () -> Dual, _ b: @autoclosure () -> Dual) -> Dual { c ? a() : b() }
    static func exponential(_ x: Dual) -> Dual { Dual(exp(x.value), slope: exp(x.value) * x.slope) }
    var size: Dual { value < 0 ? -self : self }
    var root: Dual { Dual(value.squareRoot(), slope: slope / (2 * value.squareRoot())) }
    subscript(lane lane: Int) -> Double {
        get { value }
        set { (value, slope) = (newValue, 0) }
    }
}
