import Calibration
import DeviceModel
import TestSupport
import Testing

/// The columns of a fit's Jacobian, eight devices at a time in lanes, against each point alone.
struct LaneResidualTests {
    @Test("Residuals of nine points, eight in lanes and one alone, are those of each point alone to the solver's tolerance")
    func columns() throws {
        let device = try DeviceDescription.load(path: Samples.repository + "/Materials/pt-sto-ti.yaml")
        var targets = try Samples.paperTargets()
        let kept: Set = ["fig2f.base", "fig3b.largest", "fig3d.tau_max", "fig2f.first"]
        targets.targets.removeAll { !kept.contains($0.id) }
        let problem = try CalibrationProblem(device: device, targets: targets)
        let points = (0..<9).map { k in
            var point = problem.start
            if k > 0 { point[(k - 1) % point.count] += problem.free[(k - 1) % point.count].difference }
            return point
        }
        let together = problem.residuals(points)
        #expect(together.count == 9)
        #expect(problem.residuals(points) == together)
        for k in [0, 1, 4, 8] {
            let alone = try #require(problem.residuals(points[k]))
            let lanes = try #require(together[k])
            #expect(lanes.count == alone.count && !alone.isEmpty)
            for (i, (a, b)) in zip(lanes, alone).enumerated() {
                // A miss is ln(ours/target)/sigma: 2e-4 of a value is 2e-4/sigma of it, sigmas are a few per cent.
                #expect(abs(a - b) < 0.02, "miss of \(problem.targets.targets[i].id) at point \(k): \(a) and \(b)")
            }
        }
        #expect(together[8] == problem.residuals(points[8]))
    }
}
