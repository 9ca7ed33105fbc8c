import DeviceModel
import Essentials
import Protocols
import Simulation

/// Measures many devices as `Campaign` measures one: G_min, the first dF of every cell of the map, tau at some biases, forming.
///
/// Eight devices of one structure march in SIMD lanes (`EnsembleSimulator`), batches of eight on all cores. A run that lanes
/// cannot follow (forming) is made alone by the scalar solver, and counted. What a device cannot be measured for is listed with its
/// reason.
public struct EnsembleCampaign: Sendable {
    /// Protocols, grid and tolerances; its device is left aside.
    public var campaign: Campaign
    /// Biases of tau, V.
    public var biases = [0.6, 0, -0.6]
    /// Whether the forming voltage is sought, by bisection, one device at a time.
    public var findsForming = false

    /// The protocols of `campaign`.
    public init(_ campaign: Campaign) { self.campaign = campaign }

    /// What one device was measured for.
    public struct Measured: Sendable, Equatable {
        /// SI; a quantity that could not be measured is not there.
        public var values: [EnsembleQuantity: Double] = [:]
        /// Why quantities are missing, in the order of `EnsembleCampaign.quantities`.
        public var failures: [Failure] = []
    }

    /// A quantity that could not be measured, and why.
    public struct Failure: Sendable, Equatable {
        /// What is missing.
        public var quantity: EnsembleQuantity
        /// When and why its run ended.
        public var reason: String
    }

    /// What was measured on all devices, and how.
    public struct Outcome: Sendable {
        /// One a device, in order.
        public var devices: [Measured]
        /// Runs of one device (a cell, a decay, the base state) in lanes, and alone.
        public var runsInLanes = 0
        /// Runs that began in lanes and had to be made alone: the device formed, or failed.
        public var runsThatLeft = 0
        /// Runs of devices that found no lanes: fewer than `EnsembleSimulator.smallestGroup` of their structure.
        public var runsAlone = 0
    }

    /// What every device is measured for, in order.
    public var quantities: [EnsembleQuantity] {
        [.baseConductance]
            + campaign.amplitudes.flatMap { v in campaign.widths.map { .step(amplitude: v, width: $0) } }
            + biases.map { .decayTime(bias: $0) } + (findsForming ? [.formingVoltage] : [])
    }

    /// Measures the devices on all cores: first the base states, then everything from copies of them.
    ///
    /// Throws `InputError` for a device that cannot be assembled. Cost: some tens of milliseconds of one core a device;
    /// forming as much again.
    public func run(_ devices: [Device], progress: ProgressHandler? = nil) throws -> Outcome {
        let tally = Tally(total: Double(devices.count))
        let report: @Sendable (Double) -> Void = { share in
            let done = tally.add(share)
            progress?(
                Essentials.Progress(
                    "measuring devices", fraction: done,
                    detail: "\(Int(clamped: done * Double(devices.count), rounded: .down)) of \(devices.count)"))
        }
        let share = 1 / Double(quantities.count)
        var outcome = Outcome(devices: [Measured](repeating: Measured(), count: devices.count))

        // Lanes hold devices of one structure: batches are filled structure by structure.
        let structures = try concurrentMap(devices.count) { index throws(InputError) in
            EnsembleStructure(try AssembledDevice(devices[index], options: campaign.options))
        }
        let bases = try perform(Self.batches(structures)) { batch in
            defer { report(share * Double(batch.count)) }
            var work = EnsembleBatch(self, batch.map { devices[$0] })
            let bases = try work.prepareBase()
            return (work.outcome, bases)
        } each: { batch, part in
            outcome.add(part, of: batch)
        }
        var ready = [EnsembleBatch.Base?](repeating: nil, count: devices.count)
        for (batch, part) in bases { for (index, base) in zip(batch, part) { ready[index] = base } }

        // Devices whose electrons count already in their base state stand together, so that they make no others solve for theirs.
        let (able, fixed) = (ready.indices.filter { ready[$0] != nil }, ready)
        report((1 - share) * Double(devices.count - able.count))
        let groups = Self.batches(
            able.map { index in
                structures[index].map { Together(structure: $0, isPlain: fixed[index]?.isPlain == true) }
            }
        ).map { $0.map { able[$0] } }
        _ = try perform(groups) { batch in
            var work = EnsembleBatch(self, batch.map { devices[$0] })
            try work.measure(from: batch.compactMap { fixed[$0] }) { report(share * Double(batch.count)) }
            return (work.outcome, ())
        } each: { batch, part in
            outcome.add(part, of: batch)
        }
        return outcome
    }

    /// What devices share that march together.
    private struct Together: Hashable {
        var structure: EnsembleStructure
        var isPlain: Bool
    }

    /// Work on batches on all cores; `each` gets the outcomes in order.
    private func perform<Result: Sendable>(
        _ batches: [[Int]], _ work: @Sendable ([Int]) throws -> (Outcome, Result), each: ([Int], Outcome) -> Void
    ) throws -> [([Int], Result)] {
        let parts = try concurrentMap(batches.count) { try work(batches[$0]) }
        for (batch, part) in zip(batches, parts) { each(batch, part.0) }
        return zip(batches, parts).map { ($0, $1.1) }
    }

    /// Places of equal structures in groups of eight, in order; places without one alone.
    private static func batches<Key: Hashable>(_ structures: [Key?]) -> [[Int]] {
        var order: [Key] = []
        var members: [Key: [Int]] = [:]
        for (place, structure) in structures.enumerated() {
            guard let structure else { continue }
            if members[structure] == nil { order.append(structure) }
            members[structure, default: []].append(place)
        }
        let full = order.flatMap { structure -> [[Int]] in
            let all = members[structure] ?? []
            return stride(from: 0, to: all.count, by: DeviceEnsemble.width).map {
                Array(all[$0..<min($0 + DeviceEnsemble.width, all.count)])
            }
        }
        return full + structures.indices.filter { structures[$0] == nil }.map { [$0] }
    }
}

extension EnsembleCampaign.Outcome {
    /// Adds what a batch of devices came to.
    mutating func add(_ part: EnsembleCampaign.Outcome, of batch: [Int]) {
        for (index, measured) in zip(batch, part.devices) {
            devices[index].values.merge(measured.values) { $1 }
            devices[index].failures += measured.failures
        }
        runsInLanes += part.runsInLanes
        runsThatLeft += part.runsThatLeft
        runsAlone += part.runsAlone
    }
}
