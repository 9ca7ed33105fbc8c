/// Numbers that must lie where they make sense; each throws `InputError` with file, line and what would be right.
extension YAML {
    /// The number under a key, which must be there and lie in a range.
    package func number(_ key: String, in range: ClosedRange<Double>) throws(InputError) -> Double {
        let node = try required(key)
        let value = try node.double()
        guard range.contains(value) else {
            throw node.error(
                "is out of range", value: "\(value)", expected: "\(range.lowerBound) ... \(range.upperBound)")
        }
        return value
    }

    /// The finite number above 0 under a key.
    package func positive(_ key: String) throws(InputError) -> Double {
        let node = try required(key)
        let value = try node.double()
        guard value > 0, value.isFinite else {
            throw node.error("is not positive", value: "\(value)", expected: "a number above 0")
        }
        return value
    }

    /// The value above 0 under a key, in SI; with its unit, which must be one of the dimension.
    package func positiveQuantity(_ key: String, _ dimension: PhysicalDimension) throws(InputError) -> Double {
        let node = try required(key, example: "{value: ..., unit: ...}, \(Quantity.rightUnits(dimension))")
        let value = try node.quantity(dimension)
        guard value > 0, value.isFinite else {
            throw node.error(
                "is not positive", value: "\(value)", expected: "a value above 0, \(Quantity.rightUnits(dimension))")
        }
        return value
    }

    /// The rows under a key, each of `columns` finite numbers.
    package func table(_ key: String, columns: Int) throws(InputError) -> [[Double]] {
        try required(key).list().map { (row) throws(InputError) in
            let values = try row.list().map { (cell) throws(InputError) in try cell.double() }
            guard values.count == columns, values.allSatisfy(\.isFinite) else {
                throw row.error("has \(values.count) numbers", expected: "\(columns) finite numbers, as `columns` says")
            }
            return values
        }
    }
}
