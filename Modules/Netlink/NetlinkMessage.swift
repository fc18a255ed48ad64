internal import CKernel
internal import Kernel

/// The flags of a message's header (NLM_F_*, linux/netlink.h).
@frozen
public struct NetlinkFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// NLM_F_REQUEST.
    public static let request = NetlinkFlags(rawValue: UInt16(NLM_F_REQUEST))
    /// NLM_F_MULTI: one of several, ended by NLMSG_DONE.
    public static let multipart = NetlinkFlags(rawValue: UInt16(NLM_F_MULTI))
    /// NLM_F_ACK.
    public static let acknowledge = NetlinkFlags(rawValue: UInt16(NLM_F_ACK))
    /// NLM_F_DUMP_INTR: what is dumped changed meanwhile.
    public static let dumpInterrupted = NetlinkFlags(rawValue: UInt16(NLM_F_DUMP_INTR))
    /// NLM_F_DUMP.
    public static let dump = NetlinkFlags(rawValue: UInt16(NLM_F_DUMP))
    /// NLM_F_REPLACE, of a request that makes something.
    public static let replace = NetlinkFlags(rawValue: UInt16(NLM_F_REPLACE))
    /// NLM_F_EXCL, of a request that makes something.
    public static let exclusive = NetlinkFlags(rawValue: UInt16(NLM_F_EXCL))
    /// NLM_F_CREATE, of a request that makes something.
    public static let create = NetlinkFlags(rawValue: UInt16(NLM_F_CREATE))
    /// NLM_F_APPEND, of a request that makes something.
    public static let append = NetlinkFlags(rawValue: UInt16(NLM_F_APPEND))
    /// NLM_F_CAPPED, of NLMSG_ERROR: the request's body is not echoed.
    public static let capped = NetlinkFlags(rawValue: UInt16(NLM_F_CAPPED))
    /// NLM_F_ACK_TLVS, of NLMSG_ERROR and NLMSG_DONE: extended acknowledgement attributes follow.
    public static let extendedAcknowledgement = NetlinkFlags(rawValue: UInt16(NLM_F_ACK_TLVS))
}

/// Where one message of a datagram lies: struct nlmsghdr (linux/netlink.h) and the range of its body.
@frozen
public struct NetlinkMessage: Hashable, Sendable {
    /// RTM_NEWLINK, NLMSG_ERROR, …
    public let type: UInt16
    public let flags: NetlinkFlags
    public let sequence: UInt32
    /// The port id of the socket that the kernel answers.
    public let port: UInt32
    /// Of the header, in the datagram.
    public let offset: Int
    /// The body, in the datagram.
    public let body: Range<Int>

    /// The size of struct nlmsghdr.
    @inlinable public static var headerSize: Int { 16 }

    @inlinable
    init(type: UInt16, flags: NetlinkFlags, sequence: UInt32, port: UInt32, offset: Int, body: Range<Int>) {
        self.type = type
        self.flags = flags
        self.sequence = sequence
        self.port = port
        self.offset = offset
        self.body = body
    }

    /// The family's fixed header, as the C struct: zero where the sender's is shorter than ours.
    @inlinable
    package func fixedHeader<Header: BitwiseCopyable>(_ zero: Header, in bytes: borrowing RawSpan) -> Header {
        let size = MemoryLayout<Header>.size
        if body.count >= size, body.lowerBound >= 0, body.lowerBound &+ size <= bytes.byteCount {
            // SAFETY: the header lies within the body and the span, checked above; any bits are an integer struct.
            return unsafe bytes.unsafeLoadUnaligned(fromByteOffset: body.lowerBound, as: Header.self)
        }
        return loadPrefix(zero, body, of: bytes)
    }

    /// The attributes after a fixed header of `size` bytes; none where the body ends before.
    @inlinable
    public func attributes(after size: Int) -> AttributeCursor {
        AttributeCursor(min(body.upperBound, body.lowerBound + aligned(size))..<body.upperBound)
    }
}

/// Walks the messages of one datagram.
@frozen
public struct MessageCursor: Hashable, Sendable {
    @usableFromInline var position = 0
    /// Of the next message's header.
    @inlinable public var offset: Int { position }
    @inlinable public init() {}

    /// The next message, nil at the end; throws where a header or a length does not fit, and stays there.
    @inlinable
    public mutating func next(_ bytes: borrowing RawSpan) throws(NetlinkError) -> NetlinkMessage? {
        let start = position
        let left = bytes.byteCount &- start
        if left <= 0 { return nil }
        guard left >= NetlinkMessage.headerSize else { throw .malformed(.truncatedHeader, at: start) }
        // SAFETY: sixteen bytes lie at `start`, checked above; any bit pattern is an integer.
        let (length, type, flags, sequence, port) = unsafe (
            bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt32.self),
            bytes.unsafeLoadUnaligned(fromByteOffset: start &+ 4, as: UInt16.self),
            bytes.unsafeLoadUnaligned(fromByteOffset: start &+ 6, as: UInt16.self),
            bytes.unsafeLoadUnaligned(fromByteOffset: start &+ 8, as: UInt32.self),
            bytes.unsafeLoadUnaligned(fromByteOffset: start &+ 12, as: UInt32.self)
        )
        guard length >= NetlinkMessage.headerSize else { throw .malformed(.lengthBelowHeader(Int(length)), at: start) }
        guard length <= left else { throw .malformed(.lengthPastEnd(Int(length)), at: start) }
        // The last message of a datagram may lack its padding.
        position = min(start &+ aligned(Int(length)), bytes.byteCount)
        return NetlinkMessage(
            type: type, flags: NetlinkFlags(rawValue: flags), sequence: sequence, port: port, offset: start,
            body: unsafe Range(
                uncheckedBounds: (start &+ NetlinkMessage.headerSize, start &+ Int(length))))
    }
}

/// NLMSG_ALIGN and NLA_ALIGN. `length` is at most 32 bits wide, so the sum cannot overflow.
@inlinable
func aligned(_ length: Int) -> Int { (length &+ 3) & ~3 }
