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
    }

    /// Energy and course of one pulse (both edges and the top).
    public struct Pulse: Sendable, Equatable {
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
    }

    /// A read asked for by the protocol.
    public struct Read: Sendable, Equatable {
        /// s, V, S.
        public var time, voltage, conductance: Double
        /// Index of the top-level step of the protocol.
        public var step: Int
    }

    /// The samples, all or thinned as `Recording` asks.
    public var samples: [Sample] = []
    /// Whether every sample holds a read; a run may leave them out, since a read costs as much as a step.
    public internal(set) var readsSamples = true
    /// The pulses, all or thinned as `Recording` asks.
    public var pulses: [Pulse] = []
    /// The reads, all or thinned as `Recording` asks.
    public var reads: [Read] = []
    /// Number of pulses and of reads that were run, and the energy of all pulses together, J: also of those that thinning dropped.
    public var pulseCount: Int { pulseThinning.offered }
    /// Number of reads that were run.
    public var readCount: Int { readThinning.offered }
    /// Energy of all pulses together, J.
    public internal(set) var pulseEnergy = 0.0
    private var sampleThinning, pulseThinning, readThinning: Thinning
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
        (sampleThinning, pulseThinning, readThinning) = (Thinning(limit: limit), Thinning(limit: limit), Thinning(limit: limit))
    }

    /// Energy that the segments of a pulse have spent so far, J.
    func energy(ofPulse index: Int?) -> Double { index == pulseCount - 1 ? pulses.last?.energy ?? 0 : 0 }

    mutating func keep(_ sample: Sample) { sampleThinning.add(sample, to: &samples) }
    mutating func keep(_ pulse: Pulse) { pulseThinning.add(pulse, to: &pulses) }
    mutating func keep(_ read: Read) { readThinning.add(read, to: &reads) }
}
