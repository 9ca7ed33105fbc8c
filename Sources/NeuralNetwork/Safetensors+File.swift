import Essentials
import Foundation

extension Safetensors {
    /// Reads and checks a file. Throws `InputError` naming the file and what is wrong: missing, truncated, header not
    /// JSON, unknown element type, offsets that overlap, leave holes or do not fit the shape.
    public static func load(path: String) throws(InputError) -> Safetensors {
        try Safetensors(data: AtomicFile.read(path), source: path)
    }

    /// Writes the file whole or not at all.
    public func save(path: String) throws(InputError) {
        try AtomicFile.write(data(), to: path)
    }

    private struct Entry: Codable {
        var dtype: String
        var shape: [Int]
        var data_offsets: [Int]
    }

    private enum HeaderValue: Codable {
        case metadata([String: String])
        case entry(Entry)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if decoder.codingPath.last?.stringValue == "__metadata__" {
                self = .metadata(try container.decode([String: String].self))
            } else {
                self = .entry(try container.decode(Entry.self))
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .metadata(let metadata): try container.encode(metadata)
            case .entry(let entry): try container.encode(entry)
            }
        }
    }

    /// The file's bytes. Data starts at a multiple of 8 bytes; header keys are sorted, so equal content gives equal bytes.
    public func data() throws(InputError) -> Data {
        var header: [String: HeaderValue] = [:]
        if !metadata.isEmpty { header["__metadata__"] = .metadata(metadata) }
        var offset = 0
        for tensor in tensors {
            header[tensor.name] = .entry(
                Entry(dtype: tensor.type.rawValue, shape: tensor.shape, data_offsets: [offset, offset + tensor.bytes.count]))
            offset += tensor.bytes.count
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard var text = try? encoder.encode(header) else {
            throw InputError("safetensors header", problem: "cannot be written as JSON")
        }
        while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
        var data = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Data($0) }
        data.reserveCapacity(8 + text.count + offset)
        data.append(text)
        for tensor in tensors { data.append(tensor.bytes) }
        return data
    }

    /// Bounds of a file: bytes of the header and of a text of the metadata, axes of a tensor.
    private static let largestHeader: UInt64 = 16 << 20, longestMetadata = 10_000, mostAxes = 16

    /// How many keys the object in `json` has, doubled ones counted twice; what a decoder would drop.
    private static func keys(of json: Data) -> Int {
        var (count, depth, isText, isEscaped) = (0, 0, false, false)
        for byte in json {
            if isText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isText = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ":") where depth == 1: count += 1
            default: break
            }
        }
        return count
    }

    /// Parses a file's bytes; see `load(path:)`.
    public init(data: Data, source: String? = nil) throws(InputError) {
        func bad(_ key: String, _ problem: String, value: String? = nil, _ expected: String) -> InputError {
            InputError(key, value: value, problem: problem, expected: expected, source: source)
        }
        let data = data.startIndex == 0 ? data : Data(data)
        guard data.count >= 8 else {
            throw bad(
                "safetensors header", "is cut short", value: "\(data.count) bytes", "at least 8 bytes; is the file truncated?")
        }
        let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length >= 2, length <= Self.largestHeader, length <= UInt64(data.count - 8) else {
            throw bad(
                "safetensors header", "length does not fit the file", value: "\(length) bytes of \(data.count)",
                "a safetensors file; is it truncated or of another format?")
        }
        let start = 8 + Int(length)
        guard data[8] == UInt8(ascii: "{") else {
            throw bad("safetensors header", "is not a JSON object", "a header that starts with {")
        }
        let header: [String: HeaderValue]
        do {
            header = try JSONDecoder().decode([String: HeaderValue].self, from: data.subdata(in: 8..<start))
        } catch {
            throw bad(
                "safetensors header", "is not valid",
                "JSON that gives each tensor dtype, shape and data_offsets, and metadata as strings")
        }
        guard Self.keys(of: data[8..<start]) == header.count else {
            throw bad("safetensors header", "names a tensor twice", "each name once")
        }
        var metadata: [String: String] = [:]
        var entries: [(name: String, type: Tensor.ElementType, entry: Entry)] = []
        for (name, value) in header {
            switch value {
            case .metadata(let strings):
                if let long = strings.first(where: { $0.key.utf8.count + $0.value.utf8.count > Self.longestMetadata }) {
                    throw bad(
                        "metadata \(long.key)", "is too long", value: long.value, "at most \(Self.longestMetadata) bytes")
                }
                metadata = strings
            case .entry(let entry):
                guard let type = Tensor.ElementType(rawValue: entry.dtype) else {
                    throw bad(
                        "tensor \(name)", "has an element type that is not read here", value: entry.dtype,
                        Tensor.ElementType.allCases.map(\.rawValue).joined(separator: ", "))
                }
                entries.append((name, type, entry))
            }
        }
        entries.sort {
            ($0.entry.data_offsets.first ?? 0, $0.entry.data_offsets.last ?? 0, $0.name)
                < ($1.entry.data_offsets.first ?? 0, $1.entry.data_offsets.last ?? 0, $1.name)
        }
        var end = 0
        var tensors: [Tensor] = []
        for (name, type, entry) in entries {
            guard entry.shape.count <= Self.mostAxes else {
                throw bad("tensor \(name)", "has \(entry.shape.count) axes", "at most \(Self.mostAxes)")
            }
            var bytes = type.size
            for side in entry.shape {
                let (product, overflow) = bytes.multipliedReportingOverflow(by: side)
                guard side >= 0, !overflow else {
                    throw bad("tensor \(name)", "has an impossible shape", value: "\(entry.shape)", "sides of 0 or more")
                }
                bytes = product
            }
            guard entry.data_offsets.count == 2, entry.data_offsets[0] == end else {
                throw bad(
                    "tensor \(name)", "data overlaps another tensor or leaves a hole", value: "\(entry.data_offsets)",
                    "data_offsets that begin at \(end)")
            }
            guard entry.data_offsets[1] >= end, entry.data_offsets[1] - end == bytes else {
                throw bad(
                    "tensor \(name)", "data_offsets do not fit shape \(entry.shape) of \(type.rawValue)",
                    value: "\(entry.data_offsets)", "\(bytes) bytes")
            }
            guard bytes <= data.count - start - end else {
                throw bad(
                    "tensor \(name)", "data is cut short",
                    value: "\(data.count - start) bytes of data", "at least \(end + bytes) bytes; is the file truncated?")
            }
            tensors.append(
                Tensor(
                    uncheckedName: name, type: type, shape: entry.shape,
                    bytes: data.subdata(in: start + end..<start + end + bytes)))
            end += bytes
        }
        guard end == data.count - start else {
            throw bad(
                "safetensors data", "has bytes that no tensor names", value: "\(data.count - start) bytes",
                "\(end) bytes")
        }
        self.init(tensors, metadata: metadata)
        self.source = source
    }
}
