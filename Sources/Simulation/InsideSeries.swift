import DeviceModel

/// The inside of a device over a run, at moments that follow the solver's own steps: close where much happens, apart where little does.
///
///     let series = InsideSeries(limit: 120)
///     simulator.watcher = series.offer
///     let trace = simulator.run(experiment.waveform)
///     series.moments
///
/// Memory does not grow with the protocol: when the limit is reached every second moment is dropped, and from there on every second, fourth,
/// eighth ... step is taken. The newest is always among them.
public final class InsideSeries {
    private let limit: Int
    private var stride = 1
    private var offered = 0
    private var kept: [Trace.Profile] = []
    private var newest: Trace.Profile?

    /// Keeps at most `limit` moments, at least 4.
    public init(limit: Int) { self.limit = max(limit, 4) }

    /// For `DeviceSimulator.watcher`: time (s) and what gives the inside there, which is asked for where the moment is kept or may be the last.
    public func offer(_ time: Double, _ isCorner: Bool, _ inside: () -> DeviceProfile) {
        defer { offered += 1 }
        let isKept = offered % stride == 0
        guard isKept || isCorner else { return }
        let moment = Trace.Profile(time: time, label: "moment", inside: inside())
        newest = moment
        guard isKept else { return }
        if kept.count >= limit - 1 {
            kept = kept.indices.filter { $0 % 2 == 0 }.map { kept[$0] }
            stride *= 2
        }
        kept.append(moment)
    }

    /// The moments in order.
    public var moments: [Trace.Profile] {
        guard let newest, let last = kept.last, newest.time > last.time else { return kept }
        return kept + [newest]
    }
}
