internal import CKernel

/// A request in the making: header, the family's fixed header, attributes, each padded to four bytes.
public struct NetlinkRequest: Hashable, Sendable {
    /// What it does, for errors: `set`, `add`.
    public let operation: String
    /// The object, for errors: `link eth0`.
    public var subject: String?
    public let type: UInt16
    public var flags: NetlinkFlags
    /// After the nlmsghdr.
    public private(set) var body: [UInt8] = []
    private var isTooLong = false

    /// NLM_F_REQUEST is added to `flags`; what else it takes is added where it is sent.
    public init(_ operation: String, _ subject: String? = nil, type: some BinaryInteger, flags: NetlinkFlags = []) {
        self.operation = operation
        self.subject = subject
        self.type = UInt16(truncatingIfNeeded: type)
        self.flags = flags.union(.request)
    }

    /// Appends a C struct, as the family's fixed header is one.
    package mutating func append<Header: BitwiseCopyable>(header: Header) {
        // SAFETY: the bytes of a local value; the structs of linux/rtnetlink.h have named padding, so all are set.
        append(bytes: unsafe withUnsafeBytes(of: header) { unsafe Array($0) })
    }

    /// Appends bytes as they are, and padding to four.
    public mutating func append(bytes: [UInt8]) {
        body += bytes
        body += repeatElement(0, count: aligned(body.count) - body.count)
    }

    /// Appends an attribute.
    public mutating func attribute(_ type: some BinaryInteger, bytes: [UInt8]) {
        let length = NetlinkAttribute.headerSize + bytes.count
        isTooLong = isTooLong || length > Int(UInt16.max)
        append(integer: UInt16(truncatingIfNeeded: length))
        append(integer: UInt16(truncatingIfNeeded: type))
        append(bytes: bytes)
    }

    /// Appends an attribute that is an integer in the machine's order.
    public mutating func attribute<Value: FixedWidthInteger>(_ type: some BinaryInteger, integer: Value) {
        attribute(type, bytes: nativeBytes(of: integer))
    }

    /// Appends an attribute that is a C struct, and what follows it.
    package mutating func attribute<Header: BitwiseCopyable>(
        _ type: some BinaryInteger, header: Header, then bytes: [UInt8] = []
    ) {
        // SAFETY: as above.
        attribute(type, bytes: unsafe withUnsafeBytes(of: header) { unsafe Array($0) } + bytes)
    }

    /// Appends an attribute that is text, with its NUL.
    public mutating func attribute(_ type: some BinaryInteger, text: String) {
        attribute(type, bytes: Array(text.utf8) + [0])
    }

    /// Appends an attribute marked as nested, with what `content` appends inside.
    public mutating func nest(_ type: UInt16, _ content: (inout NetlinkRequest) -> Void) {
        let start = body.count
        append(integer: UInt16(0))
        append(integer: type | UInt16(truncatingIfNeeded: NLA_F_NESTED))
        content(&self)
        let length = body.count - start
        isTooLong = isTooLong || length > Int(UInt16.max)
        body.replaceSubrange(start..<start + 2, with: nativeBytes(of: UInt16(truncatingIfNeeded: length)))
    }

    /// The datagram. Throws where an attribute outgrew its length field.
    public func encoded(sequence: UInt32, port: UInt32) throws(NetlinkError) -> [UInt8] {
        if isTooLong { throw NetlinkError(.malformed(.attributeTooLong), operation: operation, subject: subject) }
        var result: [UInt8] = []
        result.reserveCapacity(NetlinkMessage.headerSize + body.count)
        result += nativeBytes(of: UInt32(truncatingIfNeeded: NetlinkMessage.headerSize + body.count))
        result += nativeBytes(of: type)
        result += nativeBytes(of: flags.rawValue)
        result += nativeBytes(of: sequence)
        result += nativeBytes(of: port)
        return result + body
    }

    private mutating func append(integer: UInt16) { body += nativeBytes(of: integer) }
}

/// The bytes of an integer in the machine's order, by shifts rather than through a pointer.
private func nativeBytes<Value: FixedWidthInteger>(of value: Value) -> [UInt8] {
    let lowFirst = (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    return UInt16(1).littleEndian == 1 ? lowFirst : lowFirst.reversed()
}
