public import Kernel

/// Option 61: by what a server knows the client.
public enum ClientIdentifier: Hashable, Sendable {
    /// The hardware type and address (RFC 2132, section 9.14).
    case hardwareAddress(MACAddress)
    /// An interface's and a host's identifiers that last (RFC 4361, section 6.1), the same as in DHCPv6.
    case unique(interface: UInt32, host: [UInt8])

    /// The option's value.
    public var bytes: [UInt8] {
        switch self {
        case .hardwareAddress(let address): [1] + address.bytes
        case .unique(let interface, let host): [255] + bigEndian(interface) + host
        }
    }
}
