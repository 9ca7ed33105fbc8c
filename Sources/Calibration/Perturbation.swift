import DeviceModel
import Essentials

extension CalibrationProblem {
    /// The start with every free value multiplied by 1 + u, u uniform in +-`share`, inside the bounds.
    package func perturbedStart(by share: Double, seed: UInt64) -> [Double] {
        var random = SeededGenerator(seed: seed)
        let p = parameters(at: start)
        return free.map { parameter in
            let value = p[keyPath: parameter.specification.path] * (1 + share * (2 * random.uniform() - 1))
            let inside = min(max(value, parameter.bounds.lowerBound), parameter.bounds.upperBound)
            return parameter.scaled(inside)
        }
    }
}
