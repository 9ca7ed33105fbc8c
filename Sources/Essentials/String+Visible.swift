extension String {
    /// The text with everything that a screen would act on instead of showing written out as \u001b: control characters other than
    /// line ends and tabs, and marks that turn or hide the direction of writing. JSON stays the same JSON.
    ///
    /// Cost: one pass over the bytes where there is nothing of the kind.
    public var visible: String { visible(keepsLines: true) }

    /// A piece of someone's input for a message: `visible` in one line, of at most `limit` characters (Unicode scalars), the rest
    /// counted.
    public func excerpt(_ limit: Int = 200) -> String {
        let scalars = unicodeScalars
        guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex), end < scalars.endIndex
        else { return visible(keepsLines: false) }
        let left = utf8.distance(from: end, to: utf8.endIndex)
        return String(scalars[..<end]).visible(keepsLines: false) + "... (\(left) bytes more)"
    }

    private func visible(keepsLines: Bool) -> String {
        // 0xC2: C1 controls; 0xD8: the Arabic letter mark; 0xE2: marks of direction, line and paragraph separators; 0xEF: BOM.
        let isPlain = utf8.allSatisfy {
            ($0 >= 0x20 || keepsLines && ($0 == 0x0A || $0 == 0x09)) && $0 != 0x7F && $0 != 0xC2 && $0 != 0xD8 && $0 != 0xE2
                && $0 != 0xEF
        }
        if isPlain { return self }
        var text = ""
        for scalar in unicodeScalars {
            let isKept = keepsLines && (scalar == "\n" || scalar == "\t")
            if isKept || !scalar.isActedOn {
                text.unicodeScalars.append(scalar)
            } else {
                let hex = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
            }
        }
        return text
    }
}

extension Unicode.Scalar {
    /// Controls, and marks of direction or of line ends.
    fileprivate var isActedOn: Bool {
        switch value {
        case 0...0x1F, 0x7F...0x9F, 0x61C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }
}
