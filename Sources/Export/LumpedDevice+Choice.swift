import CompactModel
import Essentials

extension LumpedDevice {
    /// The level after so many SET trains.
    ///
    /// - Throws: `InputError` naming the levels that there are.
    func level(trains: Int) throws(InputError) -> Level {
        guard let level = levels.first(where: { $0.trains == trains }) else {
            throw InputError(
                "--level", value: "\(trains)", problem: "is not one of the model's levels (SET trains)",
                expected: levels.map { "\($0.trains)" }.joined(separator: ", "))
        }
        return level
    }

    /// The surfaces at an ambient temperature (K; nil: the first).
    ///
    /// - Throws: `InputError` naming the temperatures that there are; an export does not go between them.
    func surfaces(at temperature: Double?) throws(InputError) -> Ambient {
        guard let temperature else { return ambients[0] }
        guard let found = ambients.first(where: { abs($0.temperature - temperature) < 0.01 }) else {
            throw InputError(
                "--ambient", value: "\(number(temperature)) K", problem: "is not in the state model",
                expected: ambients.map { "\(number($0.temperature)) K" }.joined(separator: ", ")
                    + "; tausonite extract with another ambient_temperature makes one for another")
        }
        return found
    }

    /// The same with the surfaces of one ambient temperature (K; nil: the first) alone.
    package func alone(at temperature: Double?) throws(InputError) -> LumpedDevice {
        var one = self
        one.ambients = [try surfaces(at: temperature)]
        return one
    }
}
