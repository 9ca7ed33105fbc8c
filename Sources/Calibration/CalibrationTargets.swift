import DeviceModel
import Essentials
import Foundation
import Validation

/// What a device is fitted to: the paper's numbers with their sigmas, the bounds of the parameters, and a user's own data.
package struct CalibrationTargets: Sendable {
    package var targets: [CalibrationTarget]
    /// Bounds by parameter key, SI; narrower than the catalogue's.
    package var bounds: [String: ClosedRange<Double>]
    package var traces: [TraceTarget] = []

    package init(targets: [CalibrationTarget] = [], bounds: [String: ClosedRange<Double>] = [:]) {
        self.targets = targets
        self.bounds = bounds
    }

    /// Reads `Validation/calibration-targets.yaml`, which names paths of the paper's file:
    ///
    ///     targets:
    ///       - {id: fig2f.base, measures: base, quantity: "...", paper: fig2f_long_term_levels.range.value[0], unit: nS,
    ///          sigma_percent: 5, reason: "..."}
    ///     bounds:
    ///       - {parameter: permittivity, low: 91, high: 320, unit: "-", reason: "..."}
    ///
    /// `sigma_percent` is relative (the residual is ln(ours/paper)/sigma), `sigma` is in the target's unit. Throws
    /// `InputError` with file and line.
    package static func load(path: String, paper: PaperNumbers) throws -> CalibrationTargets {
        let root = try YAML.load(path: path)
        _ = try root.mapping(known: ["targets", "bounds"])
        var result = CalibrationTargets()
        var seen: Set<String> = []
        for node in try root.required("targets").list() {
            let target = try CalibrationTarget(node, paper: paper)
            guard seen.insert(target.id).inserted else {
                throw node.error("has an id that another target has", value: target.id)
            }
            result.targets.append(target)
        }
        for node in try root["bounds"]?.list() ?? [] {
            _ = try node.mapping(known: ["parameter", "low", "high", "unit", "reason"])
            let key = try node.required("parameter").string()
            guard let specification = ParameterSpecification.all.first(where: { $0.key == key }) else {
                throw node.error(
                    "names no parameter", value: key,
                    expected: suggestion(for: key, in: ParameterSpecification.all.map(\.key)).map { "perhaps \($0)" })
            }
            _ = try node.required("reason").string()
            let unitNode = try node.required("unit")
            guard let unit = PhysicalUnit.named(try unitNode.string()),
                unit.dimension == specification.unit.dimension || specification.isEnergyPerCharge
            else {
                throw unitNode.error(
                    "is not a unit of \(key)", value: try unitNode.string(), expected: specification.unit.symbol)
            }
            func bound(_ name: String) throws -> Double {
                let number = try node.required(name).double()
                // eV and V share their numbers in the catalogue.
                return specification.isEnergyPerCharge ? number : unit.toSI(number)
            }
            let (low, high) = (try bound("low"), try bound("high"))
            guard low < high else {
                throw node.error("has low above high", value: "\(low) ... \(high)", expected: "low < high")
            }
            result.bounds[key] = low...high
        }
        return result
    }
}

extension CalibrationTarget {
    init(_ node: YAML, paper: PaperNumbers) throws {
        _ = try node.mapping(known: [
            "id", "measures", "quantity", "paper", "statement", "unit", "sigma", "sigma_percent", "relation", "reason",
        ])
        let name = try node.required("measures").string()
        guard let observable = Observable(name: name) else {
            throw try node.required("measures").error(
                "is not measured by the campaign", value: name,
                expected: "one of the forms \(Observable.examples.joined(separator: ", "))")
        }
        let symbol = try node.required("unit").string()
        guard let unit = PhysicalUnit.named(symbol) else {
            throw try node.required("unit").error("is not a known unit", value: symbol, expected: "a unit such as nS")
        }
        let reference = try node.required("paper", example: "a number, or a path such as fig2f_long_term_levels.range.value[0]")
        var source: String
        let number: Double
        if let statement = node["statement"] {
            source = try statement.string()
            _ = try paper.node(source)
            number = try reference.double()
        } else {
            source = try reference.string()
            number = try paper.number(source)
        }
        guard (1e-30...1e30).contains(number), (1e-40...1e40).contains(unit.toSI(number)) else {
            throw reference.error("is out of range", value: "\(number)", expected: "a number above 0, 1e-30 ... 1e30")
        }
        let relative = try node["sigma_percent"]?.double()
        let absolute = try node["sigma"]?.double()
        guard (relative == nil) != (absolute == nil), let sigma = relative.map({ $0 / 100 }) ?? absolute.map({ unit.toSI($0) }),
            (1e-6...1e6).contains(relative == nil ? sigma / unit.toSI(number) : sigma)
        else {
            throw node.error(
                "needs one positive sigma", expected: "sigma_percent: 5, or sigma in the unit of the target; 1e-6 ... 1e6 of it"
            )
        }
        let relationText = try node["relation"]?.string() ?? "="
        guard let relation = Relation(rawValue: relationText) else {
            throw node.error(
                "has an unknown relation", value: relationText,
                expected: Relation.allCases.map(\.rawValue).joined(separator: ", "))
        }
        self.init(
            observable: observable, id: try node.required("id").string(), quantity: try node.required("quantity").string(),
            unit: symbol, value: unit.toSI(number), sigma: sigma, isRelative: relative != nil, relation: relation,
            reason: try node.required("reason").string(), source: source)
    }
}
