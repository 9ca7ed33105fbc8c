import ArgumentParser
import Essentials
import Foundation
import Validation

/// `tausonite validate`: the validation table of a run.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Print how far a run is from the paper and from the independent prototype.",
        discussion: """
            Example:

              tausonite validate --results results/results.json --failures

            The results file is what `tausonite reproduce` wrote. Rows that fail are shown failing; the exit code is 0 all the same, \
            or 1 with --strict.
            """)

    @Option(help: "Results file (JSON).")
    var results = "results/results.json"

    @Flag(help: "Only the rows that fail.")
    var failures = false

    @Flag(help: "Exit with 1 when a row fails.")
    var strict = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        let file = try ResultsFile.load(path: ProjectFiles.locate(results))
        if output.json {
            let rows = failures ? file.rows.filter { !$0.pass } : file.rows
            try printJSON(rows, keys: .useDefaultKeys)
        } else {
            Terminal.print(
                ValidationTable.text(
                    file.rows, notProduced: file.notProduced, failuresOnly: failures, colour: Terminal.outputIsScreen),
                terminator: "", isPainted: true)
        }
        if strict, file.rows.contains(where: { !$0.pass }) { throw ExitCode(1) }
    }
}
