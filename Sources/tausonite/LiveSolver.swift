import DeviceModel
import Essentials
import Foundation
import Protocols
import Report
import Simulation
import Synchronization

/// Runs what a page asks for: a device with changes under sentences. Keeps base states, so that a second run on a device begins at once.
final class LiveSolver: Sendable {
    private let devices: [DeviceDescription]
    /// Seconds of computing for one run.
    private let limit: Double
    private let baseStates = Mutex<[String: DeviceState]>([:])
    private let asked = Atomic<Int>(0)

    /// Runs at a time; of more the newest go on.
    static let most = 2
    static let mostSentences = 200, mostChanges = 100
    private static let mostBaseStates = 64
    /// Samples of a trace that goes back to a page.
    private static let samples = 4000
    /// Moments with the inside of the device.
    private static let moments = 80

    init(devices: [DeviceDescription], limit: Double) { (self.devices, self.limit) = (devices, limit) }

    /// A request's body.
    struct Request: Decodable {
        /// Index of the device.
        var device: String
        var set, sentences: [String]
        var base_state: Bool
        /// Whether the answer holds the run's files: trace, profiles, device, protocol.
        var files: Bool?
    }

    /// Runs at once, on the calling thread; JSON for the page. Throws `InputError` with what the page is to show.
    func answer(_ body: Data) throws -> String {
        let request: Request
        do { request = try JSONDecoder().decode(Request.self, from: body) } catch {
            throw InputError(
                "request", problem: "is not understood",
                expected: "JSON with device, set, sentences and base_state, as the page sends it")
        }
        guard let index = Int(request.device), devices.indices.contains(index) else {
            throw InputError(
                "device", value: request.device.excerpt(40), problem: "is not there", expected: "0 ... \(devices.count - 1)")
        }
        guard request.sentences.count <= Self.mostSentences, request.set.count <= Self.mostChanges else {
            throw InputError(
                "request", problem: "is too long",
                expected: "at most \(Self.mostSentences) sentences and \(Self.mostChanges) numbers")
        }
        // Who types asks again before the last answer is there: the newest requests run, what is older stops.
        let number = asked.wrappingAdd(1, ordering: .relaxed).newValue
        let description = try devices[index].setting(request.set)
        let experiment = try Experiment(
            name: "page", sentences: request.sentences, startsFromBaseState: request.base_state, readsFiles: false)
        return try text(of: description, experiment, number, withFiles: request.files == true)
    }

    private func bring(_ simulator: DeviceSimulator, toBaseState isOld: () -> Bool) throws {
        do { try simulator.run(Experiment.baseStateSteps) } catch {
            guard error.cause == .interrupted else { throw error }
            throw InputError(
                "solver",
                problem: isOld() ? "was asked for something newer" : "did not come to the base state within \(limit) s",
                expected: "a longer --limit, or a run that is not from the base state")
        }
    }

    private func text(
        of description: DeviceDescription, _ experiment: Experiment, _ number: Int, withFiles: Bool
    ) throws -> String {
        let start = ContinuousClock.now
        func seconds() -> Double { (ContinuousClock.now - start) / .seconds(1) }
        let simulator = try DeviceSimulator(description.device, readVoltage: experiment.readVoltage)
        func isOld() -> Bool { asked.load(ordering: .relaxed) - number >= Self.most }
        simulator.isCancelled = { seconds() > self.limit || isOld() }
        if experiment.startsFromBaseState {
            let digest = description.digest
            if let known = baseStates.withLock({ $0[digest] }) {
                simulator.state = known
            } else {
                try bring(simulator, toBaseState: isOld)
                let state = simulator.state
                baseStates.withLock { states in
                    if states.count >= Self.mostBaseStates { states.removeAll() }
                    states[digest] = state
                }
            }
        }
        let series = InsideSeries(limit: Self.moments)
        simulator.watcher = series.offer
        let trace = simulator.run(experiment.waveform, recording: .atMost(Self.samples))
        let run = ExploreRun(
            label: "live", device: description.name, sentences: experiment.steps.map(\.sentence), trace: trace,
            moments: series.moments)
        let files: [(String, String)] =
            !withFiles
            ? []
            : [
                ("trace.csv", trace.csv), ("profiles.csv", Trace.table(of: series.moments).csv),
                ("device.yaml", description.yaml),
                ("protocol.yaml", experiment.yaml),
            ]
        let note = trace.stopped.map { stop in
            stop.cause == .interrupted && isOld()
                ? "stopped at t = \(engineering(stop.time, "s")): newer requests took its place."
                : stop.cause == .interrupted
                    ? "stopped after \(limit) s of computing, at t = \(engineering(stop.time, "s")): what it had by then is shown; "
                        + "`tausonite simulate` has no such limit."
                    : "\(stop.isElectroforming ? "electroforming" : "stopped"): \(stop.reason)."
        }
        return LiveAnswer(
            run: ExplorePage.text(of: run), files: files, note: note, steps: trace.statistics.steps, seconds: seconds()
        ).text
    }
}

/// What goes back to the page.
struct LiveAnswer {
    /// The run, as JSON.
    var run: String
    var files: [(name: String, text: String)]
    var note: String?
    var steps: Int
    var seconds: Double

    var text: String {
        let files = files.map { "\(Self.quoted($0.name)): \(Self.quoted($0.text))" }.joined(separator: ", ")
        return "{\"run\": \(run), \"files\": {\(files)}, \"note\": \(note.map(Self.quoted) ?? "null"), \"steps\": \(steps), "
            + "\"seconds\": \(seconds)}"
    }

    static func error(_ message: String) -> String { "{\"error\": \(quoted(message))}" }

    /// A string of JSON; empty where the text cannot be written as one.
    static func quoted(_ text: String) -> String {
        (try? JSONEncoder().encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}
