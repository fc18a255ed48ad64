internal import CKernel
internal import Kernel

/// The flags of a message's header (NLM_F_*, linux/netlink.h).
public struct NetlinkFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

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
    /// NLM_F_CAPPED, of NLMSG_ERROR: the request's body is not echoed.
    public static let capped = NetlinkFlags(rawValue: UInt16(NLM_F_CAPPED))
    /// NLM_F_ACK_TLVS, of NLMSG_ERROR and NLMSG_DONE: extended acknowledgement attributes follow.
    public static let extendedAcknowledgement = NetlinkFlags(rawValue: UInt16(NLM_F_ACK_TLVS))
}

/// Where one message of a datagram lies: struct nlmsghdr (linux/netlink.h) and the range of its body.
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
    public static let headerSize = 16

    /// The family's fixed header, as the C struct: zero where the sender's is shorter than ours.
    package func fixedHeader<Header: BitwiseCopyable>(
        _ zero: Header, in bytes: borrowing RawSpan
    ) -> Header {
        var header = zero
        let count = min(MemoryLayout<Header>.size, min(body.upperBound, bytes.byteCount) - body.lowerBound)
        if count <= 0 { return header }
        // SAFETY: `count` is within the span from the body's start, and within the struct; any bits are an integer struct.
        unsafe withUnsafeMutableBytes(of: &header) { target in
            unsafe bytes.withUnsafeBytes {
                unsafe target.copyMemory(from: .init(rebasing: $0[body.lowerBound..<body.lowerBound + count]))
            }
        }
        return header
    }

    /// The attributes after a fixed header of `size` bytes; none where the body ends before.
    public func attributes(after size: Int) -> AttributeCursor {
        AttributeCursor(min(body.upperBound, body.lowerBound + aligned(size))..<body.upperBound)
    }
}

/// Walks the messages of one datagram.
public struct MessageCursor: Hashable, Sendable {
    private var offset = 0
    public init() {}

    /// The next message, nil at the end; throws where a header or a length does not fit, and stays there.
    public mutating func next(_ bytes: borrowing RawSpan) throws(NetlinkError) -> NetlinkMessage? {
        var cursor = ByteCursor(at: offset)
        let left = cursor.remaining(in: bytes)
        if left == 0 { return nil }
        guard let length: UInt32 = cursor.load(bytes), let type: UInt16 = cursor.load(bytes),
            let flags: UInt16 = cursor.load(bytes), let sequence: UInt32 = cursor.load(bytes),
            let port: UInt32 = cursor.load(bytes)
        else { throw .malformed(.truncatedHeader, at: offset) }
        guard length >= NetlinkMessage.headerSize else { throw .malformed(.lengthBelowHeader(Int(length)), at: offset) }
        guard length <= left else { throw .malformed(.lengthPastEnd(Int(length)), at: offset) }
        let start = offset
        // The last message of a datagram may lack its padding.
        offset = min(start + aligned(Int(length)), bytes.byteCount)
        return NetlinkMessage(
            type: type, flags: NetlinkFlags(rawValue: flags), sequence: sequence, port: port, offset: start,
            body: start + NetlinkMessage.headerSize..<start + Int(length))
    }
}

/// NLMSG_ALIGN and NLA_ALIGN. `length` is at most 32 bits wide, so the sum cannot overflow.
func aligned(_ length: Int) -> Int { (length + 3) & ~3 }
