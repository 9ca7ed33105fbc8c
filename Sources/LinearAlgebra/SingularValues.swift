import COpenBLAS

/// Singular value decomposition A = U diag(s) V^T of a small dense matrix.
public struct SingularValues: Sendable, Equatable {
    /// Falling.
    public let values: [Double]
    /// One right singular vector per value (the rows of V^T), of length `columns`.
    public let directions: [[Double]]

    /// Decomposes the matrix with the given rows (LAPACK `dgesvd`); nil for an empty or ragged matrix, entries that are not
    /// finite, or an iteration that does not converge. Fewer rows than columns are filled up with zeros, so that every
    /// direction of the column space appears. Cost: O(rows columns^2).
    public init?(rows: [[Double]]) {
        guard let columns = rows.first?.count, columns > 0 else { return nil }
        guard rows.allSatisfy({ $0.count == columns && $0.allSatisfy(\.isFinite) }) else { return nil }
        let count = max(rows.count, columns)
        var matrix = rows.flatMap { $0 } + [Double](repeating: 0, count: (count - rows.count) * columns)
        var singular = [Double](repeating: 0, count: columns)
        var right = [Double](repeating: 0, count: columns * columns)
        var left = [0.0]
        var work = [Double](repeating: 0, count: columns)
        let status = LAPACKE_dgesvd(
            LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "N")), CChar(UInt8(ascii: "A")), Int32(count), Int32(columns), &matrix,
            Int32(columns), &singular, &left, 1, &right, Int32(columns), &work)
        guard status == 0 else { return nil }
        values = singular
        directions = (0..<columns).map { Array(right[($0 * columns)..<(($0 + 1) * columns)]) }
    }
}
