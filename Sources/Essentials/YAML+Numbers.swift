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

    /// This number, which must be a whole one in a range; 1e6 is one.
    package func whole(in range: ClosedRange<Int>) throws(InputError) -> Int {
        let value = try double()
        guard let whole = Int(exactly: value), range.contains(whole) else {
            throw error(
                "is not a whole number in range", value: try string(), expected: "\(range.lowerBound) ... \(range.upperBound)")
        }
        return whole
    }

    /// The seed of random numbers under a key.
    package func seed(_ key: String) throws(InputError) -> UInt64 {
        let node = try required(key)
        guard let seed = UInt64(try node.string()) else {
            throw node.error("is not a seed", value: try node.string(), expected: "a whole number, 0 ... \(UInt64.max)")
        }
        return seed
    }

    /// The finite number above 0 under a key, in `range` where one is given.
    package func positive(_ key: String, in range: ClosedRange<Double>? = nil) throws(InputError) -> Double {
        let node = try required(key)
        let value = try node.double()
        guard value > 0, value.isFinite else {
            throw node.error("is not positive", value: "\(value)", expected: "a number above 0")
        }
        if let range, !range.contains(value) {
            throw node.error(
                "is out of range", value: "\(value)", expected: "\(range.lowerBound) ... \(range.upperBound)")
        }
        return value
    }

    /// The value above 0 under a key, in SI, in `range` where one is given; with its unit, which must be one of the dimension.
    package func positiveQuantity(
        _ key: String, _ dimension: PhysicalDimension, in range: ClosedRange<Double>? = nil
    ) throws(InputError) -> Double {
        let node = try required(key, example: "{value: ..., unit: ...}, \(Quantity.rightUnits(dimension))")
        let value = try node.quantity(dimension)
        guard value > 0, value.isFinite else {
            throw node.error(
                "is not positive", value: "\(value)", expected: "a value above 0, \(Quantity.rightUnits(dimension))")
        }
        if let range, !range.contains(value) {
            let unit = PhysicalUnit("-", dimension).baseUnit
            throw node.error(
                "is out of range", value: unit.text(of: value),
                expected: "\(unit.text(of: range.lowerBound)) ... \(unit.text(of: range.upperBound))")
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

    /// The rows under a key, one number a column, each in its column's range.
    package func table(_ key: String, in ranges: KeyValuePairs<String, ClosedRange<Double>>) throws(InputError) -> [[Double]] {
        try required(key).list().map { (row) throws(InputError) in
            let cells = try row.list()
            guard cells.count == ranges.count else {
                throw row.error("has \(cells.count) numbers", expected: ranges.map(\.key).joined(separator: ", "))
            }
            var values: [Double] = []
            for (cell, column) in zip(cells, ranges) {
                let value = try cell.double()
                guard column.value.contains(value) else {
                    throw cell.error(
                        "is out of range: \(column.key)", value: PhysicalUnit.shortest(value),
                        expected: "\(column.value.lowerBound) ... \(column.value.upperBound)")
                }
                values.append(value)
            }
            return values
        }
    }
}
