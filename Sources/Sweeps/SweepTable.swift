import Essentials
import Studies

/// All points of a sweep with what came out, and what follows from them together.
package struct SweepTable: Sendable {
    package let sweep: Sweep
    /// In the order of the points.
    package let results: [SweepResult]

    package init(_ sweep: Sweep, _ results: [SweepResult]) { (self.sweep, self.results) = (sweep, results) }

    /// The results of all units of a study's folder.
    package init(_ sweep: Sweep, folder: StudyFolder) throws(InputError) {
        var results: [SweepResult] = []
        for unit in 0..<sweep.units { results += try sweep.results(unit, in: folder) }
        self.init(sweep, results)
    }

    /// Points of which something is missing, and those of which everything is.
    package var failed: [SweepResult] { results.filter { $0.failure != nil } }
    package var empty: Int { results.count { $0.values.allSatisfy { $0 == nil } } }

    /// One row a point: its number, what was varied, what came out, and why something is missing.
    package var table: Table {
        var columns: [(name: String, field: (SweepResult) -> any TableField)] = [("point", { $0.point })]
        for (k, variable) in sweep.plan.variables.enumerated() {
            columns.append((variable.column, { sweep.plan.points[$0.point][k] }))
        }
        for (k, output) in sweep.outputs.enumerated() {
            columns.append((output.column, { $0.values[k].map(output.unit.fromSI) }))
        }
        columns.append(("failure", { $0.failure?.rawValue }))
        columns.append(("reason", { $0.reason }))
        return Table(results, columns: columns)
    }

    /// An output over all points, in its unit.
    package func values(_ output: Int) -> [Double?] {
        results.map { $0.values[output].map(sweep.outputs[output].unit.fromSI) }
    }

    /// How much one output depends on one variable.
    package struct Sensitivity: Sendable, Equatable, Codable {
        package var output, variable: String
        /// "elasticity", "first_order", "total".
        package var kind: String
        package var value, error: Double?
    }

    /// What the design says of sensitivities; none where it is no design for them.
    package var sensitivities: [Sensitivity] {
        let variables = sweep.plan.variables
        return sweep.outputs.enumerated().flatMap { k, output -> [Sensitivity] in
            switch sweep.plan.design {
            case .grid, .latinHypercube, .sobol: return []
            case .saltelli(let samples, let seed):
                let found = SaltelliScheme(samples: samples, inputs: variables.count).indices(values(k), seed: seed)
                return variables.enumerated().flatMap { i, variable in
                    let index = found?.indices[i]
                    return [
                        Sensitivity(
                            output: output.name, variable: variable.key, kind: "first_order", value: index?.first,
                            error: index?.firstError),
                        Sensitivity(
                            output: output.name, variable: variable.key, kind: "total", value: index?.total,
                            error: index?.totalError),
                    ]
                }
            case .elasticities(let step):
                let found = ElasticityScheme(inputs: variables.count, step: step).elasticities(values(k))
                return zip(variables, found).map {
                    Sensitivity(
                        output: output.name, variable: $0.key, kind: "elasticity", value: $1?.value, error: $1?.error)
                }
            }
        }
    }

    /// The sensitivities as rows; nil where the design has none.
    package var sensitivityTable: Table? {
        let rows = sensitivities
        return rows.isEmpty
            ? nil
            : Table(
                rows,
                columns: [
                    ("output", { $0.output }), ("variable", { $0.variable }), ("kind", { $0.kind }), ("value", { $0.value }),
                    ("error", { $0.error }),
                ])
    }
}
