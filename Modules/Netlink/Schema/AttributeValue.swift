public import Kernel

/// What an attribute holds, as its schema says that the payload is made. A payload that does not fit is ``bytes(_:)``.
public indirect enum AttributeValue: Hashable, Sendable {
    /// An integer of any width, sign and byte order.
    case integer(AttributeInteger)
    /// Text, and how many NULs followed it: 1 as a rule, 0 where the sender left it out, more in an array of fixed size.
    case text(String, terminators: Int = 1)
    /// An empty payload: being there is the value.
    case flag
    /// As they are: of an attribute that is not known, or whose payload is not of its type.
    case bytes([UInt8])
    /// A link-layer address of any length.
    case hardwareAddress([UInt8])
    /// An IPv4 or IPv6 address.
    case address(IPAddress)
    /// An entry of an MPLS label stack.
    case label(MPLSLabel)
    /// A C struct.
    case structure(StructureValue)
    /// Structs or integers back to back.
    case list([AttributeValue])
    /// Attributes.
    case nest(AttributeTree)
    /// A struct and attributes behind it: the peer of a veth, the options of netem.
    case record(AttributeRecord)
    /// Several such: the nexthops of RTA_MULTIPATH.
    case records([AttributeRecord])
}

/// An integer as it is in a message.
public struct AttributeInteger: Hashable, Sendable {
    /// The value's bits, in the low ones.
    public let bits: UInt64
    /// 1, 2, 4 or 8.
    public let sizeInBytes: Int
    public let isSigned: Bool
    /// Whether it is in network order in the message, and not in the machine's.
    public let isBigEndian: Bool

    public init(_ bits: UInt64, sizeInBytes: Int, isSigned: Bool = false, isBigEndian: Bool = false) {
        self.bits = bits
        self.sizeInBytes = sizeInBytes
        self.isSigned = isSigned
        self.isBigEndian = isBigEndian
    }

    /// Of `bytes`, which are eight at most.
    init(_ bytes: ArraySlice<UInt8>, isSigned: Bool, isBigEndian: Bool) {
        var bits: UInt64 = 0
        if isBigEndian || Self.machineIsBigEndian {
            for byte in bytes { bits = bits << 8 | UInt64(byte) }
        } else {
            for byte in bytes.reversed() { bits = bits << 8 | UInt64(byte) }
        }
        self.init(bits, sizeInBytes: bytes.count, isSigned: isSigned, isBigEndian: isBigEndian)
    }

    /// The value with its sign; nil for an unsigned one past Int64.
    public var signed: Int64? {
        guard isSigned else { return Int64(exactly: bits) }
        let unused = UInt64(max(0, 64 - sizeInBytes * 8))
        return Int64(truncatingIfNeeded: bits << unused) >> Int64(unused)
    }

    var bytes: [UInt8] {
        let lowFirst = (0..<sizeInBytes).map { UInt8(truncatingIfNeeded: bits >> UInt64($0 * 8)) }
        return isBigEndian || Self.machineIsBigEndian ? lowFirst.reversed() : lowFirst
    }

    private static let machineIsBigEndian = UInt16(1).bigEndian == 1
}

/// An entry of an MPLS label stack, RFC 3032 section 2.1.
public struct MPLSLabel: Hashable, Sendable {
    /// All 32 bits.
    public let entry: UInt32
    public init(entry: UInt32) { self.entry = entry }

    /// 20 bits.
    public var label: UInt32 { entry >> 12 }
    /// 3 bits, RFC 5462.
    public var trafficClass: UInt8 { UInt8(truncatingIfNeeded: entry >> 9 & 7) }
    public var isBottomOfStack: Bool { entry & 0x100 != 0 }
    public var timeToLive: UInt8 { UInt8(truncatingIfNeeded: entry) }
}

/// A struct and the attributes behind it.
public struct AttributeRecord: Hashable, Sendable {
    public var header: StructureValue
    public var attributes: AttributeTree
    /// Between the two, where it is not the usual zeros.
    var padding: [UInt8]?

    public init(header: StructureValue, attributes: AttributeTree) {
        self.header = header
        self.attributes = attributes
    }

    func encoded() throws(NetlinkError) -> [UInt8] {
        let first = try header.encoded()
        return first + (padding ?? .init(repeating: 0, count: aligned(first.count) - first.count))
            + (try attributes.encoded())
    }
}

extension AttributeValue {
    /// The payload.
    public func encoded() throws(NetlinkError) -> [UInt8] {
        switch self {
        case .integer(let value): return value.bytes
        case .text(let text, let terminators):
            return Array(text.utf8) + [UInt8](repeating: 0, count: max(0, terminators))
        case .flag: return []
        case .bytes(let bytes), .hardwareAddress(let bytes): return bytes
        case .address(let address): return address.bytes
        case .label(let label):
            return AttributeInteger(UInt64(label.entry), sizeInBytes: 4, isBigEndian: true).bytes
        case .structure(let value): return try value.encoded()
        case .list(let values):
            var bytes: [UInt8] = []
            for value in values { bytes += try value.encoded() }
            return bytes
        case .nest(let tree): return try tree.encoded()
        case .record(let record): return try record.encoded()
        case .records(let records):
            var bytes: [UInt8] = []
            for record in records { bytes += try record.encoded() }
            return bytes
        }
    }

    /// The number, where it is one that an Int64 holds.
    public var integer: Int64? { if case .integer(let value) = self { value.signed } else { nil } }
    /// The attributes inside, where there are some.
    public var nested: AttributeTree? { if case .nest(let tree) = self { tree } else { nil } }
}
