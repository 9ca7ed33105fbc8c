import LinearAlgebra

/// psi and n of the last read of a series, with which the next one begins: between two samples the ions hardly move, and Newton's method
/// gets there in a few corrections instead of a hundred.
///
/// A read with it and one without differ by what the heat balance of a read leaves open: 0.01 K, 1e-5 of the conductance
/// (`ChargedReadTests`). Not for concurrent use.
public final class ReadMemory {
    private var voltage = Double.nan
    private var unknowns: [Double] = []
    /// Of the read, K.
    private(set) var temperature = 0.0

    /// Of no read yet.
    public init() {}

    /// The next read begins from its own state.
    public func forget() { voltage = .nan }

    func keep(_ u: Row, at level: Double, temperature: Double) {
        (voltage, self.temperature) = (level, temperature)
        unknowns = u.values
    }

    /// Puts psi and n of the last read into `u`; false where there is none at this voltage (V).
    func recall(at level: Double, into u: Row, _ layout: Layout) -> Bool {
        guard voltage == level, unknowns.count == layout.count, layout.hasElectrons else { return false }
        for node in 0..<layout.nodes {
            u[layout[.potential, node]] = unknowns[layout[.potential, node]]
            u[layout[.electrons, node]] = unknowns[layout[.electrons, node]]
        }
        return true
    }
}
