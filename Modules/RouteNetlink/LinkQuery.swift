internal import CKernel
internal import Netlink

/// What is asked of links beside what is always told: RTEXT_FILTER_* (linux/rtnetlink.h).
public struct LinkDetails: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Counters: without them a list is a third shorter, and the kernel need not sum them up over its processors.
    public static let statistics = LinkDetails(rawValue: 1)
    /// RTEXT_FILTER_VF: the virtual functions of SR-IOV devices, which may be hundreds of kilobytes.
    public static let virtualFunctions = LinkDetails(rawValue: 2)

    var mask: UInt32 {
        (contains(.statistics) ? 0 : UInt32(RTEXT_FILTER_SKIP_STATS))
            | (contains(.virtualFunctions) ? UInt32(RTEXT_FILTER_VF) : 0)
    }
}

/// Which links a list has. The kernel leaves out the others (IFLA_MASTER and IFLA_LINKINFO of the request).
public struct LinkFilter: Hashable, Sendable {
    /// The index of their bridge, bond or VRF; 0 is not a filter for links without one.
    public var master: Int32?
    /// IFLA_INFO_KIND: `veth`.
    public var kind: String?
    /// IFLA_TARGET_NETNSID: of another namespace, by the number that this one has for it.
    public var namespace: Int32?

    public init(master: Int32? = nil, kind: String? = nil, namespace: Int32? = nil) {
        self.master = master
        self.kind = kind
        self.namespace = namespace
    }

    /// Every link.
    public static let all = LinkFilter()

    func write(into writer: inout MessageWriter) {
        if let master { writer.attribute(IFLA_MASTER, integer: master) }
        if let kind { writer.nest(IFLA_LINKINFO) { $0.attribute(IFLA_INFO_KIND, text: kind) } }
        if let namespace { writer.attribute(IFLA_TARGET_NETNSID, integer: namespace) }
    }

    /// Again here: a kernel without the kind's module does not filter by it, nor one older than 4.20 by anything.
    func takes(_ link: Link) -> Bool {
        (master == nil || link.master == master) && (kind == nil || link.kind == kind)
    }
}
