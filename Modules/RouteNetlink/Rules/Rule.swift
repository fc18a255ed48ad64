internal import CKernel
public import Kernel
public import Netlink

/// A rule that says which table a packet's route is looked up in: struct fib_rule_hdr and FRA_* attributes (linux/fib_rules.h).
public struct Rule: Hashable, Sendable {
    /// IPv4 or IPv6; the multicast routing families are listed too.
    public var family: AddressFamily
    /// FRA_PRIORITY: rules are asked from the lowest on. Nil leaves it to the kernel, which puts the rule before the others.
    public var priority: UInt32?
    /// FRA_SRC; nil is all.
    public var source: IPPrefix?
    /// FRA_DST; nil is all.
    public var destination: IPPrefix?
    /// FRA_IIFNAME: by name, for it need not be there yet.
    public var inputLink: String?
    /// FRA_OIFNAME: of packets whose socket is bound to that link.
    public var outputLink: String?
    /// FRA_FWMARK.
    public var mark: UInt32?
    /// FRA_FWMASK: which bits of the mark count; nil is all.
    public var markMask: UInt32?
    /// tos of the header; 0 is all.
    public var typeOfService: UInt8 = 0
    /// FIB_RULE_INVERT: for packets that do not match.
    public var isInverted = false
    /// FRA_IP_PROTO: a number of IANA's.
    public var ipProtocol: UInt8?
    /// FRA_SPORT_RANGE.
    public var sourcePorts: ClosedRange<UInt16>?
    /// FRA_DPORT_RANGE.
    public var destinationPorts: ClosedRange<UInt16>?
    /// FRA_UID_RANGE: of the socket's user.
    public var userIDs: ClosedRange<UInt32>?
    /// FRA_TUN_ID: the key of the tunnel that the packet came by.
    public var tunnelID: UInt64?
    /// FRA_L3MDEV: the table is that of the packet's VRF.
    public var isOfL3Master = false

    public var action: RuleAction
    /// FRA_TABLE.
    public var table: UInt32
    /// FRA_GOTO: the priority to go on at.
    public var target: UInt32?
    /// FRA_SUPPRESS_PREFIXLEN: routes with prefixes as short as that, or shorter, do not count; nil lets all count.
    public var suppressedPrefixLength: Int32?
    /// FRA_SUPPRESS_IFGROUP: routes by links of that group do not count.
    public var suppressedGroup: UInt32?
    /// FRA_FLOW, IPv4.
    public var realms: RouteRealms?
    /// FRA_PROTOCOL.
    public var `protocol`: RouteProtocol
    /// What the kernel says of it.
    public var flags: RuleFlags = []
    /// FRA_* that have no field of their own, as they came; they are sent again with the rule.
    public var attributes = AttributeSet()

    /// A rule to set: without conditions it is for all packets.
    public init(
        family: AddressFamily = .ipv4, priority: UInt32? = nil, action: RuleAction = .lookup,
        table: UInt32 = Route.mainTable, protocol: RouteProtocol = .unspecified
    ) {
        self.family = family
        self.priority = priority
        self.action = action
        self.table = action == .lookup ? table : 0
        self.protocol = `protocol`
    }

    /// Decodes the body of an RTM_NEWRULE or RTM_DELRULE.
    public init(_ message: NetlinkMessage, in bytes: borrowing RawSpan) throws(NetlinkError) {
        let header = message.fixedHeader(fib_rule_hdr(), in: bytes)
        family = AddressFamily(rawValue: header.family)
        typeOfService = header.tos
        action = RuleAction(rawValue: header.action)
        table = UInt32(header.table)
        self.protocol = .unspecified
        // The kernel leaves out a 0.
        priority = 0
        let all = RuleFlags(rawValue: header.flags)
        isInverted = all.contains(.inverted)
        flags = all.subtracting(.inverted)
        var cursor = message.attributes(after: MemoryLayout<fib_rule_hdr>.size)
        while let attribute = try cursor.next(bytes) {
            switch attribute.type {
            case Int(FRA_SRC): source = try prefix(attribute, header.src_len, bytes)
            case Int(FRA_DST): destination = try prefix(attribute, header.dst_len, bytes)
            case Int(FRA_IIFNAME): inputLink = try attribute.text(bytes)
            case Int(FRA_OIFNAME): outputLink = try attribute.text(bytes)
            case Int(FRA_PRIORITY): priority = try attribute.integer(bytes)
            case Int(FRA_GOTO): target = try attribute.integer(bytes)
            case Int(FRA_FWMARK): mark = try attribute.integer(bytes)
            case Int(FRA_FWMASK): markMask = try attribute.integer(bytes)
            case Int(FRA_FLOW): realms = RouteRealms(try attribute.integer(bytes, as: UInt32.self))
            case Int(FRA_TUN_ID): tunnelID = try attribute.bigEndian(bytes)
            case Int(FRA_TABLE): table = try attribute.integer(bytes)
            case Int(FRA_SUPPRESS_IFGROUP):
                let group: UInt32 = try attribute.integer(bytes)
                suppressedGroup = group == .max ? nil : group
            case Int(FRA_SUPPRESS_PREFIXLEN):
                let length: Int32 = try attribute.integer(bytes)
                suppressedPrefixLength = length < 0 ? nil : length
            case Int(FRA_L3MDEV): isOfL3Master = try attribute.integer(bytes, as: UInt8.self) != 0
            case Int(FRA_PROTOCOL): self.protocol = RouteProtocol(rawValue: try attribute.integer(bytes))
            case Int(FRA_IP_PROTO): ipProtocol = try attribute.integer(bytes)
            case Int(FRA_UID_RANGE):
                userIDs = try range(attribute, bytes, loadPrefix(fib_rule_uid_range(), attribute.payload, of: bytes)) {
                    ($0.start, $0.end)
                }
            case Int(FRA_SPORT_RANGE): sourcePorts = try ports(attribute, bytes)
            case Int(FRA_DPORT_RANGE): destinationPorts = try ports(attribute, bytes)
            case Int(FRA_PAD): break
            default: try attributes.append(attribute, of: bytes)
            }
        }
    }

    /// For errors: `priority 100 from 10.0.0.0/8`.
    package var words: String {
        var parts: [String] = []
        if let priority { parts.append("priority \(priority)") }
        if let source { parts.append("from \(source)") }
        if let destination { parts.append("to \(destination)") }
        if let inputLink { parts.append("iif \(inputLink)") }
        if let mark { parts.append("fwmark \(mark)") }
        if action == .lookup, table != 0 { parts.append("lookup \(table)") }
        return parts.isEmpty ? "from all" : parts.joined(separator: " ")
    }
}

private func prefix(
    _ attribute: NetlinkAttribute, _ length: UInt8, _ bytes: borrowing RawSpan
) throws(NetlinkError) -> IPPrefix {
    guard let prefix = IPPrefix(try attribute.address(bytes), length: Int(length)) else {
        throw NetlinkError(
            .malformed(.tooShort(attribute.payload.count)), operation: "decode", offset: attribute.offset)
    }
    return prefix
}

private func ports(
    _ attribute: NetlinkAttribute, _ bytes: borrowing RawSpan
) throws(NetlinkError) -> ClosedRange<UInt16> {
    try range(attribute, bytes, loadPrefix(fib_rule_port_range(), attribute.payload, of: bytes)) { ($0.start, $0.end) }
}

/// Of a struct with a first and a last; a last below the first is no range.
private func range<Value, Number: Comparable>(
    _ attribute: NetlinkAttribute, _ bytes: borrowing RawSpan, _ value: Value, _ ends: (Value) -> (Number, Number)
) throws(NetlinkError) -> ClosedRange<Number> {
    let (first, last) = ends(value)
    guard first <= last, attribute.payload.count >= MemoryLayout<Value>.size else {
        throw NetlinkError(
            .malformed(.tooShort(attribute.payload.count)), operation: "decode", offset: attribute.offset)
    }
    return first...last
}
