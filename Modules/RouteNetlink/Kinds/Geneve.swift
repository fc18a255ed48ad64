internal import CKernel
public import Kernel
public import Netlink

/// Ethernet in UDP by RFC 8926 (IFLA_GENEVE_*, linux/if_link.h).
public struct Geneve: LinkKind {
    public static let kind = "geneve"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }

    /// IFLA_GENEVE_ID: the virtual network identifier, 24 bits.
    public var id: UInt32? {
        get { attributes[IFLA_GENEVE_ID] }
        set { attributes[IFLA_GENEVE_ID] = newValue }
    }

    /// IFLA_GENEVE_REMOTE or IFLA_GENEVE_REMOTE6, by the family.
    public var remote: IPAddress? {
        get {
            attributes[ipv4: IFLA_GENEVE_REMOTE].map { .v4($0) }
                ?? attributes[ipv6: IFLA_GENEVE_REMOTE6].map { .v6($0) }
        }
        set {
            attributes.remove(IFLA_GENEVE_REMOTE)
            attributes.remove(IFLA_GENEVE_REMOTE6)
            guard let newValue else { return }
            attributes[address: newValue.isIPv4 ? IFLA_GENEVE_REMOTE : IFLA_GENEVE_REMOTE6] = newValue
        }
    }

    /// IFLA_GENEVE_TTL: the outer TTL; 0 is the kernel's default.
    public var timeToLive: UInt8? {
        get { attributes[IFLA_GENEVE_TTL] }
        set { attributes[IFLA_GENEVE_TTL] = newValue }
    }

    /// IFLA_GENEVE_TTL_INHERIT: the outer TTL is the inner packet's.
    public var inheritsTimeToLive: Bool? {
        get { attributes[flag: IFLA_GENEVE_TTL_INHERIT] }
        set { attributes[flag: IFLA_GENEVE_TTL_INHERIT] = newValue }
    }

    /// IFLA_GENEVE_TOS: the outer TOS; 1 is the inner packet's.
    public var typeOfService: UInt8? {
        get { attributes[IFLA_GENEVE_TOS] }
        set { attributes[IFLA_GENEVE_TOS] = newValue }
    }

    /// IFLA_GENEVE_PORT: UDP's destination, 6081 by default; in network order on the wire.
    public var port: UInt16? {
        get { attributes[bigEndian: IFLA_GENEVE_PORT] }
        set { attributes[bigEndian: IFLA_GENEVE_PORT] = newValue }
    }

    /// IFLA_GENEVE_COLLECT_METADATA, an empty attribute: routes and filters say identifier and remote; `external`.
    public var collectsMetadata: Bool {
        get { attributes[presence: IFLA_GENEVE_COLLECT_METADATA] }
        set { attributes[presence: IFLA_GENEVE_COLLECT_METADATA] = newValue }
    }

    /// IFLA_GENEVE_UDP_CSUM: UDP checksums over IPv4.
    public var sendsChecksums: Bool? {
        get { attributes[flag: IFLA_GENEVE_UDP_CSUM] }
        set { attributes[flag: IFLA_GENEVE_UDP_CSUM] = newValue }
    }

    /// IFLA_GENEVE_UDP_ZERO_CSUM6_TX: no UDP checksums over IPv6.
    public var omitsIPv6Checksums: Bool? {
        get { attributes[flag: IFLA_GENEVE_UDP_ZERO_CSUM6_TX] }
        set { attributes[flag: IFLA_GENEVE_UDP_ZERO_CSUM6_TX] = newValue }
    }

    /// IFLA_GENEVE_UDP_ZERO_CSUM6_RX: received IPv6 packets need no UDP checksum.
    public var acceptsMissingIPv6Checksums: Bool? {
        get { attributes[flag: IFLA_GENEVE_UDP_ZERO_CSUM6_RX] }
        set { attributes[flag: IFLA_GENEVE_UDP_ZERO_CSUM6_RX] = newValue }
    }

    /// IFLA_GENEVE_LABEL: the outer IPv6 flow label, 20 bits; in network order on the wire.
    public var flowLabel: UInt32? {
        get { attributes[bigEndian: IFLA_GENEVE_LABEL] }
        set { attributes[bigEndian: IFLA_GENEVE_LABEL] = newValue }
    }

    /// IFLA_GENEVE_DF: the outer packets' don't-fragment bit.
    public var dontFragment: GeneveDontFragment? {
        get { attributes[raw: IFLA_GENEVE_DF] }
        set { attributes[raw: IFLA_GENEVE_DF] = newValue }
    }

    /// IFLA_GENEVE_INNER_PROTO_INHERIT, an empty attribute: IP packets are sent without an Ethernet header of their own.
    public var inheritsInnerProtocol: Bool {
        get { attributes[presence: IFLA_GENEVE_INNER_PROTO_INHERIT] }
        set { attributes[presence: IFLA_GENEVE_INNER_PROTO_INHERIT] = newValue }
    }

    /// IFLA_GENEVE_PORT_RANGE (Linux 6.16): UDP's source ports, from the low to the high, both included.
    public var sourcePorts: ClosedRange<UInt16>? {
        get {
            guard let bytes = attributes.payload(IFLA_GENEVE_PORT_RANGE), bytes.count >= 4 else { return nil }
            let low = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
            let high = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
            return low <= high ? low...high : nil
        }
        set {
            attributes[bytes: IFLA_GENEVE_PORT_RANGE] = newValue.map { ports in
                [ports.lowerBound, ports.upperBound].flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
            }
        }
    }

    /// IFLA_GENEVE_GRO_HINT (Linux 7.0), an empty attribute: packets carry what the receiver needs to merge them.
    public var sendsMergeHints: Bool {
        get { attributes[presence: IFLA_GENEVE_GRO_HINT] }
        set { attributes[presence: IFLA_GENEVE_GRO_HINT] = newValue }
    }
}

/// GENEVE_DF_*.
public struct GeneveDontFragment: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    private init(_ value: ifla_geneve_df) { rawValue = UInt8(truncatingIfNeeded: value.rawValue) }

    public static let unset = GeneveDontFragment(GENEVE_DF_UNSET)
    public static let set = GeneveDontFragment(GENEVE_DF_SET)
    /// As the inner packet has it.
    public static let inherit = GeneveDontFragment(GENEVE_DF_INHERIT)
}
