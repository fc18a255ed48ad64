internal import Kernel

/// The options of a message by code, in the order in which each code came first (RFC 2132).
public struct DHCPv4Options: Hashable, Sendable {
    /// A code of the registry at iana.org/assignments/bootp-dhcp-parameters.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        init(_ rawValue: UInt8) { self.rawValue = rawValue }

        public static let subnetMask = Code(1)
        public static let router = Code(3)
        public static let nameServer = Code(6)
        public static let hostName = Code(12)
        public static let domainName = Code(15)
        public static let interfaceMTU = Code(26)
        public static let broadcastAddress = Code(28)
        public static let staticRoute = Code(33)
        public static let timeServer = Code(42)
        public static let requestedAddress = Code(50)
        public static let leaseTime = Code(51)
        public static let overload = Code(52)
        public static let messageType = Code(53)
        public static let serverIdentifier = Code(54)
        public static let parameterRequestList = Code(55)
        public static let message = Code(56)
        public static let maximumMessageSize = Code(57)
        public static let renewalTime = Code(58)
        public static let rebindingTime = Code(59)
        public static let vendorClass = Code(60)
        public static let clientIdentifier = Code(61)
        /// RFC 4039.
        public static let rapidCommit = Code(80)
        /// RFC 3397.
        public static let domainSearch = Code(119)
        /// RFC 3442.
        public static let classlessRoutes = Code(121)
        /// The same from before the RFC, still what some servers send.
        public static let microsoftClasslessRoutes = Code(249)
    }

    private var values: [UInt8: [UInt8]] = [:]
    private var order: [UInt8] = []

    public init() {}

    /// The codes that there are, in order.
    public var codes: [Code] { order.map { Code($0) } }

    /// The value of an option, parts joined; nil where there is none. An empty value is there.
    public subscript(_ code: Code) -> [UInt8]? {
        get { values[code.rawValue] }
        set {
            if newValue == nil { order.removeAll { $0 == code.rawValue } }
            if newValue != nil, values[code.rawValue] == nil { order.append(code.rawValue) }
            values[code.rawValue] = newValue
        }
    }

    /// Takes up the options of one field. The parts of one that comes more than once are joined (RFC 3396); 0 is padding, 255
    /// the end, and its absence is no error.
    mutating func append(field: some Collection<UInt8>, at offset: Int) throws(DHCPError) {
        let field = Array(field)
        var position = 0
        while position < field.count {
            let code = field[position]
            position += 1
            if code == 0 { continue }
            if code == 255 { return }
            guard position < field.count, Int(field[position]) < field.count - position else {
                throw .malformed(.optionPastEnd, at: offset + position - 1)
            }
            let end = position + 1 + Int(field[position])
            if values[code] == nil { order.append(code) }
            values[code, default: []] += field[position + 1..<end]
            position = end
        }
    }

    /// The options field with its end mark; what is longer than 255 bytes goes in parts (RFC 3396).
    var encoded: [UInt8] {
        var result: [UInt8] = []
        for code in order where code != 0 && code != 255 {
            var rest = (values[code] ?? [])[...]
            repeat {
                let part = rest.prefix(255)
                result += [code, UInt8(truncatingIfNeeded: part.count)] + part
                rest = rest.dropFirst(255)
            } while !rest.isEmpty
        }
        return result + [255]
    }
}
