/// One step of an experiment, in SI units: what is done, and on what terms.
///
/// `V(t)` of a protocol is continuous; its corners are where a solver restarts. Between steps of different voltage stands a linear edge of
/// `Step.jumpEdge`; see `Waveform`. Each kind of step is a file of `Steps/`, with its sentence, its checks and the voltage that it makes.
public struct Step: Equatable, Sendable {
    let action: any StepAction
    /// What holds while the step lasts.
    public var terms: StepTerms

    init(_ action: any StepAction, terms: StepTerms = StepTerms()) {
        self.action = action
        self.terms = terms
    }

    /// The same action on the same terms.
    public static func == (a: Step, b: Step) -> Bool { a.terms == b.terms && a.action.isEqual(to: b.action) }

    /// The same step on other terms.
    public func with(_ terms: StepTerms) -> Step { Step(action, terms: terms) }

    /// Edge of single pulses and of jumps between steps, s.
    public static let jumpEdge = 0.1e-6
    /// Edge of the pulses of a train, s.
    public static let trainEdge = 1e-6
}

extension Step: CustomStringConvertible {
    /// The step as a sentence that reads back as the very same step.
    public var sentence: String { action.sentence + terms.text }

    public var description: String { sentence }
}
