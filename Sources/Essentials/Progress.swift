/// How far a long computation is; libraries report it, the command line draws it.
public struct Progress: Sendable, Equatable {
    /// What is being done, in a few words.
    public var stage: String
    /// Share done, 0 ... 1.
    public var fraction: Double
    /// A short figure worth showing beside the bar ("score -21", "12 of 13 biases").
    public var detail: String

    /// Progress of a stage; `fraction` in 0 ... 1.
    public init(_ stage: String, fraction: Double, detail: String = "") {
        self.stage = stage
        self.fraction = fraction
        self.detail = detail
    }
}

/// Receives progress; may be called from any thread, at most some tens of times a second.
public typealias ProgressHandler = @Sendable (Progress) -> Void
