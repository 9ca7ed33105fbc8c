import DeviceModel
import Essentials

/// Devices of one design drawn at random: the numbers of the device file are means, each with a spread of its own.
///
/// Parameters are independent of one another. A draw outside a parameter's valid range, or one that contradicts another
/// parameter, is thrown away with the whole device, and the device is drawn anew: what remains is the distribution within the
/// ranges.
public struct DeviceDraws: Sendable {
    /// One device: its number from 0, the values of its spread parameters (SI), and what the solver takes.
    public struct Member: Sendable {
        /// From 0.
        public var index: Int
        /// SI, in the order of the spreads.
        public var values: [Double]
        /// The device with these values.
        public var device: Device
    }

    /// In the order of their numbers.
    public let members: [Member]
    /// Devices thrown away because a value was out of range.
    public let redrawn: Int
    /// What varies.
    public let spreads: [ParameterSpread]
    /// Where the draws come from.
    public let seed: UInt64
    /// Draws of one device at most.
    public static let attempts = 1000

    /// Draws `count` devices; device k is the same however many are drawn, and on every machine.
    ///
    /// Throws `InputError` for a count out of range, or where none of `attempts` draws of a device is valid.
    /// Cost: some ten microseconds a device.
    public init(
        _ description: DeviceDescription, spreads: [ParameterSpread], count: Int, seed: UInt64
    ) throws(InputError) {
        guard (1...1_000_000).contains(count) else {
            throw InputError("--devices", value: "\(count)", problem: "is out of range", expected: "1 ... 1000000")
        }
        var (members, redrawn): ([Member], Int) = ([], 0)
        for index in 0..<count {
            var generator = SeededGenerator(seed: seed, stream: UInt64(index))
            var problem: InputError?
            for _ in 0..<Self.attempts {
                let values = spreads.map { $0.value(at: generator.normal()) }
                do throws(InputError) {
                    let device = try description.device(setting: zip(spreads, values).map { ($0.key, $1) })
                    members.append(Member(index: index, values: values, device: device))
                    problem = nil
                    break
                } catch {
                    redrawn += 1
                    problem = error
                }
            }
            if let problem {
                throw InputError(
                    problem.key, value: problem.value,
                    problem: "is out of range in every one of \(Self.attempts) draws of a device",
                    expected: "a smaller spread: \(problem.expected ?? problem.problem)")
            }
        }
        (self.members, self.redrawn, self.spreads, self.seed) = (members, redrawn, spreads, seed)
    }
}
