import Essentials
import Foundation

/// A named, dense, C-order array with its element type: what a safetensors file is made of.
public struct Tensor: Equatable, Sendable {
    /// Element types of the safetensors format that this program reads and writes.
    public enum ElementType: String, Sendable, CaseIterable {
        /// 32-bit floats.
        case float32 = "F32"
        /// 64-bit floats.
        case float64 = "F64"
        /// 64-bit integers.
        case int64 = "I64"
        /// 32-bit integers.
        case int32 = "I32"
        /// 32-bit integers without sign.
        case uint32 = "U32"
        /// 16-bit integers.
        case int16 = "I16"
        /// 16-bit integers without sign.
        case uint16 = "U16"
        /// 8-bit integers.
        case int8 = "I8"
        /// 8-bit integers without sign.
        case uint8 = "U8"
        /// 64-bit integers without sign.
        case uint64 = "U64"

        /// Bytes of one element.
        public var size: Int {
            switch self {
            case .float64, .int64, .uint64: 8
            case .float32, .int32, .uint32: 4
            case .int16, .uint16: 2
            case .int8, .uint8: 1
            }
        }
    }

    /// Name in the file.
    public var name: String
    /// Type of the elements.
    public let type: ElementType
    /// Extent of each axis.
    public let shape: [Int]
    /// Little-endian elements in C order; always `count * type.size` bytes.
    public let bytes: Data

    /// Number of elements.
    public var count: Int { shape.reduce(1, *) }

    init(uncheckedName name: String, type: ElementType, shape: [Int], bytes: Data) {
        self.name = name
        self.type = type
        self.shape = shape
        self.bytes = bytes
    }

    /// A tensor of the elements given; a wrong number of elements is a programming error.
    public init<Element: TensorElement>(_ name: String, shape: [Int], _ elements: [Element]) {
        precondition(shape.reduce(1, *) == elements.count, "tensor \(name): \(elements.count) elements for shape \(shape)")
        self.init(
            uncheckedName: name, type: Element.tensorType, shape: shape,
            bytes: elements.withUnsafeBytes { Data($0) })
    }

    /// The elements, if they are of the type asked for.
    ///
    /// Throws `InputError` naming the tensor, its type and the type expected.
    public func elements<Element: TensorElement>(as _: Element.Type = Element.self) throws(InputError) -> [Element] {
        guard type == Element.tensorType else {
            throw InputError(
                "tensor \(name)", value: type.rawValue, problem: "has the wrong element type",
                expected: Element.tensorType.rawValue)
        }
        return [Element](unsafeUninitializedCapacity: count) { buffer, initialised in
            _ = bytes.copyBytes(to: buffer)
            initialised = count
        }
    }

    /// The elements as `Double`, whatever their type.
    public func doubles() throws(InputError) -> [Double] {
        switch type {
        case .float64: try elements(as: Double.self)
        case .float32: try elements(as: Float.self).map(Double.init)
        case .int64: try elements(as: Int64.self).map(Double.init)
        case .uint64: try elements(as: UInt64.self).map(Double.init)
        case .int32: try elements(as: Int32.self).map(Double.init)
        case .uint32: try elements(as: UInt32.self).map(Double.init)
        case .int16: try elements(as: Int16.self).map(Double.init)
        case .uint16: try elements(as: UInt16.self).map(Double.init)
        case .int8: try elements(as: Int8.self).map(Double.init)
        case .uint8: try elements(as: UInt8.self).map(Double.init)
        }
    }
}

/// A Swift number that a tensor can hold.
public protocol TensorElement: BitwiseCopyable, Sendable {
    /// The type of the file that holds it.
    static var tensorType: Tensor.ElementType { get }
}

extension Float: TensorElement { public static var tensorType: Tensor.ElementType { .float32 } }
extension Double: TensorElement { public static var tensorType: Tensor.ElementType { .float64 } }
extension Int64: TensorElement { public static var tensorType: Tensor.ElementType { .int64 } }
extension Int32: TensorElement { public static var tensorType: Tensor.ElementType { .int32 } }
extension UInt32: TensorElement { public static var tensorType: Tensor.ElementType { .uint32 } }
extension Int16: TensorElement { public static var tensorType: Tensor.ElementType { .int16 } }
extension UInt16: TensorElement { public static var tensorType: Tensor.ElementType { .uint16 } }
extension Int8: TensorElement { public static var tensorType: Tensor.ElementType { .int8 } }
extension UInt8: TensorElement { public static var tensorType: Tensor.ElementType { .uint8 } }
extension UInt64: TensorElement { public static var tensorType: Tensor.ElementType { .uint64 } }
