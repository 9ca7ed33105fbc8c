import Foundation

let help = """
    device-benchmark [sto1d|adaptive|pulse|figures|lanes|cores|memory|all] [--repeats N] [--cells N] [--pulses N] [--devices N] [--tolerance X] [--trace]

    Processor time of the device solver on one core; prints one JSON object a line.
      sto1d     STO-1D, the pulse train in 880 fixed backward Euler steps, 101 to 1001 nodes: microseconds per step and node
      adaptive  the same train with error control at --tolerance (1e-4), 201 nodes
      pulse     set T: a 3.5 V, 500 us pulse and 60 s of decay
      figures   set T: all of figures 2 and 3
      lanes     one Newton correction of eight devices in SIMD lanes beside one by one, and --devices (1,000) sets around set T and
                set P through one pulse and its decay, a quarter of them through ten pulses of 4 V, in lanes beside one by one
      cores     32 devices one after the other and spread over the cores: wall-clock ratio (run it on an idle machine)
      memory    peak resident memory of a protocol of --pulses (100,000) pulses beside one a hundredth as long, both thinned
    --cells N runs sto1d on one grid; --trace prints the density at the left contact after all 880 steps, not the last only
    (adaptive: after all 21 segments).
    """

func fail(_ message: String) -> Never {
    FileHandle.standardError.write(Data("\(message)\n\n\(help)\n".utf8))
    exit(2)
}

func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Smallest and median processor time of `body` over `repeats` runs after one to warm up.
func measure(_ repeats: Int, _ body: () throws -> Void) rethrows -> (best: Double, median: Double) {
    try body()
    let times = try (0..<repeats).map { _ -> Double in
        let start = processorSeconds()
        try body()
        return processorSeconds() - start
    }.sorted()
    return (times[0], times[times.count / 2])
}

func text(_ value: Double) -> String { String(format: "%.4g", value) }

var mode = "all"
var repeats = 9
var grids = [100, 200, 400, 1000]
var trace = false
var pulses = 100_000
var devices = 1000
var tolerance = 1e-4
var rest = CommandLine.arguments.dropFirst()
while let word = rest.popFirst() {
    switch word {
    case "sto1d", "adaptive", "pulse", "figures", "lanes", "cores", "memory", "all": mode = word
    case "--repeats":
        guard let number = rest.popFirst().flatMap({ Int($0) }), number > 0 else { fail("--repeats needs a positive number") }
        repeats = number
    case "--cells":
        guard let number = rest.popFirst().flatMap({ Int($0) }), number > 2 else {
            fail("--cells needs a number of at least 3")
        }
        grids = [number]
    case "--pulses":
        guard let number = rest.popFirst().flatMap({ Int($0) }), number > 0 else { fail("--pulses needs a positive number") }
        pulses = number
    case "--devices":
        guard let number = rest.popFirst().flatMap({ Int($0) }), number > 0 else { fail("--devices needs a positive number") }
        devices = number
    case "--tolerance":
        guard let number = rest.popFirst().flatMap({ Double($0) }), number > 0, number < 1 else {
            fail("--tolerance needs a number between 0 and 1")
        }
        tolerance = number
    case "--trace": trace = true
    case "--help", "-h":
        print(help)
        exit(0)
    default: fail("unknown argument \(word)")
    }
}

do {
    if mode == "sto1d" || mode == "all" {
        for cells in grids {
            let problem = try STO1DTrain(cells: cells, tolerance: 1e-4)
            var newton = 0
            var left: [Double] = []
            let time = try measure(repeats) { (newton, left) = try problem.fixedSteps(newtonTolerance: 0.02) }
            let perNode = 1e6 / (880 * Double(cells + 1))
            print(
                "{\"benchmark\": \"sto1d\", \"nodes\": \(cells + 1), \"steps\": 880, \"newton\": \(newton), \"best_s\": \(text(time.best)), "
                    + "\"median_s\": \(text(time.median)), \"us_per_step_and_node\": \(text(time.median * perNode)), "
                    + "\"best_us_per_step_and_node\": \(text(time.best * perNode)), \"left\": \(trace ? left : Array(left.suffix(1)))}"
            )
        }
    }
    if mode == "adaptive" || mode == "all" {
        let problem = try STO1DTrain(cells: 200, tolerance: tolerance)
        var count = (steps: 0, newton: 0, left: [Double]())
        let time = try measure(repeats) { count = try problem.adaptive() }
        print(
            "{\"benchmark\": \"adaptive\", \"nodes\": 201, \"tolerance\": \(text(tolerance)), \"steps\": \(count.steps), \"newton\": \(count.newton), "
                + "\"best_s\": \(text(time.best)), \"median_s\": \(text(time.median)), \"left\": \(trace ? count.left : Array(count.left.suffix(1)))}"
        )
    }
    if mode == "pulse" || mode == "all" {
        var figures = Figures()
        try figures.baseState()
        let base = figures.simulator.state
        let before = (figures.steps, figures.newton)
        try figures.pulseAndDecay()
        let count = (figures.steps - before.0, figures.newton - before.1)
        let time = try measure(repeats * 10) {
            figures.simulator.state = base
            try figures.pulseAndDecay()
        }
        print(
            "{\"benchmark\": \"pulse\", \"steps\": \(count.0), \"newton\": \(count.1), \"best_s\": \(text(time.best)), "
                + "\"median_s\": \(text(time.median))}")
    }
    if mode == "figures" || mode == "all" {
        var count = (0, 0)
        let time = try measure(repeats) {
            var figures = Figures()
            try figures.all()
            count = (figures.steps, figures.newton)
        }
        print(
            "{\"benchmark\": \"figures\", \"steps\": \(count.0), \"newton\": \(count.1), \"best_s\": \(text(time.best)), "
                + "\"median_s\": \(text(time.median))}")
    }
    if mode == "lanes" || mode == "all" { try reportLanes(repeats: repeats, devices: devices) }
    if mode == "memory" { try reportMemory(pulses: pulses) }
    if mode == "cores" || mode == "all" { try reportCores(repeats: min(repeats, 5)) }
} catch {
    fail("\(error)")
}
