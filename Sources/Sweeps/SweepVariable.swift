import DeviceModel
import Essentials
import Foundation

/// A number that a sweep varies: one of the device file, or one that the protocol leaves open as `{name}`.
package struct SweepVariable: Equatable, Sendable {
    /// As it was written: "area", "layers.SrTiO3.thickness", "amplitude".
    package let key: String
    /// The unit that its values are written in: that of the device file, or that of the first value.
    package let unit: PhysicalUnit
    /// The number of the device file (SI); nil for one of the protocol.
    package let base: Double?

    /// Whether it stands in the protocol.
    package var isOfProtocol: Bool { base == nil }

    /// Column of the table: the key with the unit.
    package var column: String { unit.symbol == "-" ? key : "\(key)_\(unit.symbol)" }

    /// "area (nm2)".
    package var title: String { unit.symbol == "-" ? key : "\(key) (\(unit.symbol))" }

    /// SI value of a number in the unit.
    func si(_ number: Double) -> Double { unit.toSI(number) }

    /// A number as a protocol says it, reading back as the same double: "3.5 V", "100".
    func text(_ number: Double) -> String {
        if unit.symbol == "-", let whole = Int(exactly: number) { return "\(whole)" }
        return unit.text(of: si(number))
    }

    /// A number as the table says it, so that what ran is what is written: nine digits.
    static func rounded(_ number: Double) -> Double { Double(String(format: "%.9g", number)) ?? number }

    /// A variable of this name where the device or the protocol has such a number; `written` gives the unit of one of the protocol.
    ///
    /// Throws `InputError` naming the closest keys and the names that the protocol leaves open.
    init(_ key: String, written: PhysicalUnit?, device: DeviceDescription, names: [String]) throws(InputError) {
        self.key = key
        if names.contains(key) {
            (unit, base) = (written ?? PhysicalUnit("-", .none), nil)
            return
        }
        do throws(InputError) {
            let entry = try device.entry(key)
            (unit, base) = (entry.unit, entry.value)
        } catch {
            var error = error
            let open = names.map { "{\($0)}" }.joined(separator: ", ")
            if !names.isEmpty {
                error.expected = [error.expected, "or what the protocol leaves open: \(open)"].compactMap { $0 }.joined(
                    separator: ", ")
            }
            throw error.located(in: "--vary")
        }
    }

    /// The number in the unit of a quantity; energies stand for potentials where the device file says so.
    func number(_ quantity: Quantity, isEnergyPerCharge: Bool) throws(InputError) -> Double {
        let si = try quantity.si(as: unit.dimension, key: key, perCharge: isEnergyPerCharge)
        guard si.isFinite else {
            throw InputError(key, value: "\(quantity)", problem: "cannot be varied", expected: "a finite number")
        }
        return Self.rounded(unit.fromSI(si))
    }
}
