import Foundation

/// Command line of the benchmark.
struct Options {
    static let help = """
        network-benchmark [infer|game|a2c|ppo|limits|all] [--envs N] [--seconds S] [--threads T] [--group G]
                          [--segment K] [--rounded]

        Agent steps per second and per core-second of the network on synthetic observations.
          infer   forward pass at 1, 4 and 16 environments
          game    forward pass of one environment with the device's constraints and the synapse recorder
          a2c     rollouts of 50 and full back-propagation at 4 and 16 environments
          ppo     rollouts of 64, 3 epochs of 4 minibatches, 16 environments
          limits  this core's arithmetic and memory bandwidth, and the share that a2c reaches
        Prints one JSON object a line.
        """

    var mode = "all"
    var environments: Int?
    var seconds = 5.0
    var threads = 1
    var groupSize = 4
    var segment = 1
    var rounded = false

    init(_ arguments: [String]) {
        var rest = arguments[...]
        while let word = rest.popFirst() {
            switch word {
            case "--envs": environments = Self.number(word, rest.popFirst())
            case "--seconds": seconds = Self.number(word, rest.popFirst())
            case "--threads": threads = Self.number(word, rest.popFirst())
            case "--group": groupSize = Self.number(word, rest.popFirst())
            case "--segment": segment = Self.number(word, rest.popFirst())
            case "--rounded": rounded = true
            case "infer", "game", "a2c", "ppo", "limits", "all": mode = word
            case "--help", "-h":
                print(Self.help)
                exit(0)
            default: Self.fail("unknown argument \(word)")
            }
        }
    }

    func runs(_ name: String) -> Bool { mode == name || mode == "all" }

    private static func number<Value: LosslessStringConvertible>(_ key: String, _ text: String?) -> Value {
        guard let text, let value = Value(text) else { fail("\(key) needs a number") }
        return value
    }

    private static func fail(_ message: String) -> Never {
        FileHandle.standardError.write(Data("\(message)\n\n\(help)\n".utf8))
        exit(2)
    }
}
