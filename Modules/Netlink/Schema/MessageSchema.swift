internal import CKernel
internal import Kernel

/// A kind of message: its fixed header and its attributes.
@safe
public struct MessageSchema: Hashable, @unchecked Sendable {
    // SAFETY: points at constant data of the program itself.
    private let schema: UnsafePointer<sw_netlink_message_schema>

    /// The kind of that name (`link`, `address`, `route`, `rule`, `neighbor`, …); nil where there is none such.
    public init?(named kind: String) {
        // SAFETY: the name lives through the call.
        guard let schema = unsafe sw_netlink_schema_named(kind) else { return nil }
        unsafe self.schema = schema
    }

    /// All kinds that there are.
    public static var all: [MessageSchema] {
        var result: [MessageSchema] = []
        while let schema = unsafe sw_netlink_schema_at(UInt32(result.count)) {
            unsafe result.append(MessageSchema(schema))
        }
        return result
    }

    private init(_ schema: UnsafePointer<sw_netlink_message_schema>) { unsafe self.schema = schema }

    /// `link`.
    public var kind: String { unsafe String(cString: schema.pointee.kind) }
    /// The attributes behind the header.
    public var attributes: AttributeSchema { unsafe AttributeSchema(schema.pointee.attributes) }
    var header: StructureLayout { unsafe StructureLayout(schema.pointee.header) }
    /// Of the fixed header, without padding.
    public var headerSize: Int { header.size }

    /// Decodes all of `body`, as below.
    public func decode(_ body: [UInt8]) throws(NetlinkError) -> DecodedMessage {
        // SAFETY: bytes have no padding, so all of them are set.
        try unsafe decode(body.span.bytes)
    }

    /// Decodes all of `body`, which is what follows the nlmsghdr. A short header is zero-extended where it is one that the
    /// kernel takes, struct rtgenmsg; else it is malformed, as are lengths that do not fit. The error has the offset in `body`.
    public func decode(_ body: borrowing RawSpan) throws(NetlinkError) -> DecodedMessage {
        let layout = header
        var cursor = ByteCursor()
        let count = body.byteCount
        // One byte, or that and its padding.
        guard count >= layout.size || count == 1 || count == aligned(1),
            let fixed = cursor.take(min(count, layout.size), of: body), let family = fixed.first
        else { throw .malformed(.tooShort(count), at: 0) }
        let start = min(count, aligned(layout.size))
        guard let padding = cursor.take(start - fixed.count, of: body) else {
            throw .malformed(.tooShort(count), at: 0)
        }
        var decoder = AttributeDecoder(family: family)
        var message = DecodedMessage(
            kind: kind, header: StructureValue(fixed, layout),
            attributes: try decoder.tree(start..<count, .attributes(attributes), body))
        let usual = aligned(fixed.count) - fixed.count
        if padding.count != usual || padding.contains(where: { $0 != 0 }) { message.padding = padding }
        return message
    }

    public static func == (one: MessageSchema, other: MessageSchema) -> Bool { unsafe one.schema == other.schema }
    public func hash(into hasher: inout Hasher) { unsafe hasher.combine(schema) }
}

/// A message of known kind, with everything in it named.
public struct DecodedMessage: Hashable, Sendable {
    /// `link`.
    public let kind: String
    /// The family's fixed header: `family`, `index`, `flags`, …
    public var header: StructureValue
    public var attributes: AttributeTree
    /// Behind the header, where it is not the usual zeros.
    var padding: [UInt8]?

    init(kind: String, header: StructureValue, attributes: AttributeTree) {
        self.kind = kind
        self.header = header
        self.attributes = attributes
    }

    /// What follows the nlmsghdr, made of the values.
    public func encoded() throws(NetlinkError) -> [UInt8] {
        let first = try header.encoded()
        return first + (padding ?? .init(repeating: 0, count: aligned(first.count) - first.count))
            + (try attributes.encoded())
    }
}
