import Essentials
import Foundation

/// libFuzzer's loop, from the compiler's own run-time library (`make fuzzers` links it).
@_silgen_name("LLVMFuzzerRunDriver")
private func fuzz(
    _ count: UnsafeMutablePointer<Int32>, _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ reads: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// Feeds one reader with what libFuzzer makes up: `fuzzers sentence FOLDER... -runs=1000000`.
///
/// A reader that traps, ends never, or throws anything but an `InputError` of bounded length is what is looked for; what it takes has to
/// keep the promises that stand beside it in `Reader`.
@main
enum Main {
    nonisolated(unsafe) static var reader = Reader.all[0]

    static func main() {
        let words = CommandLine.arguments
        guard words.count > 1, let chosen = Reader.all.first(where: { $0.name == words[1] }) else {
            let names = Reader.all.map(\.name).joined(separator: " ")
            FileHandle.standardError.write(Data("usage: fuzzers READER FOLDER... [-runs=N]; readers: \(names)\n".utf8))
            exit(64)
        }
        reader = chosen
        // The name of the reader is no option of libFuzzer.
        var rest = ([words[0], "-max_len=\(chosen.longest)", "-timeout=10", "-rss_limit_mb=2048"] + words.dropFirst(2)).map {
            strdup($0)
        }
        var count = Int32(rest.count)
        rest.append(nil)
        let code = rest.withUnsafeMutableBufferPointer { list in
            var first = list.baseAddress!
            return fuzz(&count, &first) { bytes, size in
                Main.one(Data(UnsafeBufferPointer(start: bytes, count: size)))
            }
        }
        exit(code)
    }

    /// 0: worth keeping in a corpus; -1: not. Anything wrong ends the process.
    private static func one(_ data: Data) -> Int32 {
        do {
            try reader.read(data)
            return 0
        } catch let error as InputError {
            let words = "\(error)"
            precondition(words.utf8.count < 10_000, "a message of \(words.utf8.count) bytes")
            return 0
        } catch is Reader.NotText {
            return -1
        } catch {
            fatalError("an error that is no InputError: \(error)")
        }
    }
}
