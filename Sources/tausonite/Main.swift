import ArgumentParser
import Essentials
import Foundation

/// Entry point: runs the command, gives every error the same face, and says so when what was printed went nowhere.
@main
enum Main {
    static func main() {
        var code: Int32 = 0
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.contains("--json") { ErrorReport.speakJSON() }
        do {
            try Surroundings.prepare()
            var command = try Tausonite.parseAsRoot()
            // A command that ends with its state saved looks after signals itself.
            let guardian = command is any SavesWhenInterrupted ? nil : Interruption(ending: command)
            defer { withExtendedLifetime(guardian) {} }
            try command.run()
        } catch let error as InputError {
            if Terminal.outputIsGivenUp, error.problem.contains("Broken pipe") {
                code = 128 + SIGPIPE  // a reader that has seen enough
            } else {
                ErrorReport.tell(error)
                code = 2
            }
        } catch let error as ExitCode {
            code = error.rawValue
        } catch {
            // Help, version and usage errors are the parser's business; what broke is ours.
            let exit = Tausonite.exitCode(for: error)
            switch exit {
            case .success: Terminal.print(Tausonite.fullMessage(for: error))
            case .failure: ErrorReport.tell("\(error)".excerpt(1000), code: 1)
            default: ErrorReport.tell(usage: error, arguments: arguments, code: exit.rawValue)
            }
            code = exit.rawValue
        }
        exit(Surroundings.close(code))
    }
}
