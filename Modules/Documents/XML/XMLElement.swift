/// An element of an XML document.
public struct XMLElement: Hashable, Sendable {
    public struct Attribute: Hashable, Sendable {
        /// As written, prefix and all: `oe:key`, `xmlns:oe`.
        public let name: String
        public let value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// As written, prefix and all: `oe:Property`.
    public let name: String
    /// In the order of the document.
    public let attributes: [Attribute]
    /// The text that is in no element within it, all of it together, blanks and line ends included.
    public let text: String
    /// In the order of the document.
    public let children: [XMLElement]

    public init(name: String, attributes: [Attribute] = [], text: String = "", children: [XMLElement] = []) {
        self.name = name
        self.attributes = attributes
        self.text = text
        self.children = children
    }

    /// Without the prefix, whatever namespace that stands for.
    public var localName: String { Self.localName(of: name) }

    private static func localName(of name: String) -> String {
        name.firstIndex(of: ":").map { String(name[name.index(after: $0)...]) } ?? name
    }

    /// The value of the first attribute with this local name.
    public func attribute(_ localName: String) -> String? {
        attributes.first { Self.localName(of: $0.name) == localName }?.value
    }

    /// The children with this local name.
    public func children(_ localName: String) -> [XMLElement] { children.filter { $0.localName == localName } }

    /// The first child with this local name.
    public func child(_ localName: String) -> XMLElement? { children.first { $0.localName == localName } }
}
