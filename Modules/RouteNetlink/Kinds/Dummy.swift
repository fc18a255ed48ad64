public import Netlink

/// A link that drops what is sent. It has no options.
public struct Dummy: LinkKind {
    public static let kind = "dummy"
    public var attributes: AttributeSet
    public init(attributes: AttributeSet) { self.attributes = attributes }
}
