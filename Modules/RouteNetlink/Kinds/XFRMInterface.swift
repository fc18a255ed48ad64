internal import CKernel
public import Netlink

/// A link whose packets IPsec policies take by its number (IFLA_XFRM_*, linux/if_link.h).
public struct XFRMInterface: LinkKind {
    public static let kind = "xfrm"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }

    /// IFLA_XFRM_LINK: the index of the link below; 0 or nil for none.
    public var underlyingLink: Int32? {
        get { attributes[IFLA_XFRM_LINK] }
        set { attributes[IFLA_XFRM_LINK] = newValue }
    }

    /// IFLA_XFRM_IF_ID: the number that policies and states name.
    public var id: UInt32? {
        get { attributes[IFLA_XFRM_IF_ID] }
        set { attributes[IFLA_XFRM_IF_ID] = newValue }
    }

    /// IFLA_XFRM_COLLECT_METADATA (Linux 6.1), an empty attribute: routes and filters say the number; `external`.
    public var collectsMetadata: Bool {
        get { attributes[presence: IFLA_XFRM_COLLECT_METADATA] }
        set { attributes[presence: IFLA_XFRM_COLLECT_METADATA] = newValue }
    }
}
