internal import CKernel
internal import Netlink

/// What the kinds of GRE share (IFLA_GRE_*, linux/if_tunnel.h).
public protocol GREOptions: LinkKind {}

extension GREOptions {
    /// IFLA_GRE_LINK: the index of the link that the tunnel is bound to; 0 or nil for none.
    public var underlyingLink: Int32? {
        get { attributes[IFLA_GRE_LINK] }
        set { attributes[IFLA_GRE_LINK] = newValue }
    }

    /// IFLA_GRE_IFLAGS: what is asked of received packets.
    public var inputFlags: GREFlags? {
        get { attributes[bigEndianRaw: IFLA_GRE_IFLAGS] }
        set { attributes[bigEndianRaw: IFLA_GRE_IFLAGS] = newValue }
    }

    /// IFLA_GRE_OFLAGS: what sent packets have.
    public var outputFlags: GREFlags? {
        get { attributes[bigEndianRaw: IFLA_GRE_OFLAGS] }
        set { attributes[bigEndianRaw: IFLA_GRE_OFLAGS] = newValue }
    }

    /// IFLA_GRE_IKEY: of received packets; it counts with ``GREFlags/key``. In network order on the wire.
    public var inputKey: UInt32? {
        get { attributes[bigEndian: IFLA_GRE_IKEY] }
        set { attributes[bigEndian: IFLA_GRE_IKEY] = newValue }
    }

    /// IFLA_GRE_OKEY: of sent packets; it counts with ``GREFlags/key``. In network order on the wire.
    public var outputKey: UInt32? {
        get { attributes[bigEndian: IFLA_GRE_OKEY] }
        set { attributes[bigEndian: IFLA_GRE_OKEY] = newValue }
    }

    /// IFLA_GRE_TTL: the outer TTL or hop limit; 0 is the inner packet's.
    public var timeToLive: UInt8? {
        get { attributes[IFLA_GRE_TTL] }
        set { attributes[IFLA_GRE_TTL] = newValue }
    }

    /// IFLA_GRE_ENCAP_TYPE.
    public var encapsulation: TunnelEncapsulation? {
        get { attributes[raw: IFLA_GRE_ENCAP_TYPE] }
        set { attributes[raw: IFLA_GRE_ENCAP_TYPE] = newValue }
    }

    /// IFLA_GRE_ENCAP_FLAGS.
    public var encapsulationFlags: TunnelEncapsulationFlags? {
        get { attributes[raw: IFLA_GRE_ENCAP_FLAGS] }
        set { attributes[raw: IFLA_GRE_ENCAP_FLAGS] = newValue }
    }

    /// IFLA_GRE_ENCAP_SPORT: UDP's; 0 lets the kernel choose by the flow.
    public var encapsulationSourcePort: UInt16? {
        get { attributes[bigEndian: IFLA_GRE_ENCAP_SPORT] }
        set { attributes[bigEndian: IFLA_GRE_ENCAP_SPORT] = newValue }
    }

    /// IFLA_GRE_ENCAP_DPORT: UDP's.
    public var encapsulationDestinationPort: UInt16? {
        get { attributes[bigEndian: IFLA_GRE_ENCAP_DPORT] }
        set { attributes[bigEndian: IFLA_GRE_ENCAP_DPORT] = newValue }
    }

    /// IFLA_GRE_COLLECT_METADATA, an empty attribute: routes and filters say the ends; `external`.
    public var collectsMetadata: Bool {
        get { attributes[presence: IFLA_GRE_COLLECT_METADATA] }
        set { attributes[presence: IFLA_GRE_COLLECT_METADATA] = newValue }
    }

    /// IFLA_GRE_FWMARK: the mark that the outer packets are routed by; 0 for none.
    public var mark: UInt32? {
        get { attributes[IFLA_GRE_FWMARK] }
        set { attributes[IFLA_GRE_FWMARK] = newValue }
    }
}

/// GRE_* (linux/if_tunnel.h): the flags of the GRE header, in the machine's order (RFC 2784, RFC 2890).
public struct GREFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// GRE_CSUM.
    public static let checksum = GREFlags(rawValue: SW_GRE_CSUM)
    /// GRE_ROUTING.
    public static let routing = GREFlags(rawValue: SW_GRE_ROUTING)
    /// GRE_KEY.
    public static let key = GREFlags(rawValue: SW_GRE_KEY)
    /// GRE_SEQ.
    public static let sequence = GREFlags(rawValue: SW_GRE_SEQ)
    /// GRE_STRICT.
    public static let strict = GREFlags(rawValue: SW_GRE_STRICT)
}
