public import Kernel

/// A DHCPv4 message (RFC 2131, section 2).
public struct DHCPv4Message: Hashable, Sendable {
    /// op: who speaks.
    public enum Operation: UInt8, Hashable, Sendable {
        case request = 1
        case reply = 2
    }

    /// Option 53 (RFC 2132, section 9.6).
    public enum MessageType: UInt8, Hashable, Sendable {
        case discover = 1
        case offer = 2
        case request = 3
        case decline = 4
        case acknowledgement = 5
        case refusal = 6
        case release = 7
        case inform = 8
    }

    public var operation: Operation
    /// xid: pairs a reply with its request.
    public var transaction: UInt32
    /// secs: since the client began to acquire or renew.
    public var seconds: UInt16
    /// The top bit of flags: the client can take broadcasts alone.
    public var wantsBroadcast: Bool
    /// ciaddr: an address that the client has and answers for.
    public var clientAddress: IPv4Address
    /// yiaddr: the address that the client gets.
    public var yourAddress: IPv4Address
    /// siaddr: the next server of a network boot.
    public var nextServer: IPv4Address
    /// giaddr: the relay's.
    public var relay: IPv4Address
    /// chaddr: of Ethernet, which is what we speak (htype 1, hlen 6).
    public var hardwareAddress: MACAddress
    /// sname as text, unless options were in it.
    public var serverName: String
    /// file as text, unless options were in it.
    public var bootFile: String
    public var options: DHCPv4Options

    /// Offset of the options field, behind the cookie.
    static let optionsOffset = 240
    /// 99.130.83.99.
    static let cookie: [UInt8] = [99, 130, 83, 99]
    private static let serverNameField = 44..<108
    private static let bootFileField = 108..<236

    public init(
        _ operation: Operation, transaction: UInt32, hardwareAddress: MACAddress, seconds: UInt16 = 0,
        wantsBroadcast: Bool = false, clientAddress: IPv4Address = .any, yourAddress: IPv4Address = .any,
        nextServer: IPv4Address = .any, relay: IPv4Address = .any, serverName: String = "", bootFile: String = "",
        options: DHCPv4Options = DHCPv4Options()
    ) {
        self.operation = operation
        self.transaction = transaction
        self.hardwareAddress = hardwareAddress
        self.seconds = seconds
        self.wantsBroadcast = wantsBroadcast
        self.clientAddress = clientAddress
        self.yourAddress = yourAddress
        self.nextServer = nextServer
        self.relay = relay
        self.serverName = serverName
        self.bootFile = bootFile
        self.options = options
    }

    /// Option 53, where it has a meaning.
    public var type: MessageType? {
        get { options[.messageType].flatMap { $0.count == 1 ? MessageType(rawValue: $0[0]) : nil } }
        set { options[.messageType] = newValue.map { [$0.rawValue] } }
    }

    /// Decodes a UDP payload. Options that overload the `file` and `sname` fields are taken up after the others, in this order.
    public init(decoding bytes: some Collection<UInt8>) throws(DHCPError) {
        let bytes = Array(bytes)
        guard bytes.count >= Self.optionsOffset else { throw .malformed(.truncated, at: bytes.count) }
        guard Array(bytes[236..<240]) == Self.cookie else { throw .malformed(.badCookie, at: 236) }
        guard let operation = Operation(rawValue: bytes[0]), bytes[1] == 1, bytes[2] == 6,
            let hardware = MACAddress(bytes: bytes[28..<34])
        else { throw .malformed(.truncated, at: 0) }
        func word(_ offset: Int) -> UInt32 { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) } }
        var options = DHCPv4Options()
        try options.append(field: bytes[Self.optionsOffset...], at: Self.optionsOffset)
        // Only the first field may say so; an overload inside an overloaded field has no meaning.
        let overload = options[.overload]?.first ?? 0
        if overload & 1 != 0 { try options.append(field: bytes[Self.bootFileField], at: 108) }
        if overload & 2 != 0 { try options.append(field: bytes[Self.serverNameField], at: 44) }
        options[.overload] = nil
        self.init(
            operation, transaction: word(4), hardwareAddress: hardware,
            seconds: UInt16(truncatingIfNeeded: word(8) >> 16),
            wantsBroadcast: word(8) & 0x8000 != 0, clientAddress: IPv4Address(rawValue: word(12)),
            yourAddress: IPv4Address(rawValue: word(16)), nextServer: IPv4Address(rawValue: word(20)),
            relay: IPv4Address(rawValue: word(24)),
            serverName: overload & 2 != 0 ? "" : Self.text(bytes[Self.serverNameField]),
            bootFile: overload & 1 != 0 ? "" : Self.text(bytes[Self.bootFileField]), options: options)
    }

    private static func text(_ field: ArraySlice<UInt8>) -> String {
        String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The UDP payload: at least 300 bytes, which some servers and relays of BOOTP's days want. Names too long are cut.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = [operation.rawValue, 1, 6, 0]
        bytes += bigEndian(transaction)
        bytes += bigEndian(UInt32(seconds) << 16 | (wantsBroadcast ? 0x8000 : 0))
        for address in [clientAddress, yourAddress, nextServer, relay] { bytes += address.bytes }
        bytes += hardwareAddress.bytes + [UInt8](repeating: 0, count: 10)
        bytes += Self.field(serverName, Self.serverNameField.count) + Self.field(bootFile, Self.bootFileField.count)
        bytes += Self.cookie + options.encoded
        return bytes + [UInt8](repeating: 0, count: max(0, 300 - bytes.count))
    }

    private static func field(_ text: String, _ size: Int) -> [UInt8] {
        let bytes = Array(text.utf8.prefix(size - 1))
        return bytes + [UInt8](repeating: 0, count: size - bytes.count)
    }
}

/// In network order.
func bigEndian(_ value: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
/// In network order.
func bigEndian(_ value: UInt16) -> [UInt8] {
    [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
}
