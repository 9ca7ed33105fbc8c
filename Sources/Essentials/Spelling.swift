/// The candidates nearest to a misspelt word, nearest first: at most `limit`, none farther than a third of its length
/// (and at least 2 edits allowed).
///
/// Distance: Damerau-Levenshtein (insert, delete, replace, swap neighbours), case ignored. A candidate that contains
/// the word whole, or is contained in it, counts as near too.
/// Cost: length of the word times that of all candidates.
public func closest(to word: String, in candidates: some Sequence<String>, limit: Int = 3) -> [String] {
    let target = Array(word.lowercased())
    guard !target.isEmpty, target.count <= 200 else { return [] }
    let allowed = max(2, target.count / 3)
    var scored: [(distance: Int, candidate: String)] = []
    for candidate in candidates {
        let other = Array(candidate.lowercased())
        let distance = editDistance(target, other)
        if distance <= allowed, distance < max(target.count, other.count) {
            scored.append((distance, candidate))
        } else if target.count >= 3, other.count >= 3,
            candidate.lowercased().contains(word.lowercased()) || word.lowercased().contains(candidate.lowercased())
        {
            scored.append((allowed + 1, candidate))
        }
    }
    scored.sort { ($0.distance, $0.candidate) < ($1.distance, $1.candidate) }
    return scored.prefix(limit).map(\.candidate)
}

/// " did you mean a or b?", or an empty text when nothing is near; for the end of an error message.
public func suggestion(for word: String, in candidates: some Sequence<String>) -> String? {
    let near = closest(to: word, in: candidates)
    return near.isEmpty ? nil : near.joined(separator: " or ")
}

private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    var older = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in 0..<a.count {
        var row = [i + 1]
        row.reserveCapacity(b.count + 1)
        for j in 0..<b.count {
            let same = a[i] == b[j] ? 0 : 1
            var best = min(last[j + 1] + 1, row[j] + 1, last[j] + same)
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, older[j - 1] + 1) }
            row.append(best)
        }
        older = last
        last = row
    }
    return last[b.count]
}
