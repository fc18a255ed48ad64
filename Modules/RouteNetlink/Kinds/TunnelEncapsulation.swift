internal import CKernel

/// TUNNEL_ENCAP_* (linux/if_tunnel.h): what an IP tunnel's packets are wrapped into once more.
public struct TunnelEncapsulation: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }
    private init(_ type: tunnel_encap_types) { rawValue = UInt16(truncatingIfNeeded: type.rawValue) }

    public static let none = TunnelEncapsulation(TUNNEL_ENCAP_NONE)
    /// Foo over UDP.
    public static let fou = TunnelEncapsulation(TUNNEL_ENCAP_FOU)
    /// Generic UDP encapsulation.
    public static let gue = TunnelEncapsulation(TUNNEL_ENCAP_GUE)
    public static let mpls = TunnelEncapsulation(TUNNEL_ENCAP_MPLS)
}

/// TUNNEL_ENCAP_FLAG_* (linux/if_tunnel.h).
public struct TunnelEncapsulationFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// TUNNEL_ENCAP_FLAG_CSUM: UDP checksums over IPv4.
    public static let checksum = TunnelEncapsulationFlags(rawValue: UInt16(TUNNEL_ENCAP_FLAG_CSUM))
    /// TUNNEL_ENCAP_FLAG_CSUM6: UDP checksums over IPv6.
    public static let checksum6 = TunnelEncapsulationFlags(rawValue: UInt16(TUNNEL_ENCAP_FLAG_CSUM6))
    /// TUNNEL_ENCAP_FLAG_REMCSUM: remote checksum offload, of GUE.
    public static let remoteChecksum = TunnelEncapsulationFlags(rawValue: UInt16(TUNNEL_ENCAP_FLAG_REMCSUM))
}

/// IP6_TNL_F_* (linux/ip6_tunnel.h): what a tunnel over IPv6 takes from the packet inside.
public struct IPv6TunnelFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// IP6_TNL_F_IGN_ENCAP_LIMIT: no encapsulation limit is added; `encaplimit none`.
    public static let noEncapsulationLimit = IPv6TunnelFlags(rawValue: UInt32(IP6_TNL_F_IGN_ENCAP_LIMIT))
    /// IP6_TNL_F_USE_ORIG_TCLASS: the inner traffic class; `tclass inherit`.
    public static let inheritTrafficClass = IPv6TunnelFlags(rawValue: UInt32(IP6_TNL_F_USE_ORIG_TCLASS))
    /// IP6_TNL_F_USE_ORIG_FLOWLABEL: the inner flow label; `flowlabel inherit`.
    public static let inheritFlowLabel = IPv6TunnelFlags(rawValue: UInt32(IP6_TNL_F_USE_ORIG_FLOWLABEL))
    /// IP6_TNL_F_MIP6_DEV: for Mobile IPv6.
    public static let mobileIPv6 = IPv6TunnelFlags(rawValue: UInt32(IP6_TNL_F_MIP6_DEV))
    /// IP6_TNL_F_RCV_DSCP_COPY: the outer DSCP is copied inwards; `dscp inherit`.
    public static let copyDSCP = IPv6TunnelFlags(rawValue: UInt32(IP6_TNL_F_RCV_DSCP_COPY))
    /// IP6_TNL_F_USE_ORIG_FWMARK: the inner packet's mark; `fwmark inherit`.
    public static let inheritMark = IPv6TunnelFlags(rawValue: UInt32(IP6_TNL_F_USE_ORIG_FWMARK))
    /// IP6_TNL_F_ALLOW_LOCAL_REMOTE: the far end may be on this host.
    public static let allowLocalRemote = IPv6TunnelFlags(rawValue: UInt32(IP6_TNL_F_ALLOW_LOCAL_REMOTE))
}

/// The first 32 bits of an IPv6 header without the version (RFC 8200, section 3), in the machine's order.
public struct IPv6FlowInformation: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Bits of `flowLabel` above the 20th are dropped.
    public init(trafficClass: UInt8, flowLabel: UInt32) {
        rawValue = UInt32(trafficClass) << 20 | flowLabel & 0xf_ffff
    }

    /// Eight bits.
    public var trafficClass: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 20) }
    /// Twenty bits.
    public var flowLabel: UInt32 { rawValue & 0xf_ffff }
}
