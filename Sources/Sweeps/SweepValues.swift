import DeviceModel
import Essentials
import Foundation

/// What `--vary key=...` says of the values: a list, or a range with or without a number of them.
///
/// Numbers stand in the unit of their variable.
package enum SweepValues: Equatable, Sendable {
    /// These, in order.
    case list([Double])
    /// Anything between, evenly or on a logarithmic scale.
    case range(Double, Double, isLogarithmic: Bool)
    /// The device's own value, or the one given.
    case point(Double)

    static let example = "\"2 V, 3 V\", \"2 V to 4 V by 0.5 V\", \"1 us to 1 ms in 7 log\", \"2 V to 4 V\" or \"+-5%\""

    /// Reads "key=values".
    ///
    ///     area=1e5, 2e5 nm2            a list; a number without a unit has that of the last
    ///     amplitude=2 V to 4 V by 0.5 V
    ///     width=1 us to 1 ms in 7 log  seven values, ends included, log: even on a logarithmic scale
    ///     width=1 us to 1 ms log       a range, for designs that choose their points
    ///     area=+-5%                    a range around the device's value; "+-5% in 3" three values
    ///     area                         the device's value, for elasticities
    static func parse(
        _ text: String, device: DeviceDescription, names: [String]
    ) throws(InputError) -> (SweepVariable, SweepValues) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            .map { $0.trimmingCharacters(in: .whitespaces) }
        guard let key = parts.first, !key.isEmpty, parts.count == 1 || !parts[1].isEmpty else {
            throw InputError("--vary", value: text, problem: "is not of the form key=values", expected: "key=\(example)")
        }
        do throws(InputError) {
            guard parts.count == 2 else {
                let variable = try SweepVariable(key, written: nil, device: device, names: names)
                guard let base = variable.base else {
                    throw InputError(key, problem: "has no value", expected: "key=\(example)", source: "--vary")
                }
                return (variable, .point(SweepVariable.rounded(variable.unit.fromSI(base))))
            }
            return try Reader(key, parts[1], device, names).read()
        } catch {
            throw error.located(in: "--vary")
        }
    }

    /// The values where the text says how many.
    package var listed: [Double]? {
        switch self {
        case .list(let values): values
        case .point(let value): [value]
        case .range: nil
        }
    }

    private struct Reader {
        let key, text: String
        let device: DeviceDescription
        let names: [String]

        init(_ key: String, _ text: String, _ device: DeviceDescription, _ names: [String]) {
            (self.key, self.text, self.device, self.names) = (key, text, device, names)
        }

        func failure(_ problem: String) -> InputError { InputError(key, value: text, problem: problem, expected: example) }

        func read() throws(InputError) -> (SweepVariable, SweepValues) {
            let plain = text.hasPrefix("±") ? "+-" + text.dropFirst() : text
            if plain.hasPrefix("+-") { return try around(String(plain.dropFirst(2))) }
            let ends = text.components(separatedBy: " to ")
            guard ends.count <= 2 else { throw failure("has more than one \"to\"") }
            if ends.count == 2 { return try between(ends[0], ends[1]) }
            let (variable, numbers) = try quantities(text.components(separatedBy: ","))
            return (variable, numbers.count == 1 ? .point(numbers[0]) : .list(numbers))
        }

        private func around(_ tail: String) throws(InputError) -> (SweepVariable, SweepValues) {
            let (share, count, isLogarithmic) = try ending(tail)
            let variable = try SweepVariable(key, written: nil, device: device, names: names)
            let width = try Quantity(parsing: share, key: key)
            guard let base = variable.base, base.isFinite, base != 0 else {
                throw failure("has no value of a device to lie around")
            }
            guard width.unit.dimension == .none, width.si > 0, width.si < 1 else { throw failure("is no share") }
            let centre = variable.unit.fromSI(base)
            let ends = [centre * (1 - width.si), centre * (1 + width.si)].sorted()
            return try (variable, values(ends[0], ends[1], count, isLogarithmic))
        }

        private func between(_ low: String, _ tail: String) throws(InputError) -> (SweepVariable, SweepValues) {
            let pieces = tail.components(separatedBy: " by ")
            guard pieces.count <= 2 else { throw failure("has more than one \"by\"") }
            if pieces.count == 2 {
                let (variable, numbers) = try quantities([low, pieces[0], pieces[1]])
                let (from, to, step) = (numbers[0], numbers[1], abs(numbers[2]))
                let count = abs(to - from) / max(step, .leastNormalMagnitude)
                guard step > 0, count < 1e6 else { throw failure("has no step that leads from one end to the other") }
                let whole = Int(clamped: count + 1e-6, rounded: .down)
                let list = (0...whole).map { SweepVariable.rounded(from + (to > from ? step : -step) * Double($0)) }
                return (variable, .list(list))
            }
            let (high, count, isLogarithmic) = try ending(tail)
            let (variable, numbers) = try quantities([low, high])
            return try (variable, values(numbers[0], numbers[1], count, isLogarithmic))
        }

        private func values(_ low: Double, _ high: Double, _ count: Int?, _ isLogarithmic: Bool) throws(InputError)
            -> SweepValues
        {
            guard low != high else { throw failure("has two ends that are the same") }
            guard !isLogarithmic || low * high > 0 else { throw failure("crosses 0, which no logarithmic scale has") }
            guard let count else { return .range(low, high, isLogarithmic: isLogarithmic) }
            return .list(
                (0..<count).map {
                    SweepValues.between(low, high, Double($0) / Double(count - 1), isLogarithmic: isLogarithmic)
                })
        }

        /// "4 V in 5 log" as "4 V", 5 and true.
        private func ending(_ text: String) throws(InputError) -> (String, Int?, Bool) {
            var words = text.split(separator: " ").map(String.init)
            var (count, isLogarithmic): (Int?, Bool) = (nil, false)
            while words.count > 1 {
                if words.last == "log", !isLogarithmic {
                    isLogarithmic = true
                    words.removeLast()
                } else if words.count > 2, words[words.count - 2] == "in", count == nil {
                    guard let given = Int(words[words.count - 1]), (2...1_000_000).contains(given) else {
                        throw failure("does not say how many: 2 or more behind \"in\"")
                    }
                    count = given
                    words.removeLast(2)
                } else {
                    break
                }
            }
            return (words.joined(separator: " "), count, isLogarithmic)
        }

        /// Numbers with units; one without a unit has that of the last.
        private func quantities(_ texts: [String]) throws(InputError) -> (SweepVariable, [Double]) {
            var given = try texts.map { text throws(InputError) in try Quantity(parsing: text, key: key) }
            guard let last = given.last else { throw failure("has no value") }
            for k in given.indices where given[k].unit.dimension == .none { given[k].unit = last.unit }
            let variable = try SweepVariable(key, written: given[0].unit, device: device, names: names)
            let isEnergy = variable.isOfProtocol ? false : try device.entry(key).rule.isEnergyPerCharge
            return (
                variable,
                try given.map { quantity throws(InputError) in try variable.number(quantity, isEnergyPerCharge: isEnergy) }
            )
        }
    }

    /// The number at a share of the way between two.
    static func between(_ low: Double, _ high: Double, _ share: Double, isLogarithmic: Bool) -> Double {
        SweepVariable.rounded(isLogarithmic ? low * pow(high / low, share) : low + share * (high - low))
    }
}
