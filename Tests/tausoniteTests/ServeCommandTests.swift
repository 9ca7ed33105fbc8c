import Essentials
import Foundation
import TestSupport
import Testing

@testable import tausonite

/// `tausonite serve` over real sockets: what it answers, to whom, and that damaged requests do it no harm. Traffic goes to 127.0.0.1 alone.
@Suite(.serialized) struct ServeCommandTests {
    /// A server on a free port; ended by its process.
    private final class Served {
        let process = Process()
        let port: UInt16
        var address: String { "http://127.0.0.1:\(port)/" }

        init(_ arguments: [String] = []) throws {
            process.executableURL = CommandLineTests.program
            process.arguments =
                ["serve", "--port", "0", "--quiet", "--device", Repository.path("Materials/pt-sto-ti.yaml")] + arguments
            process.currentDirectoryURL = CommandLineTests.root
            let out = Pipe()
            process.standardOutput = out
            try process.run()
            let line = String(decoding: out.fileHandleForReading.availableData, as: UTF8.self)
            port = try #require(UInt16(line.split(separator: ":").last?.prefix { $0.isNumber } ?? ""), "\(line)")
        }

        func end() {
            process.terminate()
            process.waitUntilExit()
        }

        /// Sends bytes, says that no more come where it is to, and reads what comes back; at most 5 s.
        func send(_ bytes: [UInt8], closes: Bool = true) throws -> String {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var place = sockaddr_in()
            place.sin_family = sa_family_t(AF_INET)
            place.sin_port = port.bigEndian
            place.sin_addr.s_addr = inet_addr("127.0.0.1")
            let connected = withUnsafePointer(to: &place) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            try #require(connected == 0, "not connected: \(errno)")
            var patience = timeval(tv_sec: 5, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
            var rest = bytes[...]
            while !rest.isEmpty {
                let sent = rest.withUnsafeBytes {
                    Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if sent <= 0 { break }
                rest = rest.dropFirst(sent)
            }
            if closes { shutdown(descriptor, Int32(SHUT_WR)) }
            var answer: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = recv(descriptor, &piece, piece.count, 0)
                if count <= 0 { break }
                answer += piece[..<count]
            }
            return String(decoding: answer, as: UTF8.self)
        }

        func request(
            _ method: String, _ path: String, body: String = "", host: String? = nil,
            headers: [String] = ["Content-Type: application/json"]
        ) throws -> String {
            var lines = ["\(method) \(path) HTTP/1.1", "Host: \(host ?? "127.0.0.1:\(port)")", "Connection: close"]
            lines += headers
            lines += ["Content-Length: \(body.utf8.count)", "", body]
            return try send(Array(lines.joined(separator: "\r\n").utf8))
        }

        func run(_ sentences: [String], set: [String] = [], base: Bool = true) throws -> [String: Any] {
            let body = try JSONSerialization.data(
                withJSONObject: ["device": "0", "set": set, "sentences": sentences, "base_state": base, "files": true])
            let answer = try request("POST", "/run", body: String(decoding: body, as: UTF8.self))
            let json = answer.components(separatedBy: "\r\n\r\n").dropFirst().joined(separator: "\r\n\r\n")
            return try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        }
    }

    @Test func answersItsPageAndRunsWhatItAsks() throws {
        let server = try Served()
        defer { server.end() }
        let page = try server.request("GET", "/")
        #expect(page.hasPrefix("HTTP/1.1 200") && page.contains("id=\"live\"") && page.contains("nosniff"))
        let result = try server.run(["Pulse 3 V for 100 us", "Hold 0.6 V for 1 s"])
        let run = try #require(result["run"] as? [String: Any])
        let files = try #require(result["files"] as? [String: String])
        #expect((run["t"] as? [Double])?.last == 1.0001002 && result["note"] is NSNull)
        #expect(
            files["trace.csv"]?.hasPrefix("time_s,") == true && files["protocol.yaml"]?.contains("Pulse 3 V for 100 us") == true
        )
        // The same as the command line computes, from the base state, which is kept for the next run; not another device's.
        let line = try CommandLineTests.run([
            "simulate", "Pulse 3 V for 100 us", "Hold 0.6 V for 1 s", "--out", "/dev/stdout", "--quiet",
        ])
        let own = line.out.split(separator: "\n").prefix { $0.first?.isLetter != true || $0.hasPrefix("time_s") }
        #expect(files["trace.csv"]?.split(separator: "\n").map(String.init) == own.map(String.init))
        let again = try server.run(["Pulse 3 V for 100 us", "Hold 0.6 V for 1 s"])
        #expect((again["files"] as? [String: String])?["trace.csv"] == files["trace.csv"])
        let other = try server.run(["Pulse 3 V for 100 us", "Hold 0.6 V for 1 s"], set: ["platinum_barrier=1.2eV"])
        #expect((other["files"] as? [String: String])?["trace.csv"] != files["trace.csv"])
        // The solver's own words.
        for (set, sentences, words) in [
            (["platinum_barier=1 eV"], ["Read"], "platinum_barrier"), ([], ["Pulse 99 V for 1 ms"], "20 V"),
            ([], ["Waveform /etc/passwd"], "cannot be named here"), ([], [], "step"),
            ([], Array(repeating: "Read", count: 201), "at most 200"),
        ] as [([String], [String], String)] {
            let said = try server.run(sentences, set: set)["error"] as? String
            #expect(said?.contains(words) == true, "\(said ?? "nothing")")
        }
        let formed = try server.run(["Pulse 8 V for 10 ms"])
        #expect((formed["note"] as? String)?.hasPrefix("electroforming") == true)
    }

    @Test func answersNobodyElse() throws {
        let server = try Served(["--limit", "0.3"])
        defer { server.end() }
        let body = "{\"device\": \"0\", \"set\": [], \"sentences\": [\"Read\"], \"base_state\": false}"
        func code(_ answer: String) -> String { String(answer.dropFirst(9).prefix(3)) }
        #expect(code(try server.request("POST", "/run", body: body)) == "200")
        #expect(code(try server.request("POST", "/run", body: body, host: "evil.example:\(server.port)")) == "421")
        let json = "Content-Type: application/json"
        #expect(code(try server.request("POST", "/run", body: body, headers: [json, "Origin: http://evil.example"])) == "403")
        #expect(
            code(try server.request("POST", "/run", body: body, headers: [json, "Origin: http://127.0.0.1:\(server.port)"]))
                == "200")
        #expect(code(try server.request("POST", "/run", body: body, headers: ["Content-Type: text/plain"])) == "415")
        #expect(code(try server.request("GET", "/run")) == "405")
        #expect(code(try server.request("GET", "/../etc/passwd")) == "404")
        #expect(code(try server.request("POST", "/run", body: String(repeating: " ", count: 70_000))) == "413")
        // A run that would take long ends after its time, with what it had.
        let long =
            "{\"device\": \"0\", \"set\": [], \"sentences\": [\"Train 100000 x 3 V for 100 us with 1 ms gaps\"], \"base_state\": false}"
        let cut = try server.request("POST", "/run", body: long)
        #expect(code(cut) == "200" && cut.contains("stopped after 0.3 s of computing"))
        // It listens on the loopback address only.
        let table =
            try String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)
            + String(contentsOfFile: "/proc/net/tcp6", encoding: .utf8)
        let place = String(format: ":%04X", server.port)
        let listening = table.split(separator: "\n").map { $0.split(separator: " ") }.filter {
            $0.count > 3 && $0[1].hasSuffix(place) && $0[3] == "0A"
        }
        #expect(listening.map { String($0[1]) } == ["0100007F" + place])
    }

    /// A thousand damaged requests: bytes changed, cut, doubled, and none of them understood as another's; then it answers as before.
    @Test func survivesDamagedRequests() throws {
        let server = try Served(["--limit", "0.5"])
        defer { server.end() }
        var random = SeededGenerator(seed: 20)
        let body =
            "{\"device\": \"0\", \"set\": [\"area=2000nm2\"], \"sentences\": [\"Pulse 3 V for 100 us\"], \"base_state\": false}"
        let whole = Array(
            ("POST /run HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nContent-Type: application/json\r\nConnection: close\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n" + body).utf8)
        let pieces = [
            "Content-Length: -1\r\n", "Content-Length: 99999999999999999999\r\n", "Transfer-Encoding: chunked\r\n", "\0",
            "\r\n\r\n", "%zz",
            "HTTP/9.9", "{\"a\":", "[[[[[[", "\u{FFFD}", "1e999", String(repeating: "A", count: 9000), "GET / HTTP/1.1\r\n",
        ].map { Array($0.utf8) }
        for _ in 0..<1000 {
            var bytes = whole
            for _ in 0...Int.random(in: 0...3, using: &random) {
                let place = bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0 where !bytes.isEmpty: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes = Array(bytes[..<place])
                case 2: bytes.insert(contentsOf: pieces.randomElement(using: &random)!, at: place)
                case 3: bytes += bytes[place...]
                default: bytes.removeSubrange(place..<min(place + Int.random(in: 1...40, using: &random), bytes.count))
                }
            }
            _ = try server.send(bytes)
            #expect(server.process.isRunning)
            if !server.process.isRunning { return }
        }
        #expect(try server.run(["Read"], base: false)["run"] != nil)
        #expect(try server.request("GET", "/").hasPrefix("HTTP/1.1 200"))
    }

    @Test(.enabled(if: Browser.missing == nil, "needs Chromium and Playwright; run `make test`"))
    func worksInABrowser() throws {
        let server = try Served(["--synapse", Repository.path("Tests/ExportTests/Fixtures/set-p/synapse.yaml")])
        defer { server.end() }
        let outcome = try Browser.run("serve.py", [server.address])
        #expect(outcome.code == 0, "\(outcome.text)")
    }
}
