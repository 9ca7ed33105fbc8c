extension PeripheryAccount.Reading {
    init(_ account: EnergyAccount.Reading, machines: PeripheryAccount.Machines, corners: [PeripheryAccount.Machines]) {
        reading = account.reading
        stepDuration = account.stepDuration
        gameDuration = account.gameDuration
        updates = account.deltaF
        biasPower = account.decay / account.gameDuration
        let all = PeripheryRow.Part.allCases
        let (device, duration) = (account.total, account.gameDuration)
        stages = (0...all.count).map { count in
            let parts = Array(all.prefix(count))
            func total(_ machines: PeripheryAccount.Machines) -> Estimate {
                machines.rows.filter { parts.contains($0.part) }.reduce(Estimate(exactly: device)) {
                    $0 + $1.total(over: duration)
                }
            }
            let gains = machines.opponents.indices.map { i -> (String, Estimate) in
                let ends = corners.map { $0.opponents[i].total(over: duration) / total($0) }
                let middle = machines.opponents[i].total(over: duration) / total(machines)
                return (
                    machines.opponents[i].key,
                    Estimate(low: ends.map(\.low).min()!, middle: middle.middle, high: ends.map(\.high).max()!)
                )
            }
            return PeripheryAccount.Stage(
                parts: parts, total: total(machines), gains: Dictionary(uniqueKeysWithValues: gains))
        }
        let steps = duration / account.stepDuration
        func durations(_ machines: PeripheryAccount.Machines, _ i: Int) -> Estimate {
            let energy = machines.rows.reduce(Estimate(exactly: account.deltaF)) { $0 + $1.energy }
            let power = machines.rows.reduce(Estimate(exactly: account.decay / duration)) { $0 + $1.standingPower }
            return Self.breakEven(steps: steps, energy: energy, power: power, against: machines.opponents[i])
        }
        breakEven = Dictionary(
            uniqueKeysWithValues: machines.opponents.indices.map { i in
                let ends = corners.map { durations($0, i) }
                func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
                return (
                    machines.opponents[i].key,
                    PeripheryAccount.BreakEven(
                        low: finite(ends.map(\.low).min()!), middle: finite(durations(machines, i).middle),
                        high: finite(ends.map(\.high).max()!))
                )
            })
    }

    /// Solves  E + T dt P = E_opponent + T dt P_opponent  for dt, s, with all ends against the memristors, in the middle, and for them;
    /// 0 where they save nothing at any dt below, infinite where they always do.
    private static func breakEven(steps: Double, energy: Estimate, power: Estimate, against opponent: Opponent) -> Estimate {
        func duration(_ saved: Double, _ lost: Double) -> Double {
            if saved <= 0 { return 0 }
            return lost > 0 ? saved / (steps * lost) : .infinity
        }
        let (theirs, standing) = (opponent.energy, opponent.standingPower)
        return Estimate(
            low: duration(theirs.low - energy.high, power.high - standing.low),
            middle: duration(theirs.middle - energy.middle, power.middle - standing.middle),
            high: duration(theirs.high - energy.low, power.low - standing.high))
    }

    /// J per game of memristors with all parts counted, when a step lasts `step` seconds.
    package func total(step: Double, rows: [PeripheryRow]) -> Estimate {
        let duration = step * gameDuration / stepDuration
        return rows.reduce(Estimate(exactly: updates + biasPower * duration)) { $0 + $1.total(over: duration) }
    }
}
