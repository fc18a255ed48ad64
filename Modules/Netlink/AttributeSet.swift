internal import CKernel
public import Kernel

/// Attributes as they came, or as they will be sent: the bytes are the value, so nothing is lost of them.
///
/// What we have no name for, the order, the bits beside the type (NLA_F_NESTED) and the padding all stay. Reading walks the bytes;
/// a payload that does not fit the asked type answers nil, and is kept. ``init(_:)`` takes only bytes that are a whole walk of
/// attributes; what is inside a nested one is looked at when it is asked for.
public struct AttributeSet: Hashable, Sendable {
    @usableFromInline var writer = MessageWriter()

    /// The encoded attributes.
    public var bytes: [UInt8] { writer.bytes }
    public var isEmpty: Bool { writer.bytes.isEmpty }
    /// Whether one outgrew its length field when it was set.
    public var isTooLong: Bool { writer.isTooLong }

    public init() {}

    /// Takes encoded attributes. Throws, with the offset, where a header or a length does not fit.
    public init(_ bytes: [UInt8]) throws(NetlinkError) {
        let span = unsafe bytes.span.bytes
        var cursor = AttributeCursor(0..<bytes.count)
        while try cursor.next(span) != nil {}
        writer.append(bytes: bytes)
    }

    /// Copies the attributes in a range of a message.
    public init(_ range: Range<Int>, of bytes: borrowing RawSpan) throws(NetlinkError) {
        var cursor = ByteCursor(at: range.lowerBound)
        guard let copy = cursor.take(range.count, of: bytes) else {
            throw .malformed(.lengthPastEnd(range.count), at: range.lowerBound)
        }
        try self.init(copy)
    }

    /// Copies the attributes in a range that has been walked to its end, at once and without another walk.
    ///
    /// A range beyond the bytes gives no attribute.
    @inlinable
    package init(walked range: Range<Int>, of bytes: borrowing RawSpan) {
        guard range.lowerBound >= 0, range.upperBound <= bytes.byteCount else { return }
        // SAFETY: the range is within the span, checked above; the buffer does not outlive the closure.
        unsafe bytes.withUnsafeBytes { unsafe writer.append(walked: .init(rebasing: $0[range])) }
    }

    // MARK: Reading

    /// The numbers of the attributes, in their order, repeated ones repeatedly.
    public var types: [Int] {
        var result: [Int] = []
        forEach { attribute, _ in result.append(attribute.type) }
        return result
    }

    /// Visits the attributes in their order.
    public func forEach(_ body: (NetlinkAttribute, borrowing RawSpan) -> Void) {
        let bytes = writer.bytes
        let span = unsafe bytes.span.bytes
        var cursor = AttributeCursor(0..<bytes.count)
        // The walk succeeded when the set was made, and what we append is well formed.
        while let attribute = (try? cursor.next(span)) ?? nil { body(attribute, span) }
    }

    /// Answers with what `body` makes of the last attribute of that type, as the kernel takes the last; nil without one.
    public func with<Value>(
        _ type: some BinaryInteger, _ body: (NetlinkAttribute, borrowing RawSpan) -> Value?
    ) -> Value? {
        var result: Value?
        forEach { attribute, bytes in if attribute.type == Int(type) { result = body(attribute, bytes) } }
        return result
    }

    public func contains(_ type: some BinaryInteger) -> Bool { with(type) { _, _ in true } ?? false }

    /// The payload, copied.
    public func payload(_ type: some BinaryInteger) -> [UInt8]? { with(type) { try? $0.copy($1) } }

    /// A nested attribute's own; nil where it is missing, or no walk of attributes.
    public func nested(_ type: some BinaryInteger) -> AttributeSet? {
        with(type) { attribute, bytes in try? AttributeSet(attribute.payload, of: bytes) }
    }

    /// All nested attributes of that type, as lists of one type are made (IFLA_VF_INFO, NHA_…); those that do not parse are left out.
    public func allNested(_ type: some BinaryInteger) -> [AttributeSet] {
        var result: [AttributeSet] = []
        forEach { attribute, bytes in
            guard attribute.type == Int(type), let set = try? AttributeSet(attribute.payload, of: bytes) else { return }
            result.append(set)
        }
        return result
    }

    // MARK: Reading and setting; nil removes

    /// An integer in the machine's order: `attributes[IFLA_MTU, as: UInt32.self]`.
    public subscript<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: some BinaryInteger, as kind: Value.Type = Value.self
    ) -> Value? {
        get { with(type) { try? $0.integer($1, as: Value.self) } }
        set {
            remove(type)
            if let newValue { writer.attribute(type, integer: newValue) }
        }
    }

    /// An integer in network order, as ports, VLAN protocols and flow labels are.
    public subscript<Value: FixedWidthInteger & BitwiseCopyable>(
        bigEndian type: some BinaryInteger, as kind: Value.Type = Value.self
    ) -> Value? {
        get { with(type) { try? $0.bigEndian($1, as: Value.self) } }
        set {
            remove(type)
            if let newValue { writer.attribute(type, bigEndian: newValue) }
        }
    }

    /// A byte that is 0 or 1.
    public subscript(flag type: some BinaryInteger) -> Bool? {
        get { self[type, as: UInt8.self].map { $0 != 0 } }
        set { self[type, as: UInt8.self] = newValue.map { $0 ? 1 : 0 } }
    }

    /// Whether an attribute without a payload is there.
    public subscript(presence type: some BinaryInteger) -> Bool {
        get { contains(type) }
        set {
            remove(type)
            if newValue { writer.flag(type) }
        }
    }

    /// Text, with its NUL on the wire.
    public subscript(text type: some BinaryInteger) -> String? {
        get { with(type) { try? $0.text($1) } }
        set {
            remove(type)
            if let newValue { writer.attribute(type, text: newValue) }
        }
    }

    /// Bytes as they are.
    public subscript(bytes type: some BinaryInteger) -> [UInt8]? {
        get { payload(type) }
        set {
            remove(type)
            if let newValue { writer.attribute(type, bytes: newValue) }
        }
    }

    /// An address of either family, by its length.
    public subscript(address type: some BinaryInteger) -> IPAddress? {
        get { with(type) { try? $0.address($1) } }
        set {
            remove(type)
            if let newValue { writer.attribute(type, address: newValue) }
        }
    }

    /// A nested set, marked as nested when it is set.
    public subscript(nested type: some BinaryInteger) -> AttributeSet? {
        get { nested(type) }
        set {
            remove(type)
            if let newValue { writer.nest(type) { $0.append(newValue) } }
        }
    }

    /// A C struct at the payload's front, zero-extended where the sender's is shorter.
    package func header<Header: BitwiseCopyable>(_ type: some BinaryInteger, _ zero: Header) -> Header? {
        with(type) { attribute, bytes in loadPrefix(zero, attribute.payload, of: bytes) }
    }

    /// Sets an attribute that is a C struct.
    package mutating func set<Header: BitwiseCopyable>(_ type: some BinaryInteger, header: Header) {
        remove(type)
        writer.attribute(type, header: header)
    }

    // MARK: Building

    /// Appends an attribute by the writer's own calls, whether or not one of its type is there: `set.append { $0.nest(…) }`.
    public mutating func append(_ content: (inout MessageWriter) -> Void) { content(&writer) }

    /// Appends the attributes of another.
    public mutating func append(_ other: AttributeSet) { writer.append(bytes: other.bytes) }

    /// Removes every attribute of that type.
    public mutating func remove(_ type: some BinaryInteger) {
        let bytes = writer.bytes
        var kept: [UInt8] = []
        var found = false
        forEach { attribute, _ in
            let end = min(attribute.offset + aligned(Int(attribute.length)), bytes.count)
            if attribute.type == Int(type) { found = true } else { kept += bytes[attribute.offset..<end] }
        }
        guard found else { return }
        writer.removeAll()
        writer.append(bytes: kept)
    }
}

extension MessageWriter {
    /// Appends encoded attributes.
    public mutating func append(_ attributes: AttributeSet) {
        append(bytes: attributes.bytes)
        if attributes.isTooLong { overflowed = true }
    }
}

/// A C struct from the front of a range: zero where the range is shorter, the rest left where it is longer.
@usableFromInline
package func loadPrefix<Header: BitwiseCopyable>(
    _ zero: Header, _ range: Range<Int>, of bytes: borrowing RawSpan
) -> Header {
    var header = zero
    let end = min(range.upperBound, bytes.byteCount)
    let count = min(MemoryLayout<Header>.size, end - range.lowerBound)
    if count <= 0 || range.lowerBound < 0 { return header }
    // SAFETY: `count` is within the span from the range's start, and within the struct; any bits are an integer struct.
    unsafe withUnsafeMutableBytes(of: &header) { target in
        unsafe bytes.withUnsafeBytes {
            unsafe target.copyMemory(from: .init(rebasing: $0[range.lowerBound..<range.lowerBound + count]))
        }
    }
    return header
}
