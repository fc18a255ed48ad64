internal import CKernel
internal import Kernel
public import Netlink

/// What a link is to be made with, or what is to change of one: the body of an RTM_NEWLINK. Nothing that is not set here is touched.
///
/// As with a ``Link``, the attributes are the value and the properties are views of them: an attribute without a property is set in
/// ``attributes``.
public struct LinkSettings: Hashable, Sendable {
    /// IFLA_*, but for IFLA_LINKINFO, which the kinds below become.
    public var attributes = AttributeSet()
    /// The number that the new link is to have; nil leaves it to the kernel. A change names its link elsewhere.
    public var index: Int32?
    /// The values of the flags in ``changedFlags``.
    public private(set) var flags: LinkFlags = []
    /// ifi_change: the flags that are set, or cleared; all others stay as they are.
    public private(set) var changedFlags: LinkFlags = []
    /// The kind with its options (IFLA_INFO_KIND, IFLA_INFO_DATA).
    public var options: (any LinkKind)? {
        get { optionsKind.map { LinkKindTable.link($0, optionsAttributes) } }
        set {
            optionsKind = newValue?.kindName
            optionsAttributes = newValue?.attributes ?? AttributeSet()
        }
    }
    /// The options as a port of its master, with the master's kind (IFLA_INFO_SLAVE_KIND, IFLA_INFO_SLAVE_DATA).
    public var portOptions: (any LinkKind)? {
        get { portKind.map { LinkKindTable.port($0, portAttributes) } }
        set {
            portKind = newValue?.kindName
            portAttributes = newValue?.attributes ?? AttributeSet()
        }
    }

    private var optionsKind: String?
    private var optionsAttributes = AttributeSet()
    private var portKind: String?
    private var portAttributes = AttributeSet()

    /// No change.
    public init() {}

    /// A link of that name and kind to make: `LinkSettings("br0", Bridge())`.
    public init(_ name: String, _ options: (any LinkKind)? = nil) {
        self.name = name
        self.options = options
    }

    /// Sets flags, or clears them. IFF_UP, PROMISC, ALLMULTI, MULTICAST, NOARP, DEBUG, DYNAMIC and the like are those that may be.
    public mutating func set(_ flags: LinkFlags, _ isOn: Bool) {
        changedFlags.formUnion(flags)
        if isOn { self.flags.formUnion(flags) } else { self.flags.subtract(flags) }
    }

    /// IFF_UP; nil leaves it.
    public var isUp: Bool? {
        get { changedFlags.contains(.up) ? flags.contains(.up) : nil }
        set {
            changedFlags.remove(.up)
            flags.remove(.up)
            if let newValue { set(.up, newValue) }
        }
    }

    /// Writes the body: struct ifinfomsg and the attributes. `index` is the link's to change.
    package func write(into writer: inout MessageWriter, family: UInt8 = 0, index link: Int32? = nil) {
        var header = ifinfomsg()
        header.ifi_family = family
        header.ifi_index = link ?? index ?? 0
        header.ifi_flags = flags.rawValue
        header.ifi_change = changedFlags.rawValue
        writer.append(header: header)
        writer.append(attributes)
        guard optionsKind != nil || portKind != nil else { return }
        writer.nest(IFLA_LINKINFO) { writer in
            if let optionsKind {
                writer.attribute(IFLA_INFO_KIND, text: optionsKind)
                if !optionsAttributes.isEmpty { writer.nest(IFLA_INFO_DATA) { $0.append(optionsAttributes) } }
            }
            if let portKind {
                writer.attribute(IFLA_INFO_SLAVE_KIND, text: portKind)
                if !portAttributes.isEmpty { writer.nest(IFLA_INFO_SLAVE_DATA) { $0.append(portAttributes) } }
            }
        }
    }
}
