internal import CKernel

/// A message of a generic netlink family: struct genlmsghdr (linux/genetlink.h) and attributes.
public struct GenericMessage: Hashable, Sendable {
    /// The family's own number of what it is.
    public let command: UInt8
    /// Of the family's protocol.
    public let version: UInt8
    /// Behind the header.
    public let attributes: AttributeSet

    /// Decodes a message's body; one that is too short for the header is of command 0 and empty.
    public init(_ message: NetlinkMessage, in bytes: borrowing RawSpan) throws(NetlinkError) {
        let header = message.fixedHeader(genlmsghdr(), in: bytes)
        command = header.cmd
        version = header.version
        let start = min(message.body.upperBound, message.body.lowerBound + MemoryLayout<genlmsghdr>.size)
        attributes = try AttributeSet(start..<message.body.upperBound, of: bytes)
    }

    /// Decodes what follows the nlmsghdr.
    public init(body: [UInt8]) throws(NetlinkError) {
        command = body.first ?? 0
        version = body.count > 1 ? body[1] : 0
        attributes = try AttributeSet(Array(body.dropFirst(MemoryLayout<genlmsghdr>.size)))
    }
}
