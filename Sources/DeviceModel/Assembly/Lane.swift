import CKernels
import Foundation

/// One number of one device (`Double`) or of eight devices side by side (`SIMD8<Double>`): every law is written once over it.
///
/// A condition is one truth a device; `pick` evaluates only the side it needs where there is one device.
protocol Lane {
    associatedtype Condition
    init(_ x: Double)
    /// Devices side by side.
    static var width: Int { get }
    static func + (a: Self, b: Self) -> Self
    static func - (a: Self, b: Self) -> Self
    static func * (a: Self, b: Self) -> Self
    static func / (a: Self, b: Self) -> Self
    static prefix func - (a: Self) -> Self
    static func isLess(_ a: Self, _ b: Self) -> Condition
    static func both(_ a: Condition, _ b: Condition) -> Condition
    static func either(_ a: Condition, _ b: Condition) -> Condition
    static func not(_ a: Condition) -> Condition
    static func all(_ a: Condition) -> Bool
    static func pick(_ c: Condition, _ a: @autoclosure () -> Self, _ b: @autoclosure () -> Self) -> Self
    static func exponential(_ x: Self) -> Self
    var size: Self { get }
    var root: Self { get }
    subscript(lane lane: Int) -> Double { get set }
}

extension Lane {
    @inline(__always) static func += (a: inout Self, b: Self) { a = a + b }
    @inline(__always) static func -= (a: inout Self, b: Self) { a = a - b }
    @inline(__always) static func *= (a: inout Self, b: Self) { a = a * b }

    /// The larger of two; the second where the first is not a number.
    @inline(__always) static func larger(_ a: Self, _ b: Self) -> Self { pick(isLess(b, a), a, b) }
    @inline(__always) static func smaller(_ a: Self, _ b: Self) -> Self { pick(isLess(a, b), a, b) }

    /// An exponential that goes on as a straight line beyond 250, so that a wild Newton iterate cannot overflow.
    @inline(__always) static func bounded(_ x: Self) -> Self {
        let limit = Self(250)
        let inside = isLess(x, limit)
        let e = exponential(pick(inside, x, limit))
        return pick(inside, e, e * (Self(1) + (x - limit)))
    }

    /// x - x is 0 for every finite number and not a number for all others.
    @inline(__always) var isFinite: Condition { Self.isLess((self - self).size, Self(1)) }

    /// The largest over the devices; not a number where one is.
    @inline(__always) var greatest: Double {
        var value = self[lane: 0]
        // Not a number stays: no later lane may hide it.
        for k in 1..<max(Self.width, 1) where !(self[lane: k] <= value) && !value.isNaN { value = self[lane: k] }
        return value
    }

    /// Applies a function to each device's number.
    @inline(__always) func map(_ f: (Double) -> Double) -> Self {
        var result = self
        for k in 0..<Self.width { result[lane: k] = f(self[lane: k]) }
        return result
    }
}

extension Double: Lane {
    @inline(__always) static var width: Int { 1 }
    @inline(__always) static func isLess(_ a: Double, _ b: Double) -> Bool { a < b }
    @inline(__always) static func both(_ a: Bool, _ b: Bool) -> Bool { a && b }
    @inline(__always) static func either(_ a: Bool, _ b: Bool) -> Bool { a || b }
    @inline(__always) static func not(_ a: Bool) -> Bool { !a }
    @inline(__always) static func all(_ a: Bool) -> Bool { a }
    @inline(__always) static func pick(_ c: Bool, _ a: @autoclosure () -> Double, _ b: @autoclosure () -> Double) -> Double {
        c ? a() : b()
    }
    @inline(__always) static func exponential(_ x: Double) -> Double { exp(x) }
    @inline(__always) var size: Double { Swift.abs(self) }
    @inline(__always) var root: Double { squareRoot() }
    @inline(__always) subscript(lane lane: Int) -> Double {
        get { self }
        set { self = newValue }
    }
}

extension SIMD8<Double>: Lane {
    typealias Condition = SIMDMask<SIMD8<Int64>>
    @inline(__always) init(_ x: Double) { self.init(repeating: x) }
    @inline(__always) static var width: Int { 8 }
    @inline(__always) static func isLess(_ a: Self, _ b: Self) -> Condition { a .< b }
    @inline(__always) static func both(_ a: Condition, _ b: Condition) -> Condition { a .& b }
    @inline(__always) static func either(_ a: Condition, _ b: Condition) -> Condition { a .| b }
    @inline(__always) static func not(_ a: Condition) -> Condition { .!a }
    @inline(__always) static func all(_ a: Condition) -> Bool { Swift.all(a) }
    @inline(__always) static func pick(_ c: Condition, _ a: @autoclosure () -> Self, _ b: @autoclosure () -> Self) -> Self {
        b().replacing(with: a(), where: c)
    }
    @inline(__always) static func exponential(_ x: Self) -> Self {
        var y = x
        withUnsafeMutableBytes(of: &y) { tausonite_exp($0.baseAddress!.assumingMemoryBound(to: Double.self), 8) }
        return y
    }
    @inline(__always) var size: Self { (-self).replacing(with: self, where: self .>= Self(repeating: 0)) }
    @inline(__always) var root: Self { squareRoot() }
    @inline(__always) subscript(lane lane: Int) -> Double {
        get { self[lane] }
        set { self[lane] = newValue }
    }
}
