import DeviceModel

/// What a device did under a protocol: one sample per recorded time, SI units.
public struct Trace: Sendable, Equatable {
    /// One sample; `current` is the electron current, `totalCurrent` adds the displacement and ionic current of the area.
    public struct Sample: Sendable, Equatable {
        /// t, s.
        public var time: Double
        /// V on Pt, V.
        public var voltage: Double
        /// Electron current, A.
        public var current: Double
        /// Electron, ionic and displacement current together, A.
        public var totalCurrent: Double
        /// Frozen-ion conductance I(V_read) / V_read, S; not a number in a run without reads at its samples (`Trace.readsSamples`).
        public var conductance: Double
        /// T, K.
        public var temperature: Double
        /// Vacancies inside the SrTiO3, 1/m2.
        public var latticeVacancies: Double
        /// N_s, N_O, N_p, 1/m2.
        public var planeVacancies, interfacialOxygen, storedOxygen: Double
        /// Running index of the pulse that the sample lies in, or -1.
        public var pulse: Int
        /// Voltage of the source in front of a compliance, V; nil where nothing stands between them.
        public var sourceVoltage: Double?
        /// V_read where the step has its own, V.
        public var readVoltage: Double?
    }

    /// Energy and course of one pulse (both edges and the top).
    public struct Pulse: Sendable, Equatable, Codable {
        /// t at the start of the rising edge and at the end of the falling one, s.
        public var start, end: Double
        /// V at the top, V.
        public var amplitude: Double
        /// Integral of V I over the pulse, J.
        public var energy: Double
        /// Highest temperature, K.
        public var peakTemperature: Double
        /// Electron current at the end of the top, A.
        public var endCurrent: Double
        /// What a compliance took beside it, the integral of (V_source - V) I, J.
        public var seriesEnergy = 0.0
    }

    /// A read asked for by the protocol.
    public struct Read: Sendable, Equatable, Codable {
        /// s, V, S.
        public var time, voltage, conductance: Double
        /// Index of the top-level step of the protocol.
        public var step: Int
    }

    /// A moment that the device chose: a condition that ended a step, a compliance that set in or let go.
    public struct Mark: Sendable, Equatable, Codable {
        /// s, V on the device.
        public var time, voltage: Double
        /// Index of the top-level step of the protocol.
        public var step: Int
        /// "I > 1e-6 A", "compliance 1e-6 A sets in", "compliance 1e-6 A lets go".
        public var event: String
    }

    /// The inside of the device at a moment that was asked for.
    public struct Profile: Sendable, Equatable, Codable {
        /// s.
        public var time: Double
        /// As it was asked for.
        public var label: String
        /// What was there.
        public var inside: DeviceProfile
    }

    /// The samples, all or thinned as `Recording` asks.
    public var samples: [Sample] = []
    /// Whether every sample holds a read; a run may leave them out, since a read costs as much as a step.
    public internal(set) var readsSamples = true
    /// The pulses, all or thinned as `Recording` asks.
    public var pulses: [Pulse] = []
    /// The reads, all or thinned as `Recording` asks.
    public var reads: [Read] = []
    /// Conditions that were met and compliances, all or thinned as `Recording` asks.
    public internal(set) var marks: [Mark] = []
    /// The inside of the device where it was asked for.
    public internal(set) var profiles: [Profile] = []
    /// States that the protocol keeps, by their names.
    public internal(set) var saved: [String: DeviceState] = [:]
    /// Number of pulses and of reads that were run, and the energy of all pulses together, J: also of those that thinning dropped.
    public var pulseCount: Int { pulseThinning.offered }
    /// Number of reads that were run.
    public var readCount: Int { readThinning.offered }
    /// Number of marks that were met.
    public var markCount: Int { markThinning.offered }
    /// Energy of all pulses together, J.
    public internal(set) var pulseEnergy = 0.0
    /// What compliances took in all pulses together, J.
    public internal(set) var seriesEnergy = 0.0
    var sampleThinning, pulseThinning, readThinning, markThinning: Thinning
    /// Work of the solver and drift of the inventory.
    public var statistics = Statistics()
    /// Why the run stopped before the end of its protocol (electroforming), or nil.
    public var stopped: Stop?

    /// Work of the solver and drift of the inventory.
    public struct Statistics: Sendable, Equatable, Codable {
        /// Steps kept.
        public var steps = 0
        /// Attempts thrown away.
        public var rejections = 0
        /// Newton corrections of all attempts.
        public var newtonIterations = 0
        /// Steps of these in which electrons carried charge (drift-diffusion, three unknowns a node).
        public var driftDiffusionSteps = 0
        /// Largest relative drift of the vacancy-oxygen inventory against its own scale.
        public var inventoryDrift = 0.0
        /// No work yet.
        public init() {}

        /// Files of older programs do not say which electrons ran: quasi-stationary ones.
        public init(from decoder: Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            steps = try container.decode(Int.self, forKey: .steps)
            rejections = try container.decode(Int.self, forKey: .rejections)
            newtonIterations = try container.decode(Int.self, forKey: .newtonIterations)
            driftDiffusionSteps = try container.decodeIfPresent(Int.self, forKey: .driftDiffusionSteps) ?? 0
            inventoryDrift = try container.decode(Double.self, forKey: .inventoryDrift)
        }
    }

    /// An empty trace that keeps everything.
    public init() { self.init(limit: nil) }

    /// Keeps at most `limit` entries of each list.
    init(limit: Int?, readsSamples: Bool = true) {
        self.readsSamples = readsSamples
        let none = Thinning(limit: limit)
        (sampleThinning, pulseThinning, readThinning, markThinning) = (none, none, none, none)
    }

    /// Energy that the segments of a pulse have spent so far, J.
    func energy(ofPulse index: Int?) -> Double { index == pulseCount - 1 ? pulses.last?.energy ?? 0 : 0 }

    mutating func keep(_ sample: Sample) {
        if sampleThinning.halves(samples.count), earlier.samples == nil { earlier.samples = samples }
        sampleThinning.add(sample, to: &samples)
    }
    mutating func keep(_ pulse: Pulse) {
        if pulseThinning.halves(pulses.count), earlier.pulses == nil { earlier.pulses = pulses }
        pulseThinning.add(pulse, to: &pulses)
    }
    mutating func keep(_ read: Read) {
        if readThinning.halves(reads.count), earlier.reads == nil { earlier.reads = reads }
        readThinning.add(read, to: &reads)
    }
    mutating func keep(_ mark: Mark) {
        if markThinning.halves(marks.count), earlier.marks == nil { earlier.marks = marks }
        markThinning.add(mark, to: &marks)
    }

    /// Lists as they were before they were first halved since the last corner (`Checkpoint`); says nothing of what a device did.
    struct Earlier: Sendable, Equatable {
        var samples: [Sample]?
        var pulses: [Pulse]?
        var reads: [Read]?
        var marks: [Mark]?

        static func == (a: Earlier, b: Earlier) -> Bool { true }
    }
    var earlier = Earlier()
}
