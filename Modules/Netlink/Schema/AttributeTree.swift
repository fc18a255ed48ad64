internal import CKernel

/// Attributes in the order that they were sent in, with names and typed values.
///
/// Nothing is lost: what is unknown, or does not fit its type, is kept as bytes; so ``encoded()`` of a decoded tree gives the
/// bytes that it was made of.
public struct AttributeTree: Hashable, Sendable {
    public var nodes: [AttributeNode]

    public init(_ nodes: [AttributeNode] = []) { self.nodes = nodes }

    /// The value of the first attribute of that name.
    public subscript(name: String) -> AttributeValue? { nodes.first { $0.name == name }?.value }

    /// Headers, payloads and padding. Throws where a payload is longer than its length field can say.
    public func encoded() throws(NetlinkError) -> [UInt8] {
        var bytes: [UInt8] = []
        for node in nodes { bytes += try node.encoded() }
        return bytes
    }
}

/// One attribute: struct nlattr (linux/netlink.h) and what it holds.
public struct AttributeNode: Hashable, Sendable {
    /// With the bits that say how the payload is made (NLA_F_NESTED, NLA_F_NET_BYTEORDER).
    public let rawType: UInt16
    /// The header's name, `IFLA_MTU`, or its words with the number: `IFLA_99`. In an indexed nest the number alone.
    public let name: String
    public var value: AttributeValue
    /// What follows the payload, where it is not the usual zeros: the last attribute of a message may lack them.
    var padding: [UInt8]?

    /// The number, without the bits.
    public var type: Int { Int(rawType & NetlinkAttribute.typeMask) }

    public init(rawType: UInt16, name: String, value: AttributeValue) {
        self.rawType = rawType
        self.name = name
        self.value = value
    }

    func encoded() throws(NetlinkError) -> [UInt8] {
        let payload = try value.encoded()
        let length = NetlinkAttribute.headerSize + payload.count
        guard let field = UInt16(exactly: length) else {
            throw NetlinkError(.malformed(.attributeTooLong), operation: "encode", subject: name)
        }
        let after = padding ?? .init(repeating: 0, count: aligned(length) - length)
        return AttributeInteger(UInt64(field), sizeInBytes: 2).bytes
            + AttributeInteger(UInt64(rawType), sizeInBytes: 2).bytes + payload + after
    }
}
