public import Netlink

/// The options of one kind of link: what IFLA_INFO_DATA holds where IFLA_INFO_KIND is ``kind`` (linux/if_link.h).
///
/// A value is its attributes, so those that we have no name for stay and are sent again; the properties are views of them. A
/// property that is nil was not said by the kernel, or is left to it. The options of a port (IFLA_INFO_SLAVE_DATA) are such a value too, with
/// IFLA_INFO_SLAVE_KIND as the kind.
public protocol LinkKind: Hashable, Sendable {
    /// IFLA_INFO_KIND: `vlan`, `bond`, `vxlan`.
    static var kind: String { get }
    /// IFLA_VLAN_*, IFLA_BOND_*, …
    var attributes: AttributeSet { get set }
    /// The options that those attributes say.
    init(attributes: AttributeSet)
    /// The kind of this very value, which differs from the type's for ``UnknownLinkKind`` alone.
    var kindName: String { get }
}

extension LinkKind {
    public var kindName: String { Self.kind }
    /// No option: the kernel's defaults.
    public init() { self.init(attributes: AttributeSet()) }
}

/// A kind that this library has no properties for, or one without options; what the kernel said of it is kept.
public struct UnknownLinkKind: LinkKind {
    public static let kind = ""
    public let kindName: String
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.init("", attributes: attributes) }

    public init(_ kind: String, attributes: AttributeSet = AttributeSet()) {
        kindName = kind
        self.attributes = attributes
    }
}
