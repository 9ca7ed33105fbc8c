/// Parts of a path as text. Foundation's own trap on names of a single letter (swift-corelibs-foundation of Swift 6.3).
extension String {
    /// The folder that holds what the path names, without a slash at its end: "" for a bare name, "/" for what lies in the root.
    package var folderPart: String {
        let path = trimmed
        guard let slash = path.lastIndex(of: "/") else { return "" }
        let above = String(path[..<slash]).trimmed
        return above.isEmpty ? "/" : above
    }

    /// The last name of the path: "b" of "a/b" and of "a/b/"; "/" of the root.
    package var namePart: String {
        let path = trimmed
        guard path != "/", let slash = path.lastIndex(of: "/") else { return path }
        return String(path[path.index(after: slash)...])
    }

    private var trimmed: String {
        var path = self
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }
}
