import DeviceModel
import Essentials
import Foundation
import Studies

/// The points of a sweep: which numbers vary, and which values they take together.
package struct SweepPlan: Sendable {
    /// How points are chosen.
    package enum Design: Equatable, Sendable {
        /// Every combination of the listed values; the first variable changes slowest.
        case grid
        /// That many points within the ranges.
        case latinHypercube(Int, seed: UInt64)
        case sobol(Int, seed: UInt64)
        /// Sobol's indices from that many samples: n (d + 2) points.
        case saltelli(Int, seed: UInt64)
        /// Elasticities around one point, with a relative step.
        case elasticities(step: Double)
    }

    package let design: Design
    package let variables: [SweepVariable]
    /// One number a variable, in its unit.
    package let points: [[Double]]
    /// Whether a variable's range, or its list, is even on a logarithmic scale.
    package let isLogarithmic: [Bool]

    /// Most points of one plan.
    package static let mostPoints = 1_000_000

    /// - vary: texts such as "area=1e5, 2e5 nm2" (`SweepValues.parse`).
    /// - table: a CSV file of points; its columns are keys with units ("area_nm2"). Each row is combined with all of `vary`.
    ///
    /// Throws `InputError` for an unknown key, values that are none, a design that does not fit them, or too many points.
    package init(
        vary: [String], table: String? = nil, design: Design, device: DeviceDescription, names: [String]
    ) throws(InputError) {
        var axes: [Axis] = []
        if let table { axes.append(try Axis(table: table, device: device, names: names)) }
        for text in vary {
            let (variable, values) = try SweepValues.parse(text, device: device, names: names)
            axes.append(Axis(variables: [variable], rows: values.listed.map { $0.map { [$0] } }, values: values))
        }
        let variables = axes.flatMap(\.variables)
        guard !variables.isEmpty else {
            throw InputError("--vary", problem: "names nothing to vary", expected: "for example \"area=1e5 nm2, 2e5 nm2\"")
        }
        var seen: Set<String> = []
        for variable in variables {
            let place = variable.isOfProtocol ? "{\(variable.key)}" : try device.entry(variable.key).path
            guard seen.insert(place).inserted else {
                throw InputError(variable.key, problem: "is varied twice", expected: "each number once", source: "--vary")
            }
        }
        for name in names where !seen.contains("{\(name)}") {
            throw InputError(
                "{\(name)}", problem: "is left open in the protocol", expected: "--vary \(name)=\(SweepValues.example)")
        }
        self.design = design
        self.variables = variables
        let points = try Self.points(axes, design)
        self.points = points
        isLogarithmic = variables.indices.map { k in
            let column = points.map { $0[k] }
            let (least, most) = (column.min() ?? 0, column.max() ?? 0)
            return least > 0 && most / least >= 50
        }
    }

    /// Variables that change together, and the values that they take; nil: a range.
    struct Axis {
        var variables: [SweepVariable]
        var rows: [[Double]]?
        var values: SweepValues?
    }

    private static func points(_ axes: [Axis], _ design: Design) throws(InputError) -> [[Double]] {
        switch design {
        case .grid:
            var points: [[Double]] = [[]]
            for axis in axes {
                guard let rows = axis.rows else {
                    throw InputError(
                        axis.variables[0].key, problem: "has a range and no number of values",
                        expected: "\"... in 5\" or \"... by 0.5 V\", or --design lhs, sobol or saltelli", source: "--vary")
                }
                try check(Double(points.count) * Double(rows.count))
                points = points.flatMap { point in rows.map { point + $0 } }
            }
            return points
        case .latinHypercube(let count, let seed):
            try check(Double(count))
            return try cube(LatinHypercube.points(count, dimensions: axes.count, seed: seed), axes)
        case .sobol(let count, let seed):
            try check(Double(count))
            guard axes.count <= SobolSequence.largestDimension else {
                throw InputError(
                    "--design", value: "sobol", problem: "has too many variables",
                    expected: "\(SobolSequence.largestDimension) at most")
            }
            let sequence = SobolSequence(dimensions: axes.count, seed: seed)
            return try cube((0..<count).map(sequence.point), axes)
        case .saltelli(let count, let seed):
            guard axes.count <= SaltelliScheme.mostInputs else {
                throw InputError(
                    "--design", value: "saltelli", problem: "has too many variables",
                    expected: "\(SaltelliScheme.mostInputs) at most")
            }
            try check(Double(count) * Double(axes.count + 2))
            return try cube(SaltelliScheme(samples: count, inputs: axes.count).points(seed: seed), axes)
        case .elasticities(let step):
            let centre = try axes.map { axis throws(InputError) -> Double in
                guard axis.variables.count == 1, case .point(let value)? = axis.values, value != 0 else {
                    throw InputError(
                        axis.variables[0].key, problem: "has no one value, other than 0, to be changed around",
                        expected: "\"key\" for the device's own, or \"key=3 V\"", source: "--vary")
                }
                return value
            }
            return ElasticityScheme(inputs: centre.count, step: step).factors.map { factors in
                zip(centre, factors).map { SweepVariable.rounded($0 * $1) }
            }
        }
    }

    private static func cube(_ shares: [[Double]], _ axes: [Axis]) throws(InputError) -> [[Double]] {
        let ranges = try axes.map { axis throws(InputError) -> (Double, Double, Bool) in
            guard case .range(let low, let high, let isLogarithmic)? = axis.values else {
                throw InputError(
                    axis.variables[0].key, problem: "has listed values",
                    expected: "a range, such as \"2 V to 4 V\" or \"+-5%\"",
                    source: "--vary")
            }
            return (low, high, isLogarithmic)
        }
        return shares.map { point in
            zip(point, ranges).map { SweepValues.between($1.0, $1.1, $0, isLogarithmic: $1.2) }
        }
    }

    private static func check(_ count: Double) throws(InputError) {
        guard count <= Double(mostPoints) else {
            throw InputError(
                "--vary", problem: "makes \(PhysicalUnit.shortest(count)) points", expected: "\(mostPoints) at most")
        }
    }

    /// What stands in the protocol for the names that it leaves open, at a point.
    package func texts(_ point: [Double]) -> [String: String] {
        var texts: [String: String] = [:]
        for (variable, number) in zip(variables, point) where variable.isOfProtocol {
            texts[variable.key] = variable.text(number)
        }
        return texts
    }

    /// SHA-256 of what is run: variables and points, whatever words they were asked for with.
    package var digest: String {
        let head = variables.map { "\($0.key) \($0.unit.symbol)" }.joined(separator: ",")
        let rows = points.map { $0.map { "\($0)" }.joined(separator: ",") }.joined(separator: "\n")
        return Digest.sha256("\(head)\n\(rows)")
    }
}

extension SweepPlan.Axis {
    /// Points of a CSV file.
    init(table path: String, device: DeviceDescription, names: [String]) throws(InputError) {
        let table = try Table.load(path: path)
        try table.requireRows()
        let known = { (key: String) in names.contains(key) || (try? device.entry(key)) != nil }
        var columns: [(name: String, variable: SweepVariable, unit: PhysicalUnit, isEnergy: Bool)] = []
        // What a sweep writes beside its points may stay in the file.
        for name in table.columns where !["point", "failure", "reason"].contains(name) {
            let cut = name.lastIndex(of: "_")
            let (head, tail) = (
                cut.map { String(name[..<$0]) } ?? name, cut.map { String(name[name.index(after: $0)...]) } ?? ""
            )
            let isWhole = known(name) || cut == nil || PhysicalUnit.named(tail) == nil && tail != "eV"
            let key = isWhole ? name : head
            let entry = try? device.entry(key)
            let unit = isWhole ? entry?.unit : PhysicalUnit.named(tail)
            let variable = try SweepVariable(key, written: unit, device: device, names: names)
            columns.append((name, variable, unit ?? variable.unit, entry?.rule.isEnergyPerCharge ?? false))
        }
        variables = columns.map(\.variable)
        var rows: [[Double]] = []
        for row in table.rows {
            var numbers: [Double] = []
            for column in columns {
                let quantity = Quantity(try row.number(column.name), column.unit)
                if column.unit == column.variable.unit {
                    numbers.append(SweepVariable.rounded(quantity.number))
                    continue
                }
                do throws(InputError) {
                    numbers.append(try column.variable.number(quantity, isEnergyPerCharge: column.isEnergy))
                } catch {
                    throw error.located(in: path, line: row.line)
                }
            }
            rows.append(numbers)
        }
        self.rows = rows
        values = nil
    }
}
