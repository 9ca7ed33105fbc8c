import DeviceModel
import FiniteVolume
import LinearAlgebra

/// A number of one device, or one of each of several in lanes.
protocol DrivenNumber {
    static func - (a: Self, b: Self) -> Self
    static func * (a: Self, b: Self) -> Self
    static func / (a: Self, b: Double) -> Self
}

extension Double: DrivenNumber {}
extension SIMD8: DrivenNumber where Scalar == Double {}

/// What is asked of equations under a voltage, those of one device or of several in lanes.
protocol DrivenSystem: ImplicitSystem {
    associatedtype Number: DrivenNumber
    var options: SolverOptions { get }
    var voltage: Number { get }
    var temperature: Number { get }
    func restore(temperature: Number, voltage: Number)
    func settleHeat(_ u: Row) throws(NewtonFailure)
    func rightDisplacement(_ u: Row) -> Number
}

extension AssembledDevice: DrivenSystem {}
extension DeviceEnsemble: DrivenSystem {}

/// Equations and their integrator, with what every march through a segment needs: its start, its clock, looks between two steps.
///
/// Code here is compiled for each of the two systems, because both are named in this module.
final class SolverPath<System: DrivenSystem> {
    let system: System
    let integrator: AdaptiveIntegrator<System>
    /// A state between two steps.
    let between: RealStorage
    /// Steps of the stretches of the present run.
    private var memories = StretchMemories()

    /// - Parameter wallResolution: `AdaptiveIntegrator.Options.wallResolution`, its own where nil.
    init(_ system: System, initial: [Double], wallResolution: Double? = nil) {
        self.system = system
        var settings = AdaptiveIntegrator<System>.Options()
        settings.maximumOrder = system.options.maximumOrder
        settings.stepBudget = system.options.stepBudget
        settings.wallResolution = wallResolution ?? settings.wallResolution
        integrator = AdaptiveIntegrator(system: system, initial: initial, options: settings)
        between = RealStorage(count: system.unknowns)
    }

    /// Starts the clock of a segment of `span` seconds; `lastStep` is that of the segment before, or 0.
    ///
    /// A corner makes du/dt jump: start again at first order; the integrator checks the first step against two half steps.
    func begin(_ span: Double, lastStep: Double) {
        let first = min(span * 0.02, lastStep > 0 ? lastStep * 0.2 : span * 1e-6)
        integrator.restart(step: max(first, min(span, 1) * 1e-9), time: 0)
    }

    /// Forgets the steps of earlier stretches: at the start of a run.
    func forgetSteps() { memories.forget() }

    /// The steps of the present run's stretches, to be taken back by `remember`.
    func keepSteps() -> [StretchMemories.Kept] { memories.keep() }

    func remember(_ steps: [StretchMemories.Kept]) { memories.remember(steps, unknowns: system.unknowns) }

    /// What a march shows of an accepted step.
    struct Step {
        /// Its end and its length, s.
        var time, length: Double
        /// Ionic and displacement current over the step, A.
        var displacementCurrent: System.Number
        /// Whether its end becomes a sample.
        var isKept: Bool
    }

    /// Integrates to the end of a segment, `span` seconds after its start, or until `step` returns false.
    ///
    /// - Parameters:
    ///   - shape: what the segment shares with those whose steps it may take again; nil where it takes none.
    ///   - accepts: sees every accepted step first; false ends the march as if the step had not been taken, but for the state.
    ///   - exact: gets the states at the times that the sampler wants to be met, whether the heat is in balance there, and the
    ///     displacement current.
    ///   - step: gets every accepted step.
    func march(
        to span: Double, _ shape: StretchMemories.Shape?, area: System.Number, sampler: inout Sampler,
        accepts: ((Double, Row) -> Bool)? = nil,
        exact: (_ moment: Double, _ between: Row, _ isBalanced: Bool, _ displacementCurrent: System.Number) -> Void,
        step: (Step, Row) -> Bool
    ) throws(IntegrationFailure) {
        // The budget is there to end endless loops, not long protocols: it grows by a five-thousandth with every leg.
        integrator.options.stepBudget += system.options.stepBudget / 5000
        var previousDisplacement = system.rightDisplacement(integrator.solution)
        var previousTime = integrator.time
        let memory = shape.flatMap { memories.memory(of: $0, unknowns: system.unknowns) }
        try integrator.advance(to: span, firstStep: span * 1e-6, memory: memory) { time, u in
            if let accepts, !accepts(time, u) { return false }
            let h = time - previousTime
            let displacement = system.rightDisplacement(u)
            let displacementCurrent = area * (displacement - previousDisplacement) / h
            while let moment = sampler.exactTime(before: time) {
                look(at: moment, now: time) { exact(moment, $0, $1, displacementCurrent) }
            }
            previousDisplacement = displacement
            previousTime = time
            return step(
                Step(time: time, length: h, displacementCurrent: displacementCurrent, isKept: sampler.keeps(time)), u)
        }
    }

    /// Calls `look` with the state at `moment` inside the last step and whether its heat is in balance there; the system is put back
    /// afterwards.
    func look<Result>(at moment: Double, now time: Double, _ look: (Row, Bool) -> Result) -> Result {
        let (temperature, voltage) = (system.temperature, system.voltage)
        integrator.interpolate(at: moment, into: between.row)
        system.prepare(time: moment)
        // A balance without a root between two steps that have one: the temperature stays.
        let isBalanced = (try? system.settleHeat(between.row)) != nil
        let result = look(between.row, isBalanced)
        system.prepare(time: time)
        system.restore(temperature: temperature, voltage: voltage)
        return result
    }
}

extension SolverPath<AssembledDevice> {
    var device: AssembledDevice { system }

    /// What the device does at `u` at its present voltage and temperature; `current` (A) where it is known.
    func moment(_ u: Row, current: Double? = nil) -> PulseAccount.Moment {
        let current = current ?? device.electronCurrent(u)
        return PulseAccount.Moment(power: device.voltage * current, current: current, temperature: device.temperature)
    }

    /// Current in a look between two steps, A: that of the heat balance where there is one.
    func current(_ u: Row, isBalanced: Bool) -> Double { isBalanced ? device.recentCurrent(u) : device.electronCurrent(u) }
}
