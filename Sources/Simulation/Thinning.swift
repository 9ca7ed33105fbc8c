/// Keeps at most `limit` of a growing series, evenly spread over it, and always the newest.
///
/// While all fit, all are kept. Then every second one is dropped and from there on only every second, fourth, eighth ... is taken, so
/// that between limit / 2 and limit entries remain whatever the length. Cost per entry: constant.
struct Thinning: Sendable, Equatable, Codable {
    /// nil keeps everything.
    let limit: Int?
    /// Entries offered so far.
    private(set) var offered = 0
    private var stride = 1

    /// Whether counting on from here comes to no harm; for what was read from a file.
    var isSound: Bool { (limit ?? 4) >= 4 && (0...1 << 60).contains(offered) && (1...1 << 60).contains(stride) }

    init(limit: Int?) { self.limit = limit.map { max($0, 4) } }

    /// Whether the next entry halves a list of `count`.
    func halves(_ count: Int) -> Bool {
        guard let limit else { return false }
        return count - (offered > 0 && (offered - 1) % stride != 0 ? 1 : 0) >= limit - 1
    }

    mutating func add<Entry>(_ entry: Entry, to list: inout [Entry]) {
        defer { offered += 1 }
        // The newest so far stands last; it stays only if its number is a multiple of the stride.
        if offered > 0, (offered - 1) % stride != 0, !list.isEmpty { list.removeLast() }
        if let limit, list.count >= limit - 1 {
            list = list.indices.filter { $0 % 2 == 0 }.map { list[$0] }
            stride *= 2
        }
        list.append(entry)
    }
}
