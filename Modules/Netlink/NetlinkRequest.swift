/// A request in the making: its type and flags, the family's fixed header, attributes.
public struct NetlinkRequest: Hashable, Sendable {
    /// What it does, for errors: `set`, `add`.
    public let operation: String
    /// The object, for errors: `link eth0`.
    public var subject: String?
    public let type: UInt16
    public var flags: NetlinkFlags
    /// What follows the nlmsghdr.
    public var body = MessageWriter()

    /// NLM_F_REQUEST is added to `flags`; what else it takes is added where it is sent.
    public init(_ operation: String, _ subject: String? = nil, type: some BinaryInteger, flags: NetlinkFlags = []) {
        self.operation = operation
        self.subject = subject
        self.type = UInt16(truncatingIfNeeded: type)
        self.flags = flags.union(.request)
    }

    /// The same with the family's fixed header written.
    package init<Header: BitwiseCopyable>(
        _ operation: String, _ subject: String? = nil, type: some BinaryInteger, flags: NetlinkFlags = [],
        header: Header
    ) {
        self.init(operation, subject, type: type, flags: flags)
        body.append(header: header)
    }

    /// Writes the datagram behind what `writer` holds. Throws where an attribute outgrew its length field.
    func encode(into writer: inout MessageWriter, sequence: UInt32, port: UInt32) throws(NetlinkError) {
        guard !body.isTooLong, body.bytes.count <= Int(UInt32.max) - NetlinkMessage.headerSize else {
            throw NetlinkError(.malformed(.attributeTooLong), operation: operation, subject: subject)
        }
        let start = writer.startMessage(type: type, flags: flags, sequence: sequence, port: port)
        writer.append(bytes: body.bytes)
        writer.finishMessage(at: start)
    }

    /// The datagram. Throws where an attribute outgrew its length field.
    public func encoded(sequence: UInt32, port: UInt32) throws(NetlinkError) -> [UInt8] {
        var writer = MessageWriter()
        try encode(into: &writer, sequence: sequence, port: port)
        return writer.bytes
    }
}
