internal import CKernel
public import Kernel

/// Which protocol something is of (AF_*, sys/socket.h), as the families' headers have it in a byte.
public struct AddressFamily: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// AF_UNSPEC: all that the kernel has, where it is asked for a list.
    public static let unspecified = AddressFamily(rawValue: UInt8(AF_UNSPEC))
    /// AF_INET.
    public static let ipv4 = AddressFamily(rawValue: UInt8(AF_INET))
    /// AF_INET6.
    public static let ipv6 = AddressFamily(rawValue: UInt8(AF_INET6))
    /// AF_BRIDGE: the forwarding database of bridges and VXLANs.
    public static let bridge = AddressFamily(rawValue: UInt8(AF_BRIDGE))
    /// AF_MPLS.
    public static let mpls = AddressFamily(rawValue: UInt8(AF_MPLS))

    /// The family that an address is of.
    public init(of address: IPAddress) { self = address.isIPv4 ? .ipv4 : .ipv6 }
}

extension IPAddress {
    /// AF_INET or AF_INET6.
    var family: UInt8 { isIPv4 ? UInt8(AF_INET) : UInt8(AF_INET6) }

    /// `0.0.0.0` or `::`.
    static func any(_ family: UInt8) -> IPAddress? {
        switch family {
        case UInt8(AF_INET): .v4(.any)
        case UInt8(AF_INET6): .v6(.any)
        default: nil
        }
    }
}
