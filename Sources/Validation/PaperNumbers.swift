import Essentials

/// The paper's numbers, found by their path in `Validation/weilenmann2024.yaml`.
package struct PaperNumbers: Sendable {
    package let root: YAML

    package init(root: YAML) { self.root = root }

    package static func load(path: String) throws(InputError) -> PaperNumbers {
        PaperNumbers(root: try YAML.load(path: path))
    }

    /// The node at a path such as `fig2d_short_term_on_long_term.delta_f[0].value`; throws `InputError` naming the path.
    package func node(_ path: String) throws(InputError) -> YAML {
        var node = root
        for part in path.split(separator: ".") {
            let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
            node = try node.required(String(pieces[0]))
            for index in pieces.dropFirst() {
                let items = try node.list()
                guard index.last == "]", let number = Int(index.dropLast()), items.indices.contains(number) else {
                    throw node.error(
                        "has no entry [\(index)", expected: "an index in 0 ..< \(items.count) of \(path)")
                }
                node = items[number]
            }
        }
        return node
    }

    package func number(_ path: String) throws(InputError) -> Double { try node(path).double() }
}
