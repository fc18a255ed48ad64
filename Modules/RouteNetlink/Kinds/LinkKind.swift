public import Netlink

/// The options of one kind of link: what IFLA_INFO_DATA holds where IFLA_INFO_KIND is ``kind`` (linux/if_link.h).
///
/// A value is its attributes, so those that we have no name for stay and are sent again; the properties are views of them. A
/// property that is nil was not said by the kernel, or is left to it.
public protocol LinkKind: Hashable, Sendable {
    /// IFLA_INFO_KIND: `vlan`, `bond`, `vxlan`.
    static var kind: String { get }
    /// IFLA_VLAN_*, IFLA_BOND_*, …
    var attributes: AttributeSet { get set }
    /// The options that those attributes say.
    init(attributes: AttributeSet)
}

extension LinkKind {
    /// No option: the kernel's defaults.
    public init() { self.init(attributes: AttributeSet()) }
}
