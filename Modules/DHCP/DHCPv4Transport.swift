public import Kernel

/// Carries IPv4 packets to the link and back: a packet socket, or a script that stands for one.
public protocol DHCPv4Transport: Sendable {
    /// Narrows what is received to what may be a reply to this transaction; it may let others through.
    func listen(transaction: UInt32, hardwareAddress: MACAddress) throws(DHCPError)

    /// Broadcasts a packet on the link.
    func broadcast(_ packet: [UInt8]) throws(DHCPError)

    /// The next packet, or nil when `deadline` strikes first.
    func receive(until deadline: Deadline) throws(DHCPError) -> ReceivedPacket?
}

/// An IPv4 packet as it came.
public struct ReceivedPacket: Hashable, Sendable {
    /// From the IP header on, with what the link padded.
    public let bytes: [UInt8]
    /// Whether the UDP checksum was left to hardware that never saw it.
    public let checksumIsPartial: Bool

    public init(bytes: [UInt8], checksumIsPartial: Bool) {
        self.bytes = bytes
        self.checksumIsPartial = checksumIsPartial
    }
}
