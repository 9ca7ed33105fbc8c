/// A publication or data set that a law, a parameter or a number rests on.
public struct Reference: Hashable, Sendable, Codable {
    /// Short key, such as "Weilenmann2024".
    public var key: String
    /// The full citation as it should be printed.
    public var citation: String

    /// A work by its key and its full citation.
    public init(_ key: String, _ citation: String) {
        self.key = key
        self.citation = citation
    }

    /// The paper that this program reproduces.
    public static let weilenmann2024 = Reference(
        "Weilenmann2024",
        "C. Weilenmann et al., Single neuromorphic memristor closely emulates multiple synaptic mechanisms for energy "
            + "efficient neural networks, Nat. Commun. 15, 6898 (2024), doi:10.1038/s41467-024-51093-3, arXiv:2402.16628.")
}
