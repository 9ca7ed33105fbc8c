import Calibration
import CompactModel
import DeviceModel
import Essentials
import Foundation
import Protocols
import Simulation
import Studies

/// A sweep: a device, a protocol with open numbers, the points at which both are tried, and what is asked of each.
package struct Sweep: Sendable {
    package let device: DeviceDescription
    /// nil where only observables of the calibration are asked for.
    package let template: ProtocolTemplate?
    package let plan: SweepPlan
    package let outputs: [SweepOutput]
    /// Points in one unit of work: more where a point takes far less than the millisecond or two of a unit's file.
    package let batch: Int

    /// Throws `InputError` where nothing is asked for, twice the same, or a number of a run that no protocol makes.
    package init(
        device: DeviceDescription, template: ProtocolTemplate?, plan: SweepPlan, outputs: [SweepOutput], batch: Int = 1
    ) throws(InputError) {
        (self.device, self.template, self.plan, self.outputs, self.batch) = (device, template, plan, outputs, batch)
        guard !outputs.isEmpty else {
            throw InputError(
                "--output", problem: "names nothing", expected: "for example \"G of the last read\" or \"tau 0.6 V\"")
        }
        for (k, output) in outputs.enumerated() {
            if outputs[..<k].contains(where: { $0.column == output.column }) {
                throw InputError("--output", value: output.name, problem: "is asked for twice", expected: "each once")
            }
            if case .run = output, template == nil {
                throw InputError(
                    "--output", value: output.name, problem: "needs a protocol", expected: "sentences or --protocol")
            }
        }
        guard (1...100_000).contains(batch) else {
            throw InputError("--batch", value: "\(batch)", problem: "is out of range", expected: "1 ... 100000")
        }
    }

    /// Units of work.
    package var units: Int { (plan.points.count + batch - 1) / batch }

    /// What a study's folder of this sweep belongs to.
    package func identity(version: String) -> StudyIdentity {
        var about = [
            "device": device.name, "vary": plan.variables.map(\.title).joined(separator: ", "),
            "points": "\(plan.points.count)",
            "outputs": outputs.map(\.name).joined(separator: "; "),
        ]
        if let template { about["protocol"] = template.identity.trimmingCharacters(in: .whitespacesAndNewlines) }
        return StudyIdentity(
            command: "sweep", version: version, units: units,
            parts: [
                "device": Digest.sha256(device.yaml), "protocol": Digest.sha256(protocolIdentity), "plan": plan.digest,
                "outputs": Digest.sha256(outputs.map(\.column).joined(separator: "\n")), "batch": "\(batch)",
            ], about: about)
    }

    /// With the points of the tables that sentences name, as the first point that can be read has them.
    private var protocolIdentity: String {
        guard let template else { return "" }
        for point in plan.points.prefix(100) {
            if let experiment = try? template.experiment(plan.texts(point)) {
                return template.identity + "\n" + experiment.yaml
            }
        }
        return template.identity
    }

    /// The bytes of a unit's file; nil where `stop` cut it. Cost: that of its points, on the calling thread.
    package func work(_ unit: Int, stop: @Sendable () -> Bool) throws -> Data? {
        var results: [SweepResult] = []
        for point in unit * batch..<min((unit + 1) * batch, plan.points.count) {
            guard let result = result(point, stop: stop) else { return nil }
            results.append(result)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return try encoder.encode(results)
    }

    /// The results of a unit's file.
    package func results(_ unit: Int, in folder: StudyFolder) throws(InputError) -> [SweepResult] {
        let data = try AtomicFile.read(folder.file(unit))
        let points = Array(unit * batch..<min((unit + 1) * batch, plan.points.count))
        guard let results = try? JSONDecoder().decode([SweepResult].self, from: data), results.map(\.point) == points,
            results.allSatisfy({ $0.values.count == outputs.count })
        else {
            throw InputError(
                folder.file(unit), problem: "is not what a sweep wrote", expected: "the file removed, and the sweep run again")
        }
        return results
    }

    /// One point; nil where `stop` cut it. A failure is a result.
    func result(_ index: Int, stop: @Sendable () -> Bool) -> SweepResult? {
        var result = SweepResult(index, outputs: outputs.count)
        let point = plan.points[index]
        let settings = zip(plan.variables, point).filter { !$0.0.isOfProtocol }.map { (key: $0.0.key, value: $0.0.si($0.1)) }
        do {
            let device = try self.device.device(setting: settings)
            if let template {
                let experiment = try template.experiment(plan.texts(point))
                guard try run(device, experiment, into: &result, stop: stop) else { return nil }
            }
            if !stop() { try measure(device, into: &result) }
        } catch let error as InputError {
            result.fail(.refused, "\(error)")
        } catch {
            result.fail(.not_measured, "\(error)")
        }
        return stop() && result.failure != nil ? nil : result
    }

    /// The outputs of the run; false where it was cut.
    private func run(
        _ device: Device, _ experiment: Experiment, into result: inout SweepResult, stop: @Sendable () -> Bool
    ) throws -> Bool {
        let asked = outputs.enumerated().compactMap { k, output -> (Int, RunOutput)? in
            if case .run(let output) = output { (k, output) } else { nil }
        }
        guard !asked.isEmpty else { return true }
        let simulator = try DeviceSimulator(device, readVoltage: experiment.readVoltage)
        return withoutActuallyEscaping(stop) { stop in
            simulator.isCancelled = stop
            defer { simulator.isCancelled = nil }
            if experiment.startsFromBaseState {
                let base = simulator.run(
                    Waveform(steps: Experiment.baseStateSteps, readVoltage: experiment.readVoltage), recording: .none)
                if let halt = base.stopped {
                    if halt.cause == .interrupted { return false }
                    result.fail(.init(halt.cause), "base state: \(halt.reason)")
                    return true
                }
            }
            let trace = simulator.run(
                experiment.waveform, recording: asked.contains { $0.1.needsEveryStep } ? .everyStep : .corners,
                readsSamples: false)
            if trace.stopped?.cause == .interrupted { return false }
            let readAtEnd =
                asked.contains { $0.1 == .end(.conductance) } && trace.stopped == nil ? try? simulator.read() : nil
            if let halt = trace.stopped { result.fail(.init(halt.cause), halt.reason) }
            for (k, output) in asked {
                let value = output.value(trace, readAtEnd: readAtEnd)
                result.values[k] = value.flatMap { $0.isFinite ? $0 : nil }
                if result.values[k] == nil, trace.stopped == nil {
                    result.fail(.not_measured, "\(output.name): the run has none (\(experiment.extentInWords))")
                }
            }
            return true
        }
    }

    /// The outputs that are measured as a calibration measures them.
    private func measure(_ device: Device, into result: inout SweepResult) throws {
        let asked = outputs.enumerated().compactMap { k, output -> (Int, Observable, String)? in
            if case .observable(let observable, let name) = output { (k, observable, name) } else { nil }
        }
        guard !asked.isEmpty else { return }
        let campaign = Campaign(measuring: asked.map(\.1), on: device)
        let measured: Characterisation
        let failures: [CampaignFailure]
        do {
            (measured, failures) = try campaign.attempt(inParallel: false)
        } catch let failure as CampaignFailure {
            result.fail(failure.cause.map { .init($0) } ?? .not_measured, failure.description)
            return
        }
        for failure in failures { result.fail(failure.cause.map { .init($0) } ?? .not_measured, failure.description) }
        for (k, observable, name) in asked {
            result.values[k] = observable.value(in: measured, of: campaign).flatMap { $0.isFinite ? $0 : nil }
            if result.values[k] == nil, failures.isEmpty { result.fail(.not_measured, "\(name): has no value on this device") }
        }
    }
}

extension Experiment {
    /// "2 reads, 1 pulse".
    fileprivate var extentInWords: String {
        "\(readCount) read\(readCount == 1 ? "" : "s"), \(pulseCount) pulse\(pulseCount == 1 ? "" : "s")"
    }
}
