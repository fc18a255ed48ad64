/// What a command and a reply travel in over vsock: a ``DataMap`` of these fields (open-vm-tools, tclodefs.h).
enum GuestRPCPacket {
    /// GUESTRPCPKT_FIELD_TYPE, a number: 1 (GUESTRPCPKT_TYPE_DATA) where the packet carries a command or a reply.
    static let typeField: UInt32 = 1
    static let data: Int64 = 1
    /// GUESTRPCPKT_FIELD_PAYLOAD, a string.
    static let payloadField: UInt32 = 2

    /// More than the other fields of a packet take.
    static let overhead = 4_096

    /// A command as it is sent. Nil where it is too long for any packet, which the limit of a command rules out.
    static func request(_ command: [UInt8]) -> [UInt8]? {
        DataMap([.init(typeField, .number(data)), .init(payloadField, .string(command))]).encoded()
    }

    /// The reply in a packet's fields, whatever their order. The host may leave the type out.
    static func reply(in content: [UInt8]) throws(GuestRPCError) -> [UInt8] {
        let map = try DataMap(content: content)
        switch map[typeField] {
        case nil, .number(data): break
        case .number(let type): throw .malformed(.wrongPacketType(type))
        default: throw .malformed(.wrongPacketType(-1))
        }
        guard case .string(let payload) = map[payloadField] else { throw .malformed(.noPayload) }
        return payload
    }
}
