internal import Kernel

/// Numbered fields, as VMware's guest RPC carries them over vsock.
///
/// Layout (open-vm-tools, lib/dataMap/dataMap.c), every integer of four bytes in network order: the length of all that follows it; then each
/// field as type, id and value.
///
/// | type | value |
/// |---|---|
/// | 1, a number | the low word of 64 bits, then the high one |
/// | 2, a string | its length, its bytes |
/// | 3, numbers | how many, then each as above |
/// | 4, strings | how many, then each as above |
public struct DataMap: Hashable, Sendable {
    /// What a field holds.
    public enum Value: Hashable, Sendable {
        case number(Int64)
        /// Bytes of any sort.
        case string([UInt8])
        case numbers([Int64])
        case strings([[UInt8]])
    }

    /// A field with its number.
    public struct Field: Hashable, Sendable {
        public var id: UInt32
        public var value: Value

        public init(_ id: UInt32, _ value: Value) {
            self.id = id
            self.value = value
        }
    }

    /// In the order in which they are sent, or came.
    public var fields: [Field]

    public init(_ fields: [Field] = []) { self.fields = fields }

    /// The first field of that id.
    public subscript(_ id: UInt32) -> Value? { fields.first { $0.id == id }?.value }

    // MARK: - To bytes

    /// The fields without the length before them.
    ///
    /// What no length of the format could tell (2 GiB and more) is left out by ``encoded()``.
    private var content: [UInt8] {
        var bytes: [UInt8] = []
        for field in fields {
            bytes.append(bigEndian: field.value.type)
            bytes.append(bigEndian: field.id)
            switch field.value {
            case .number(let number): bytes.append(number)
            case .string(let string): bytes.append(string)
            case .numbers(let numbers):
                bytes.append(bigEndian: UInt32(clamping: numbers.count))
                for number in numbers { bytes.append(number) }
            case .strings(let strings):
                bytes.append(bigEndian: UInt32(clamping: strings.count))
                for string in strings { bytes.append(string) }
            }
        }
        return bytes
    }

    /// The length and the fields. Nil where that is more than its own length can tell: 2 GiB.
    public func encoded() -> [UInt8]? {
        let content = content
        guard let length = Int32(exactly: content.count) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(content.count + 4)
        bytes.append(bigEndian: UInt32(length))
        return bytes + content
    }

    // MARK: - From bytes

    /// Reads the fields of a packet, without the length before them.
    ///
    /// Throws ``GuestRPCError/Kind-swift.enum/malformed(_:)`` with the offset for whatever is not as above: what ends inside a
    /// field, a length or a count past the end, a type that is none, the same id twice.
    public init(content bytes: [UInt8]) throws(GuestRPCError) {
        self = unsafe try Self.read(bytes.span.bytes)
    }

    /// Reads a whole packet, its length first, which must be that of what follows.
    public init(packet bytes: [UInt8]) throws(GuestRPCError) {
        let span = unsafe bytes.span.bytes
        var cursor = ByteCursor()
        guard let length = cursor.loadBigEndian(span, as: UInt32.self) else {
            throw .malformed(.truncated, at: 0)
        }
        guard Int(length) == span.byteCount - 4 else { throw .malformed(.lengthPastEnd, at: 0) }
        self = try Self.read(span, from: cursor)
    }

    private static func read(
        _ span: borrowing RawSpan, from start: ByteCursor = ByteCursor()
    ) throws(GuestRPCError) -> DataMap {
        var cursor = start
        var map = DataMap()
        var ids: Set<UInt32> = []
        while cursor.remaining(in: span) > 0 {
            let place = cursor.offset
            let type = try cursor.word(span)
            let id = try cursor.word(span)
            guard ids.insert(id).inserted else { throw .malformed(.duplicateField(id), at: place) }
            let value: Value
            switch type {
            case 1: value = .number(try cursor.number(span))
            case 2: value = .string(try cursor.string(span))
            case 3:
                var numbers: [Int64] = []
                for _ in 0..<(try cursor.count(span, ofEach: 8)) { numbers.append(try cursor.number(span)) }
                value = .numbers(numbers)
            case 4:
                var strings: [[UInt8]] = []
                for _ in 0..<(try cursor.count(span, ofEach: 4)) { strings.append(try cursor.string(span)) }
                value = .strings(strings)
            default: throw .malformed(.unknownType(type), at: place)
            }
            map.fields.append(Field(id, value))
        }
        return map
    }
}

extension DataMap.Value {
    fileprivate var type: UInt32 {
        switch self {
        case .number: 1
        case .string: 2
        case .numbers: 3
        case .strings: 4
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian word: UInt32) {
        for shift: UInt32 in [24, 16, 8, 0] { append(UInt8(truncatingIfNeeded: word >> shift)) }
    }

    fileprivate mutating func append(_ number: Int64) {
        let bits = UInt64(bitPattern: number)
        append(bigEndian: UInt32(truncatingIfNeeded: bits))
        append(bigEndian: UInt32(truncatingIfNeeded: bits >> 32))
    }

    fileprivate mutating func append(_ string: [UInt8]) {
        append(bigEndian: UInt32(clamping: string.count))
        append(contentsOf: string)
    }
}

extension ByteCursor {
    fileprivate mutating func word(_ span: borrowing RawSpan) throws(GuestRPCError) -> UInt32 {
        guard let word = loadBigEndian(span, as: UInt32.self) else { throw .malformed(.truncated, at: offset) }
        return word
    }

    fileprivate mutating func number(_ span: borrowing RawSpan) throws(GuestRPCError) -> Int64 {
        let low = try word(span)
        let high = try word(span)
        return Int64(bitPattern: UInt64(high) << 32 | UInt64(low))
    }

    /// A length, and that many bytes. The format's lengths have a sign: one over `Int32.max` is past any end.
    fileprivate mutating func string(_ span: borrowing RawSpan) throws(GuestRPCError) -> [UInt8] {
        let place = offset
        let length = try word(span)
        guard let length = Int32(exactly: length), let bytes = take(Int(length), of: span) else {
            throw .malformed(.lengthPastEnd, at: place)
        }
        return bytes
    }

    /// How many elements follow, each of at least `size` bytes: never more than there are bytes for.
    fileprivate mutating func count(_ span: borrowing RawSpan, ofEach size: Int) throws(GuestRPCError) -> Int {
        let place = offset
        guard let count = Int32(exactly: try word(span)), Int(count) <= remaining(in: span) / size else {
            throw .malformed(.lengthPastEnd, at: place)
        }
        return Int(count)
    }
}
