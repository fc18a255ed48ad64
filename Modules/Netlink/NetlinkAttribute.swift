internal import CKernel
public import Kernel

/// Where one attribute lies: struct nlattr (linux/netlink.h) and the range of its payload. Nothing is copied until asked.
@frozen
public struct NetlinkAttribute: Hashable, Sendable {
    /// With the bits that say how the payload is made (NLA_F_NESTED, NLA_F_NET_BYTEORDER), for re-encoding.
    public let rawType: UInt16
    /// nla_len: the header and the payload, without the padding.
    public let length: UInt16
    /// Of the header, in the datagram.
    public let offset: Int

    @inlinable
    init(rawType: UInt16, length: UInt16, offset: Int) {
        self.rawType = rawType
        self.length = length
        self.offset = offset
    }

    /// IFLA_MTU, RTA_GATEWAY, …: the low 14 bits.
    @inlinable public var type: Int { Int(rawType & Self.typeMask) }
    /// The payload without the padding, in the datagram. `length` is 4 at least: the cursor has seen to it.
    @inlinable public var payload: Range<Int> {
        unsafe Range(uncheckedBounds: (offset &+ Self.headerSize, offset &+ Int(length)))
    }
    /// NLA_F_NESTED.
    public var isMarkedNested: Bool { rawType & UInt16(truncatingIfNeeded: NLA_F_NESTED) != 0 }
    /// NLA_F_NET_BYTEORDER.
    public var isNetworkByteOrder: Bool { rawType & UInt16(truncatingIfNeeded: NLA_F_NET_BYTEORDER) != 0 }

    /// NLA_TYPE_MASK; as a literal, for it is read where code is inlined into other modules. A test holds it against the header.
    @inlinable static var typeMask: UInt16 { 0x3fff }
    /// The size of struct nlattr.
    @inlinable static var headerSize: Int { 4 }

    /// The attributes inside, whether or not the sender marked it as nested (old families do not).
    @inlinable public var nested: AttributeCursor { AttributeCursor(payload) }

    /// The payload's first bytes as an integer in the machine's order; 64-bit ones are only 4-aligned.
    @inlinable
    public func integer<Value: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: borrowing RawSpan, as type: Value.Type = Value.self
    ) throws(NetlinkError) -> Value {
        let start = offset &+ Self.headerSize
        guard Int(length) &- Self.headerSize >= MemoryLayout<Value>.size,
            start &+ MemoryLayout<Value>.size <= bytes.byteCount
        else { throw tooShort }
        // SAFETY: the value lies within the payload and within the span, checked above; any bit pattern is an integer.
        return unsafe bytes.unsafeLoadUnaligned(fromByteOffset: start, as: Value.self)
    }

    /// The payload's first bytes as an integer in network order.
    @inlinable
    public func bigEndian<Value: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: borrowing RawSpan, as type: Value.Type = Value.self
    ) throws(NetlinkError) -> Value { Value(bigEndian: try integer(bytes)) }

    /// The payload, copied.
    public func copy(_ bytes: borrowing RawSpan) throws(NetlinkError) -> [UInt8] {
        var cursor = ByteCursor(at: payload.lowerBound)
        guard let result = cursor.take(payload.count, of: bytes) else { throw tooShort }
        return result
    }

    /// The text before the first NUL, or all of it where the sender left the NUL out; bytes that are no UTF-8 are replaced.
    public func text(_ bytes: borrowing RawSpan) throws(NetlinkError) -> String {
        let range = payload
        guard range.upperBound <= bytes.byteCount else { throw tooShort }
        // SAFETY: the range is within the span, checked above; the buffer does not outlive the closure.
        return unsafe bytes.withUnsafeBytes { buffer in
            unsafe String(decoding: buffer[range].prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    /// An address by its length: four bytes or sixteen.
    @inlinable
    public func address(_ bytes: borrowing RawSpan) throws(NetlinkError) -> IPAddress {
        switch length {
        case 8: return .v4(IPv4Address(rawValue: try bigEndian(bytes)))
        case 20:
            let start = offset &+ Self.headerSize
            guard start &+ 16 <= bytes.byteCount else { throw tooShort }
            // SAFETY: sixteen bytes lie at `start`, checked above; any bit pattern is an integer.
            let (high, low) = unsafe (
                bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self),
                bytes.unsafeLoadUnaligned(fromByteOffset: start &+ 8, as: UInt64.self)
            )
            return .v6(IPv6Address(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low)))
        default: throw tooShort
        }
    }

    @usableFromInline
    var tooShort: NetlinkError { .malformed(.tooShort(Int(length) - Self.headerSize), at: offset) }
}

/// Walks the attributes in a range of a datagram. It moves forward with every attribute, so it ends whatever the lengths say.
@frozen
public struct AttributeCursor: Hashable, Sendable {
    @usableFromInline var position: Int
    /// Where the walk ends.
    public let end: Int
    /// Of the next attribute's header; where the walk ended, of what was left over.
    @inlinable public var offset: Int { position }

    @inlinable
    public init(_ range: Range<Int>) {
        position = range.lowerBound
        end = range.upperBound
    }

    /// The next attribute, nil at the end; throws where a header or a length does not fit, and stays there.
    @inlinable
    public mutating func next(_ bytes: borrowing RawSpan) throws(NetlinkError) -> NetlinkAttribute? {
        let start = position
        if start >= end { return nil }
        let limit = min(end, bytes.byteCount)
        guard limit &- start >= NetlinkAttribute.headerSize, start >= 0 else { throw defect(nil) }
        // SAFETY: four bytes lie at `start`, checked above; any bit pattern is an integer.
        let (length, type) = unsafe (
            bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt16.self),
            bytes.unsafeLoadUnaligned(fromByteOffset: start &+ 2, as: UInt16.self)
        )
        guard length >= NetlinkAttribute.headerSize, Int(length) <= limit &- start else { throw defect(length) }
        // The last attribute may lack its padding.
        position = min(start &+ ((Int(length) &+ 3) & ~3), end)
        return NetlinkAttribute(rawType: type, length: length, offset: start)
    }

    @usableFromInline
    func defect(_ length: UInt16?) -> NetlinkError {
        guard let length else { return .malformed(.truncatedHeader, at: offset) }
        return length < NetlinkAttribute.headerSize
            ? .malformed(.lengthBelowHeader(Int(length)), at: offset)
            : .malformed(.lengthPastEnd(Int(length)), at: offset)
    }
}
