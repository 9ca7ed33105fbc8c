import ArgumentParser
import Essentials
import Foundation

/// Entry point: runs the command, gives every error the same face, and says so when what was printed went nowhere.
@main
enum Main {
    static func main() {
        var code: Int32 = 0
        do {
            try Surroundings.prepare()
            var command = try Tausonite.parseAsRoot()
            // A command that ends with its state saved looks after signals itself.
            let guardian = command is any SavesWhenInterrupted ? nil : Interruption(ending: command)
            defer { withExtendedLifetime(guardian) {} }
            try command.run()
        } catch let error as InputError {
            Terminal.error("\(error)")
            code = 2
        } catch let error as ExitCode {
            code = error.rawValue
        } catch {
            // Help, version and usage errors are the parser's business; what broke is ours.
            let exit = Tausonite.exitCode(for: error)
            switch exit {
            case .success: Terminal.print(Tausonite.fullMessage(for: error))
            case .failure: Terminal.error("\(error)".excerpt(1000))
            default:
                let lines = Tausonite.fullMessage(for: error).split(separator: "\n", omittingEmptySubsequences: false)
                Terminal.note(lines.map { $0.count > 400 ? String($0).excerpt(400) : String($0) }.joined(separator: "\n"))
            }
            code = exit.rawValue
        }
        exit(Surroundings.close(code))
    }
}
