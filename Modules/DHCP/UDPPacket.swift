internal import CKernel
internal import Glibc
public import Kernel

/// An IPv4 packet that holds a UDP datagram (RFC 791, RFC 768), as it goes over a packet socket.
public struct UDPPacket: Hashable, Sendable {
    public var source: IPv4Address
    public var destination: IPv4Address
    public var sourcePort: UInt16
    public var destinationPort: UInt16
    public var payload: [UInt8]

    public init(
        source: IPv4Address, destination: IPv4Address, sourcePort: UInt16, destinationPort: UInt16, payload: [UInt8]
    ) {
        self.source = source
        self.destination = destination
        self.sourcePort = sourcePort
        self.destinationPort = destinationPort
        self.payload = payload
    }

    /// Decodes a packet from its IP header on. Its end is where the header says: Ethernet pads short frames.
    ///
    /// - Parameter checksumIsPartial: the sender is a virtual device's other end and left the UDP checksum to hardware that
    ///   never saw the packet (TP_STATUS_CSUMNOTREADY): it is not looked at.
    public init(decoding bytes: some Collection<UInt8>, checksumIsPartial: Bool = false) throws(DHCPError) {
        let bytes = Array(bytes)
        guard bytes.count >= 20, bytes[0] >> 4 == 4 else { throw .malformed(.notUDP, at: 0) }
        func word(_ offset: Int) -> Int { Int(bytes[offset]) << 8 | Int(bytes[offset + 1]) }
        let header = Int(bytes[0] & 0xf) * 4
        let total = word(2)
        guard header >= 20, total >= header + 8, total <= bytes.count else { throw .malformed(.notUDP, at: 2) }
        // Neither more fragments (0x2000) nor an offset.
        guard word(6) & 0x3fff == 0 else { throw .malformed(.notUDP, at: 6) }
        guard bytes[9] == UInt8(IPPROTO_UDP) else { throw .malformed(.notUDP, at: 9) }
        guard checksum(bytes[..<header]) == 0 else { throw .malformed(.badChecksum, at: 10) }
        let length = word(header + 4)
        guard length >= 8, length <= total - header else { throw .malformed(.notUDP, at: header + 4) }
        let datagram = bytes[header..<header + length]
        if !checksumIsPartial, word(header + 6) != 0 {
            guard checksum(bytes[12..<20] + [0, bytes[9]] + bytes[header + 4..<header + 6] + datagram) == 0 else {
                throw .malformed(.badChecksum, at: header + 6)
            }
        }
        guard let source = IPv4Address(bytes: bytes[12..<16]), let destination = IPv4Address(bytes: bytes[16..<20])
        else { throw .malformed(.notUDP, at: 12) }
        self.init(
            source: source, destination: destination, sourcePort: UInt16(truncatingIfNeeded: word(header)),
            destinationPort: UInt16(truncatingIfNeeded: word(header + 2)), payload: Array(datagram.dropFirst(8)))
    }

    /// The packet, checksums included. Its payload is cut to what a UDP length can say.
    public var encoded: [UInt8] {
        let payload = payload.prefix(65_535 - 28)
        let length = bigEndian(UInt16(truncatingIfNeeded: payload.count + 8))
        var header: [UInt8] = [0x45, 0x10] + bigEndian(UInt16(truncatingIfNeeded: payload.count + 28))
        // Identification 0, don't fragment, 64 hops.
        header += [0, 0, 0x40, 0, 64, UInt8(IPPROTO_UDP), 0, 0] + source.bytes + destination.bytes
        header.replaceSubrange(10..<12, with: bigEndian(checksum(header)))
        var datagram = bigEndian(sourcePort) + bigEndian(destinationPort) + length + [0, 0] + payload
        let sum = checksum(source.bytes + destination.bytes + [0, UInt8(IPPROTO_UDP)] + length + datagram)
        // 0 would mean that there is none.
        datagram.replaceSubrange(6..<8, with: bigEndian(sum == 0 ? .max : sum))
        return header + datagram
    }
}

/// The checksum of RFC 1071; 0 over bytes that hold their own.
private func checksum(_ bytes: some Collection<UInt8>) -> UInt16 {
    var sum: UInt64 = 0
    var isHigh = true
    for byte in bytes {
        sum += isHigh ? UInt64(byte) << 8 : UInt64(byte)
        isHigh.toggle()
    }
    while sum >> 16 != 0 { sum = sum & 0xffff + sum >> 16 }
    return ~UInt16(truncatingIfNeeded: sum)
}
