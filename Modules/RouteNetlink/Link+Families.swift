internal import CKernel
public import Kernel
public import Netlink

/// What the address families say of a link (IFLA_AF_SPEC).
extension Link {
    /// The family's own attributes: AF_INET's IFLA_INET_*, AF_INET6's IFLA_INET6_*; nil where the family is off there.
    public func family(_ family: Int32) -> AttributeSet? { attributes.nested(IFLA_AF_SPEC)?.nested(family) }

    /// IPv6's view of the link; nil where IPv6 is off there.
    public var version6: LinkVersion6? { family(AF_INET6).map { LinkVersion6($0) } }

    /// IFLA_INET_CONF: the sysctls of net.ipv4.conf of this link, by IPV4_DEVCONF_* less one (linux/ip.h).
    public var version4Settings: [Int32]? { family(AF_INET)?.payload(IFLA_INET_CONF).map { integers($0) } }

    /// IFLA_XDP: the program that sees packets first; nil where there is none.
    public var xdp: LinkXDP? {
        guard let attributes = attributes.nested(IFLA_XDP) else { return nil }
        let mode: UInt8 = attributes[IFLA_XDP_ATTACHED] ?? UInt8(XDP_ATTACHED_NONE)
        return mode == UInt8(XDP_ATTACHED_NONE) ? nil : LinkXDP(mode: mode, attributes: attributes)
    }
}

/// IFLA_INET6_* (linux/if_link.h).
public struct LinkVersion6: Hashable, Sendable {
    public let attributes: AttributeSet
    init(_ attributes: AttributeSet) { self.attributes = attributes }

    /// IFLA_INET6_FLAGS: IF_RA_MANAGED, IF_RA_OTHERCONF, IF_RS_SENT, IF_READY of the kernel.
    public var flags: UInt32? { attributes[IFLA_INET6_FLAGS] }
    /// IFLA_INET6_ADDR_GEN_MODE.
    public var addressGenerationMode: AddressGenerationMode? { attributes[raw: IFLA_INET6_ADDR_GEN_MODE] }
    /// IFLA_INET6_TOKEN: the interface identifier of its addresses; `::` where there is none.
    public var token: IPv6Address? {
        if case .v6(let address)? = attributes[address: IFLA_INET6_TOKEN] { address } else { nil }
    }
    /// IFLA_INET6_RA_MTU in bytes: what a router advertised.
    public var advertisedTransmissionUnit: UInt32? { attributes[IFLA_INET6_RA_MTU] }
    /// IFLA_INET6_CONF: the sysctls of net.ipv6.conf of this link, by DEVCONF_* (linux/ipv6.h).
    public var settings: [Int32]? { attributes.payload(IFLA_INET6_CONF).map { integers($0) } }
    /// IFLA_INET6_STATS, by IPSTATS_MIB_* (linux/snmp.h), the first being their number; nil where statistics were not asked for.
    public var statistics: [UInt64]? { attributes.payload(IFLA_INET6_STATS).map { integers($0) } }
    /// IFLA_INET6_ICMP6STATS, by ICMP6_MIB_*.
    public var icmpStatistics: [UInt64]? { attributes.payload(IFLA_INET6_ICMP6STATS).map { integers($0) } }
}

/// IFLA_XDP_* (linux/if_link.h).
public struct LinkXDP: Hashable, Sendable {
    /// XDP_ATTACHED_*: 1 in the driver, 2 generic, 3 in the hardware, 4 several.
    public let mode: UInt8
    public let attributes: AttributeSet
    /// IFLA_XDP_PROG_ID.
    public var program: UInt32? { attributes[IFLA_XDP_PROG_ID] }
    /// IFLA_XDP_DRV_PROG_ID.
    public var driverProgram: UInt32? { attributes[IFLA_XDP_DRV_PROG_ID] }
    /// IFLA_XDP_SKB_PROG_ID.
    public var genericProgram: UInt32? { attributes[IFLA_XDP_SKB_PROG_ID] }
    /// IFLA_XDP_HW_PROG_ID.
    public var hardwareProgram: UInt32? { attributes[IFLA_XDP_HW_PROG_ID] }
}

/// The whole integers of an array in the machine's order; a rest at its end is left out.
private func integers<Value: FixedWidthInteger & BitwiseCopyable>(_ bytes: [UInt8]) -> [Value] {
    let span = unsafe bytes.span.bytes
    var cursor = ByteCursor()
    var result: [Value] = []
    while let value: Value = cursor.load(span) { result.append(value) }
    return result
}
