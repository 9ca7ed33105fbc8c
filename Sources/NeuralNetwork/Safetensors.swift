import Essentials
import Foundation

/// A safetensors file in memory: tensors by name, and string metadata.
///
/// Layout: 8-byte little-endian header length, JSON header, raw little-endian C-order data.
/// Source: the format's specification, github.com/huggingface/safetensors.
public struct Safetensors: Equatable, Sendable {
    /// Strings of the header's `__metadata__`.
    public var metadata: [String: String]
    /// The tensors, in the order of their data.
    public private(set) var tensors: [Tensor]
    /// Where the tensors were read from, for error messages.
    public var source: String?

    private var index: [String: Int]

    /// Holds the tensors given; a later tensor of the same name replaces the earlier one.
    public init(_ tensors: [Tensor] = [], metadata: [String: String] = [:]) {
        self.metadata = metadata
        self.tensors = []
        index = [:]
        for tensor in tensors { append(tensor) }
    }

    /// Adds a tensor at the end, or puts it in the place of the one with its name.
    public mutating func append(_ tensor: Tensor) {
        if let old = index[tensor.name] {
            tensors[old] = tensor
        } else {
            index[tensor.name] = tensors.count
            tensors.append(tensor)
        }
    }

    /// Names of the tensors, in order.
    public var names: [String] { tensors.map(\.name) }

    /// The tensor of that name, or nil.
    public subscript(name: String) -> Tensor? { index[name].map { tensors[$0] } }

    /// The tensor of that name; throws `InputError` naming the file, the tensor, and the closest names there are.
    public func tensor(_ name: String) throws(InputError) -> Tensor {
        if let found = self[name] { return found }
        let near = names.filter { $0.hasSuffix(name) || name.hasSuffix($0) || $0.lowercased() == name.lowercased() }
        throw InputError(
            "tensor \(name)", problem: "is missing",
            expected: near.isEmpty ? "a tensor of that name" : "that name; the file has \(near.joined(separator: ", "))",
            source: source)
    }

    /// The elements of a tensor whose shape must be `shape` (nil: any length in that dimension).
    ///
    /// Throws `InputError` when the tensor is missing, of another type or shape, or (for floats) holds NaN or infinity.
    public func elements<Element: TensorElement>(
        _ name: String, shape: [Int?], as _: Element.Type = Element.self
    ) throws(InputError) -> [Element] {
        let tensor = try tensor(name)
        guard tensor.shape.count == shape.count, zip(tensor.shape, shape).allSatisfy({ $1 == nil || $0 == $1 }) else {
            throw InputError(
                "tensor \(name)", value: "\(tensor.shape)", problem: "has the wrong shape",
                expected: "[\(shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", "))]", source: source)
        }
        do throws(InputError) {
            let elements: [Element] = try tensor.elements()
            if let bad = Self.firstNonFinite(elements) {
                throw InputError(
                    "tensor \(name)", value: "\(elements[bad])", problem: "element \(bad) is not a finite number",
                    expected: "finite numbers only")
            }
            return elements
        } catch {
            throw source.map { error.located(in: $0) } ?? error
        }
    }

    private static func firstNonFinite<Element: TensorElement>(_ elements: [Element]) -> Int? {
        if let floats = elements as? [Float] { return floats.firstIndex { !$0.isFinite } }
        if let doubles = elements as? [Double] { return doubles.firstIndex { !$0.isFinite } }
        return nil
    }

    /// Metadata as an integer; throws `InputError` naming the key and the file.
    public func integer(_ key: String, in range: ClosedRange<Int>) throws(InputError) -> Int {
        guard let text = metadata[key] else {
            throw InputError("metadata \(key)", problem: "is missing", expected: "an integer", source: source)
        }
        guard let value = Int(text), range.contains(value) else {
            throw InputError(
                "metadata \(key)", value: text, problem: "is not an integer in range",
                expected: "\(range.lowerBound) ... \(range.upperBound)", source: source)
        }
        return value
    }

    /// Metadata as a number; "none" and absence give nil; throws `InputError` when it is no finite number, or not in `range`.
    public func number(_ key: String, in range: ClosedRange<Double>? = nil) throws(InputError) -> Double? {
        guard let text = metadata[key], text != "none" else { return nil }
        guard let value = Double(text), value.isFinite else {
            throw InputError(
                "metadata \(key)", value: text, problem: "is not a number", expected: "a finite number or none",
                source: source)
        }
        if let range, !range.contains(value) {
            throw InputError(
                "metadata \(key)", value: text, problem: "is out of range",
                expected: "\(range.lowerBound) ... \(range.upperBound)", source: source)
        }
        return value
    }
}
