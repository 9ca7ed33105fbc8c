import ArgumentParser
import Essentials
import Foundation
import Studies

/// A command's part in a study: progress, Ctrl-C, and what is said when others have the rest.
struct StudySession {
    let folder: StudyFolder
    let share: WorkShare
    private let sharing: SharingOptions
    private let output: OutputOptions
    /// Whether the folder is one in between, gone afterwards.
    private let isTemporary: Bool

    /// - products: files that the study writes into the folder when it is done.
    init(
        _ path: String, _ identity: StudyIdentity, products: [String], sharing: SharingOptions, output: OutputOptions,
        isTemporary: Bool = false
    ) throws {
        share = try WorkShare(option: sharing.shard)
        folder = try StudyFolder(path, identity, products: output.force ? [] : products)
        (self.sharing, self.output, self.isTemporary) = (sharing, output, isTemporary)
    }

    /// Does the units of this process's share; how many were made now, or nil where units of other shares are missing.
    ///
    /// Throws `ExitCode` when a signal came.
    func run(_ work: @escaping @Sendable (_ unit: Int, _ stop: @Sendable () -> Bool) throws -> Data?) throws -> Int? {
        let interruption = Interruption()
        let interrupted = interruption.check
        let bar = ProgressBar(quiet: output.quiet)
        // To show progress is to look at the folder again and again: one of many ranks does.
        let handler = output.quiet || share.rank > 0 ? nil : bar.handler
        let outcome: StudyFolder.Outcome
        do {
            defer { bar.finish() }
            outcome = try withExtendedLifetime(interruption) {
                try folder.run(
                    share, threads: sharing.threads ?? share.threads(), progress: handler, stop: interrupted
                ) { unit in try work(unit, interrupted) }
            }
        }
        let units = folder.identity.units
        if outcome.isInterrupted {
            Terminal.error(
                "interrupted; \(outcome.present) of \(units) units are done"
                    + (isTemporary ? "" : " and lie in \(folder.path); the same command does the rest"))
            throw ExitCode(interruption.exitCode)
        }
        guard outcome.present == units else {
            note(
                "\(outcome.present) of \(units) units are there, \(outcome.made) of them made now; the other shards, or the same "
                    + "command without --shard, do the rest")
            return nil
        }
        return outcome.made
    }

    /// Lays the results together, where no other process does.
    func merge(into product: String, _ body: () throws -> Void) throws {
        let isOurs = try folder.merging(share, product: product, body)
        if !isOurs, share.rank == 0 { note("\(folder.path)/\(product) is there, or another process is at it") }
    }

    func note(_ text: String) { if !output.quiet { Terminal.note(text) } }
}
