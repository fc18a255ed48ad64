internal import CKernel
internal import Glibc
public import Kernel

/// Where a peer is reached: struct sockaddr_in or sockaddr_in6.
public struct WireGuardEndpoint: Hashable, Sendable, CustomStringConvertible {
    public var address: IPAddress
    public var port: UInt16
    /// The number of the link that a link-local IPv6 address is on (sin6_scope_id); 0 for any other.
    public var scope: UInt32
    /// sin6_flowinfo, in the machine's order; 0 for IPv4.
    public var flow: UInt32

    public init(_ address: IPAddress, port: UInt16, scope: UInt32 = 0, flow: UInt32 = 0) {
        self.address = address
        self.port = port
        self.scope = scope
        self.flow = flow
    }

    /// From a socket address; nil for another family, and where it is too short.
    init?(_ payload: [UInt8]) {
        func number(_ range: Range<Int>) -> UInt32 { payload[range].reduce(0) { $0 << 8 | UInt32($1) } }
        func native(_ range: Range<Int>) -> UInt32 {
            UInt16(1).littleEndian == 1 ? number(range).byteSwapped : number(range)
        }
        guard payload.count >= 8 else { return nil }
        // sa_family is in the machine's order, port and flow in the network's, the scope in the machine's again.
        let family = UInt16(truncatingIfNeeded: native(0..<2) >> (UInt16(1).littleEndian == 1 ? 16 : 0))
        let port = UInt16(truncatingIfNeeded: number(2..<4))
        switch Int32(family) {
        case AF_INET:
            guard let v4 = IPv4Address(bytes: payload[4..<8]) else { return nil }
            self.init(.v4(v4), port: port)
        case AF_INET6:
            guard payload.count >= MemoryLayout<sockaddr_in6>.size, let v6 = IPv6Address(bytes: payload[8..<24])
            else { return nil }
            self.init(.v6(v6), port: port, scope: native(24..<28), flow: number(4..<8))
        default: return nil
        }
    }

    /// The socket address.
    var bytes: [UInt8] {
        func big(_ value: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
        func native(_ value: UInt32) -> [UInt8] { UInt16(1).littleEndian == 1 ? big(value).reversed() : big(value) }
        let family = native(UInt32(address.isIPv4 ? AF_INET : AF_INET6))
        // The 16 bits of the family, then those of the port.
        var head: [UInt8] = Array(UInt16(1).littleEndian == 1 ? family[0..<2] : family[2..<4])
        head += big(UInt32(port)).suffix(2)
        switch address {
        case .v4(let v4): return head + v4.bytes + [UInt8](repeating: 0, count: 8)
        case .v6(let v6): return head + big(flow) + v6.bytes + native(scope)
        }
    }

    /// As `wg` prints it: `192.0.2.1:51820`, `[fe80::1%2]:51820`.
    public var description: String {
        if address.isIPv4 { return "\(address):\(port)" }
        return "[\(address)\(scope == 0 ? "" : "%\(scope)")]:\(port)"
    }
}
