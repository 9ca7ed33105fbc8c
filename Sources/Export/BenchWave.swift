/// A voltage over time that a simulator applies: straight between corners.
struct BenchWave: Sendable {
    var name: String
    /// s and V, in the order of time; the last one ends the run.
    var corners: [(time: Double, voltage: Double)]

    var duration: Double { corners.last?.time ?? 0 }
}

/// What a simulator says at one of its own moments: s, S of a read, V and A at the terminals.
struct BenchRow: Equatable, Sendable {
    var time, conductance, voltage, current: Double
}

extension [BenchRow] {
    /// Energy (J) that went in between two times: the trapezium rule over the simulator's own moments.
    func energy(from start: Double, to end: Double) -> Double {
        zip(self, dropFirst()).reduce(0) { sum, pair in
            let (a, b) = pair
            guard a.time >= start - 1e-12, b.time <= end + 1e-12 else { return sum }
            return sum + 0.5 * (a.voltage * a.current + b.voltage * b.current) * (b.time - a.time)
        }
    }

    /// A row at a time, straight between two of them; the last one beyond the end.
    func row(at t: Double) -> BenchRow? {
        guard let last, let k = firstIndex(where: { $0.time >= t }) else { return last }
        guard k > 0, self[k].time > self[k - 1].time else { return self[k] }
        let (a, b) = (self[k - 1], self[k])
        let share = (t - a.time) / (b.time - a.time)
        func between(_ f: (BenchRow) -> Double) -> Double { (1 - share) * f(a) + share * f(b) }
        return BenchRow(
            time: Swift.min(t, last.time), conductance: between(\.conductance), voltage: between(\.voltage),
            current: between(\.current))
    }
}
