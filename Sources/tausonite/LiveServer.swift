import Dispatch
import Essentials
import FlyingFox
import FlyingSocks
import Foundation
import Synchronization

/// The page and its solver over HTTP, on 127.0.0.1.
///
/// Only the page itself may ask: Host must be this address, Origin where it is said as well, the body JSON by its type, so that no other page
/// that a browser has open reaches the solver. A connection on which nothing moves is closed.
struct LiveServer: Sendable {
    let page: String
    let solver: LiveSolver
    let port: UInt16

    /// Most bytes of a request's body.
    static let largestBody = 64 << 10
    /// Seconds after which a connection that is waited for is closed.
    static let patience = 15.0

    /// Serves until the task is cancelled; `announce` gets the address once it listens. Throws `InputError` when the port is taken.
    func run(announce: @escaping @Sendable (String) -> Void) async throws {
        let place = LiveAddress()
        let server = HTTPServer(
            config: .init(
                address: try .inet(ip4: "127.0.0.1", port: port), timeout: 900,
                pool: PatientPool(inner: HTTPServer.defaultPool(), patience: Self.patience), logger: .disabled),
            handler: ClosureHTTPHandler { request in await answer(request, at: place) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do { try await server.run() } catch let error as SocketError {
                    throw InputError(
                        "--port", value: "\(port)", problem: "cannot be listened on (\(error.localizedDescription))",
                        expected: "a free port, or 0")
                }
            }
            group.addTask {
                try await server.waitUntilListening()
                guard case .ip4(_, let port)? = await server.listeningAddress else { return }
                place.set(port)
                announce("http://127.0.0.1:\(port)/")
            }
            try await group.waitForAll()
        }
    }

    private func answer(_ request: HTTPRequest, at place: LiveAddress) async -> HTTPResponse {
        let hosts = place.hosts
        guard let host = request.headers[.host], hosts.contains(host) else {
            return Self.response(
                .misdirectedRequest, LiveAnswer.error("this server answers for \(hosts.joined(separator: " and ")) only"))
        }
        if let origin = request.headers[HTTPHeader("Origin")], !hosts.contains(where: { origin == "http://\($0)" }) {
            return Self.response(.forbidden, LiveAnswer.error("only the page of this server may ask"))
        }
        switch (request.method, request.path) {
        case (.GET, "/"): return Self.response(.ok, page, type: "text/html; charset=utf-8")
        case (.POST, "/run"):
            guard request.headers[.contentType]?.lowercased().hasPrefix("application/json") == true else {
                return Self.response(.unsupportedMediaType, LiveAnswer.error("a request is application/json"))
            }
            return await run(request)
        case (_, "/"), (_, "/run"):
            return Self.response(.methodNotAllowed, LiveAnswer.error("GET / gives the page, POST /run runs a protocol"))
        default: return Self.response(.notFound, LiveAnswer.error("there is nothing here but / and /run"))
        }
    }

    private func run(_ request: HTTPRequest) async -> HTTPResponse {
        var body = Data()
        do {
            for try await piece in request.bodySequence {
                body += piece
                guard body.count <= Self.largestBody else {
                    // The rest is not read: the connection ends with the answer.
                    var refusal = Self.response(
                        .payloadTooLarge, LiveAnswer.error("a request holds at most \(Self.largestBody) bytes"))
                    refusal.headers[.connection] = "close"
                    return refusal
                }
            }
        } catch { return Self.response(.badRequest, LiveAnswer.error("the request ended early")) }
        // Computing belongs on a thread of its own, not on those that serve.
        let (solver, asked) = (solver, body)
        return await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                do { continuation.resume(returning: Self.response(.ok, try solver.answer(asked))) } catch {
                    // What the solver says of a request is an answer to it.
                    continuation.resume(returning: Self.response(.ok, LiveAnswer.error("\(error)")))
                }
            }
        }
    }

    private static func response(_ status: HTTPStatusCode, _ text: String, type: String = "application/json") -> HTTPResponse {
        HTTPResponse(
            statusCode: status,
            headers: [
                .contentType: type, .cacheControl: "no-store", HTTPHeader("X-Content-Type-Options"): "nosniff",
                HTTPHeader("Cross-Origin-Resource-Policy"): "same-origin", HTTPHeader("Referrer-Policy"): "no-referrer",
            ], body: Data(text.utf8))
    }
}

/// The port, known once the server listens.
private final class LiveAddress: Sendable {
    private let port = Mutex<UInt16>(0)

    func set(_ port: UInt16) { self.port.withLock { $0 = port } }

    /// What a browser calls this server by.
    var hosts: [String] { port.withLock { port in ["127.0.0.1:\(port)", "localhost:\(port)"] } }
}

/// Waits for sockets as another pool does, but not for ever: who says nothing is hung up on.
private struct PatientPool<Inner: AsyncSocketPool>: AsyncSocketPool {
    let inner: Inner
    /// s.
    let patience: Double

    func prepare() async throws { try await inner.prepare() }
    func run() async throws { try await inner.run() }

    func suspendSocket(_ socket: Socket, untilReadyFor events: Socket.Events) async throws {
        // The listening socket waits for ever, a connection has a peer.
        guard (try? socket.remotePeer()) != nil else { return try await inner.suspendSocket(socket, untilReadyFor: events) }
        let (inner, patience) = (inner, patience)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await inner.suspendSocket(socket, untilReadyFor: events) }
            group.addTask {
                try await Task.sleep(for: .seconds(patience))
                throw SocketError.disconnected
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
