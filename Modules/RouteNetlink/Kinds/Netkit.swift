internal import CKernel
public import Netlink

/// A pair of links whose packets BPF programs see on the host's side (IFLA_NETKIT_*, linux/if_link.h; Linux 6.7).
public struct Netkit: LinkKind {
    public static let kind = "netkit"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }

    /// IFLA_NETKIT_PEER_INFO: the other link in a request, as attributes of a link (IFLA_IFNAME, …) behind a struct ifinfomsg.
    /// When it is set the struct is kept, or zero.
    public var peer: AttributeSet? {
        get {
            attributes.with(IFLA_NETKIT_PEER_INFO) { attribute, bytes in
                let start = attribute.payload.lowerBound + MemoryLayout<ifinfomsg>.size
                guard start <= attribute.payload.upperBound else { return nil }
                return try? AttributeSet(start..<attribute.payload.upperBound, of: bytes)
            }
        }
        set {
            let header = attributes.header(IFLA_NETKIT_PEER_INFO, ifinfomsg()) ?? ifinfomsg()
            attributes.remove(IFLA_NETKIT_PEER_INFO)
            guard let newValue else { return }
            attributes.append { $0.attribute(IFLA_NETKIT_PEER_INFO, header: header, then: newValue.bytes) }
        }
    }

    /// IFLA_NETKIT_PRIMARY: whether this one is the host's side; the kernel tells it.
    public var isPrimary: Bool? {
        get { attributes[flag: IFLA_NETKIT_PRIMARY] }
        set { attributes[flag: IFLA_NETKIT_PRIMARY] = newValue }
    }

    /// IFLA_NETKIT_POLICY: what happens to packets where no program is attached.
    public var policy: NetkitPolicy? {
        get { attributes[raw: IFLA_NETKIT_POLICY] }
        set { attributes[raw: IFLA_NETKIT_POLICY] = newValue }
    }

    /// IFLA_NETKIT_PEER_POLICY: the same of the other link.
    public var peerPolicy: NetkitPolicy? {
        get { attributes[raw: IFLA_NETKIT_PEER_POLICY] }
        set { attributes[raw: IFLA_NETKIT_PEER_POLICY] = newValue }
    }

    /// IFLA_NETKIT_MODE: of both links. Without one the kernel takes ``NetkitMode/l3``.
    public var mode: NetkitMode? {
        get { attributes[raw: IFLA_NETKIT_MODE] }
        set { attributes[raw: IFLA_NETKIT_MODE] = newValue }
    }

    /// IFLA_NETKIT_SCRUB (Linux 6.10): what of a packet's metadata is cleared when it crosses.
    public var scrub: NetkitScrub? {
        get { attributes[raw: IFLA_NETKIT_SCRUB] }
        set { attributes[raw: IFLA_NETKIT_SCRUB] = newValue }
    }

    /// IFLA_NETKIT_PEER_SCRUB (Linux 6.10): the same of the other link.
    public var peerScrub: NetkitScrub? {
        get { attributes[raw: IFLA_NETKIT_PEER_SCRUB] }
        set { attributes[raw: IFLA_NETKIT_PEER_SCRUB] = newValue }
    }

    /// IFLA_NETKIT_HEADROOM (Linux 6.14): bytes kept free before a packet.
    public var headroomInBytes: UInt16? {
        get { attributes[IFLA_NETKIT_HEADROOM] }
        set { attributes[IFLA_NETKIT_HEADROOM] = newValue }
    }

    /// IFLA_NETKIT_TAILROOM (Linux 6.14): bytes kept free behind a packet.
    public var tailroomInBytes: UInt16? {
        get { attributes[IFLA_NETKIT_TAILROOM] }
        set { attributes[IFLA_NETKIT_TAILROOM] = newValue }
    }
}

/// NETKIT_L2, NETKIT_L3.
public struct NetkitMode: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Ethernet frames.
    public static let l2 = NetkitMode(rawValue: UInt32(NETKIT_L2))
    /// IP packets, without addresses of Ethernet.
    public static let l3 = NetkitMode(rawValue: UInt32(NETKIT_L3))
}

/// NETKIT_PASS, NETKIT_DROP: actions, of which these two can be a policy.
public struct NetkitPolicy: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// NETKIT_PASS; `forward`.
    public static let pass = NetkitPolicy(rawValue: Int32(NETKIT_PASS))
    /// NETKIT_DROP; `blackhole`.
    public static let drop = NetkitPolicy(rawValue: Int32(NETKIT_DROP))
}

/// NETKIT_SCRUB_*.
public struct NetkitScrub: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Nothing: mark and priority cross.
    public static let none = NetkitScrub(rawValue: UInt32(NETKIT_SCRUB_NONE))
    /// As between namespaces.
    public static let `default` = NetkitScrub(rawValue: UInt32(NETKIT_SCRUB_DEFAULT))
}
