internal import CKernel
public import Kernel

/// Where one attribute lies: struct nlattr (linux/netlink.h) and the range of its payload. Nothing is copied until asked.
public struct NetlinkAttribute: Hashable, Sendable {
    /// With the bits that say how the payload is made (NLA_F_NESTED, NLA_F_NET_BYTEORDER), for re-encoding.
    public let rawType: UInt16
    /// Of the header, in the datagram.
    public let offset: Int
    /// Without the padding, in the datagram.
    public let payload: Range<Int>

    /// IFLA_MTU, RTA_GATEWAY, …: the low 14 bits.
    public var type: Int { Int(rawType & Self.typeMask) }
    public var isMarkedNested: Bool { rawType & UInt16(truncatingIfNeeded: NLA_F_NESTED) != 0 }
    public var isNetworkByteOrder: Bool { rawType & UInt16(truncatingIfNeeded: NLA_F_NET_BYTEORDER) != 0 }

    static let typeMask = SW_NLA_TYPE_MASK
    /// The size of struct nlattr.
    static let headerSize = 4

    /// The attributes inside, whether or not the sender marked it as nested (old families do not).
    public var nested: AttributeCursor { AttributeCursor(payload) }

    /// The payload's first bytes as an integer in the machine's order; 64-bit ones are only 4-aligned.
    public func integer<Value: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: borrowing RawSpan, as type: Value.Type = Value.self
    ) throws(NetlinkError) -> Value {
        var cursor = ByteCursor(at: payload.lowerBound)
        guard payload.count >= MemoryLayout<Value>.size, let value: Value = cursor.load(bytes) else {
            throw .malformed(.tooShort(payload.count), at: offset)
        }
        return value
    }

    /// The payload, copied.
    public func copy(_ bytes: borrowing RawSpan) throws(NetlinkError) -> [UInt8] {
        var cursor = ByteCursor(at: payload.lowerBound)
        guard let result = cursor.take(payload.count, of: bytes) else {
            throw .malformed(.tooShort(payload.count), at: offset)
        }
        return result
    }

    /// The text before the first NUL, or all of it where the sender left the NUL out; bytes that are no UTF-8 are replaced.
    public func text(_ bytes: borrowing RawSpan) throws(NetlinkError) -> String {
        String(decoding: try copy(bytes).prefix { $0 != 0 }, as: UTF8.self)
    }

    /// An address by its length: four bytes or sixteen.
    public func address(_ bytes: borrowing RawSpan) throws(NetlinkError) -> IPAddress {
        guard let address = IPAddress(bytes: try copy(bytes)) else {
            throw .malformed(.tooShort(payload.count), at: offset)
        }
        return address
    }
}

/// Walks the attributes in a range of a datagram. It moves forward with every attribute, so it ends whatever the lengths say.
public struct AttributeCursor: Hashable, Sendable {
    private var offset: Int
    private let end: Int

    public init(_ range: Range<Int>) {
        offset = range.lowerBound
        end = range.upperBound
    }

    /// The next attribute, nil at the end; throws where a header or a length does not fit, and stays there.
    public mutating func next(_ bytes: borrowing RawSpan) throws(NetlinkError) -> NetlinkAttribute? {
        if offset >= end { return nil }
        var cursor = ByteCursor(at: offset)
        guard end - offset >= NetlinkAttribute.headerSize, let length: UInt16 = cursor.load(bytes),
            let type: UInt16 = cursor.load(bytes)
        else { throw .malformed(.truncatedHeader, at: offset) }
        guard length >= NetlinkAttribute.headerSize else {
            throw .malformed(.lengthBelowHeader(Int(length)), at: offset)
        }
        guard length <= min(end, bytes.byteCount) - offset else {
            throw .malformed(.lengthPastEnd(Int(length)), at: offset)
        }
        let start = offset
        // The last attribute may lack its padding.
        offset = min(start + aligned(Int(length)), end)
        return NetlinkAttribute(
            rawType: type, offset: start, payload: start + NetlinkAttribute.headerSize..<start + Int(length))
    }
}
