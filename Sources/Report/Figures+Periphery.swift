import Energy
import Essentials
import Foundation

extension FigureBuilder {
    /// The gain against what is counted, and where the lines of memristors and opponents cross.
    func periphery() throws(InputError) -> [Figure] {
        guard let periphery = account?.periphery else {
            return [Figure.gainCounted, Figure.breakEven].map { about in
                Figure(
                    about.id, about.label, about.title, paper: about.paper, ours: missing, difference: about.difference,
                    spec: nil)
            }
        }
        return try Figure.periphery(periphery)
    }
}

extension Figure {
    /// Both figures of the periphery; throws `InputError` when a template is broken.
    package static func periphery(_ account: PeripheryAccount) throws(InputError) -> [Figure] {
        guard let reading = account.reading(.paper) ?? account.readings.first else { return [] }
        return [try gains(account, reading), try crossings(account, reading)]
    }

    /// What a figure says whether or not there is something to draw.
    struct About {
        var id, label, title, paper, difference: String
    }

    static let gainCounted = About(
        id: "gain-counted", label: "Gain and count", title: "What is left of the gain when more is counted",
        paper: "96 to 970 times less than an A100, with peripheral circuits, the norm and the size of dF left out.",
        difference:
            "Bars span the memristors' worst over the opponent's best to the reverse; most ends are estimates (`Validation/periphery.yaml`, "
            + "which gives each number's source and says how it was checked). A100 rows without \"data sheet\" are the paper's measurements."
    )

    static let breakEven = About(
        id: "break-even", label: "Break-even", title: "Energy of a game against the duration of a step",
        paper: "One point: 36.0 mJ at the 7.1 ms that its bias energy implies.",
        difference:
            "Bands span low to high. The memristors' energy grows with the step because their bias flows all the time; that of a digital "
            + "cell grows where its SRAM leaks. Idle power of cards and DRAM is not counted. Dashed: the paper's count, bias and updates."
    )

    private static let roles = [
        "a100_standard": "@a4", "a100_optimal": "@a3", "a100_registers": "@muted", "a100_card": "@a1", "h100_card": "@second",
        "hbm": "@third", "digital_45nm": "@fourth", "digital_7nm": "@high",
    ]

    /// Opponents that are drawn together; each panel shows the memristors too.
    private static let panels: [(name: String, keys: Set<String>)] = [
        ("measured (paper)", ["a100_standard", "a100_optimal", "a100_registers"]),
        ("cards at their data sheet, F in HBM", ["a100_card", "h100_card", "hbm"]),
        ("digital cell beside its memory", ["digital_45nm", "digital_7nm"]),
    ]

    private static func scale(_ opponents: [Opponent], with first: [(String, JSON)] = []) -> JSON {
        [
            "domain": .strings(first.map(\.0) + opponents.map(\.name)),
            "range": .array(first.map(\.1) + opponents.map { .string(roles[$0.key] ?? "@soft") }),
        ]
    }

    private static func gains(
        _ account: PeripheryAccount, _ reading: PeripheryAccount.Reading
    ) throws(InputError) -> Figure {
        var rows: [JSON] = []
        var ends: [Double] = [1, 970]
        for stage in reading.stages {
            for opponent in account.opponents {
                guard let gain = stage.gains[opponent.key] else { continue }
                ends += [gain.low, gain.high]
                rows.append([
                    "s": .string(stage.name), "n": .string(opponent.name), "low": .number(gain.low), "g": .number(gain.middle),
                    "high": .number(gain.high),
                ])
            }
        }
        let range = [ends.min()! / 1.3, ends.max()! * 1.3]
        let spec = try FigureTemplate("gain-counted.vl.json", PackageResources.gain_counted_vl_json).filled(
            data: [
                "gains": rows, "one": [["g": 1]],
                "paper": [["g": 96, "l": "paper: 96, best row"], ["g": 970, "l": "paper: 970, worst row"]],
            ],
            values: [
                "gains": .numbers(range), "gainTicks": LogarithmicAxis.ticks(range), "opponents": scale(account.opponents),
            ])
        func said(_ key: String, _ name: String) -> String? {
            guard let gain = reading.stages.last?.gains[key] else { return nil }
            return "\(digits(gain.middle)) (\(digits(gain.low)) to \(digits(gain.high))) over \(name)"
        }
        let all = [
            said("a100_optimal", "the A100 as measured, 1024 units"), said("hbm", "the bytes of F in HBM"),
            said("digital_45nm", "a digital cell at 45 nm"), said("digital_7nm", "one at 7 nm"),
        ].compactMap { $0 }
        return Figure(
            gainCounted.id, gainCounted.label, gainCounted.title, wide: true, paper: gainCounted.paper,
            ours: "With all parts counted, reading `\(reading.reading.rawValue)`: " + all.joined(separator: ", ") + ".",
            difference: gainCounted.difference, spec: spec)
    }

    private static func crossings(
        _ account: PeripheryAccount, _ reading: PeripheryAccount.Reading
    ) throws(InputError) -> Figure {
        let steps = (0...80).map { pow(10, -4 + 5 * Double($0) / 80) }
        let count = Double(account.counts.steps)
        let memristors = "memristors, all counted"
        var rows: [JSON] = []
        func add(_ panel: String, _ kind: String, _ name: String, _ step: Double, _ energy: Estimate, width: Double = 1.4) {
            rows.append([
                "p": .string(panel), "k": .string(kind), "n": .string(name), "t": .number(step),
                "low": .number(energy.low * 1e3),
                "e": .number(energy.middle * 1e3), "high": .number(energy.high * 1e3), "w": .number(width),
            ])
        }
        for (panel, keys) in panels {
            // What the paper states: one point.
            add(panel, "paper", "paper: 36.0 mJ", 7.1e-3, Estimate(exactly: 36e-3))
            for opponent in account.opponents where keys.contains(opponent.key) {
                for step in steps { add(panel, "range", opponent.name, step, opponent.total(over: step * count)) }
            }
            for step in steps {
                add(panel, "range", memristors, step, reading.total(step: step, rows: account.rows), width: 3)
                let counted = reading.updates + reading.biasPower * step * count
                add(panel, "counted", "paper's count", step, Estimate(exactly: counted))
            }
            for reading in account.readings {
                add(panel, "reading", reading.reading.rawValue, reading.stepDuration, .zero)
            }
        }
        let ends = account.opponents.flatMap { [$0.energy.low, $0.energy.high] } + [reading.updates]
        let energies = [ends.min()! * 1e3 / 2, ends.max()! * 1e3 * 3]
        let range = [steps.first!, steps.last!]
        let spec = try FigureTemplate("break-even.vl.json", PackageResources.break_even_vl_json).filled(
            data: ["machines": rows],
            values: [
                "steps": .numbers(range), "stepTicks": LogarithmicAxis.ticks(range), "energies": .numbers(energies),
                "energyTicks": LogarithmicAxis.ticks(energies),
                "panels": .strings(panels.map(\.name)), "names": scale(account.opponents, with: [(memristors, "@ours")]),
            ])
        let said = account.opponents.compactMap { opponent in
            reading.breakEven[opponent.key].map { "\(opponent.name): \(span($0))" }
        }
        return Figure(
            breakEven.id, breakEven.label, breakEven.title, wide: true, paper: breakEven.paper,
            ours: "Step up to which the memristors, all counted, cost less (worst to best for them): "
                + said.joined(separator: "; ") + ".",
            difference: breakEven.difference, spec: spec)
    }

    /// "3.1 ms (none to 80 ms)".
    private static func span(_ step: PeripheryAccount.BreakEven) -> String {
        func one(_ value: Double?) -> String {
            value.map { $0 == 0 ? "none" : $0 < 1 ? "\(digits($0 * 1e3)) ms" : "\(digits($0)) s" } ?? "any"
        }
        return "\(one(step.middle)) (\(one(step.low)) to \(one(step.high)))"
    }

    /// Two digits that matter, and all before the point.
    private static func digits(_ value: Double) -> String {
        abs(value) >= 99.5 ? String(format: "%.0f", value) : String(format: "%.2g", value)
    }
}
