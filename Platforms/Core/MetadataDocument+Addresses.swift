public import Kernel

extension MetadataDocument {
    public func address(_ key: String) throws(MetadataFault) -> IPAddress? {
        guard let text = try line(key) else { return nil }
        return try address(text, at: place(key))
    }

    public func ipv4(_ key: String) throws(MetadataFault) -> IPv4Address? {
        switch try address(key) {
        case nil: return nil
        case .v4(let address)?: return address
        case .v6?: throw nonsense(key, "this is no IPv4 address")
        }
    }

    public func ipv6(_ key: String) throws(MetadataFault) -> IPv6Address? {
        switch try address(key) {
        case nil: return nil
        case .v6(let address)?: return address
        case .v4?: throw nonsense(key, "this is no IPv6 address")
        }
    }

    /// A list of addresses.
    public func addresses(_ key: String) throws(MetadataFault) -> [IPAddress] {
        var addresses: [IPAddress] = []
        for text in try lines(key) { addresses.append(try address(text, at: place(key))) }
        return addresses
    }

    /// `10.0.0.0/8`.
    public func prefix(_ key: String) throws(MetadataFault) -> IPPrefix? {
        guard let text = try line(key) else { return nil }
        guard let prefix = IPPrefix(text) else { throw nonsense(key, "\(text) is no address block") }
        return prefix
    }

    /// A list of blocks; an address without a length is a block of one.
    public func prefixes(_ key: String) throws(MetadataFault) -> [IPPrefix] {
        var prefixes: [IPPrefix] = []
        for text in try lines(key) {
            guard let prefix = IPPrefix(text) ?? IPAddress(text).map(IPPrefix.init(host:)) else {
                throw nonsense(key, "\(text) is no address block")
            }
            prefixes.append(prefix)
        }
        return prefixes
    }

    /// A mask as the length that it stands for: `255.255.255.0`, `ffff:ffff:ffff:ffff::`.
    public func maskLength(_ key: String) throws(MetadataFault) -> Int? {
        guard let mask = try address(key) else { return nil }
        guard let length = mask.prefixLengthOfMask else { throw nonsense(key, "\(mask) is no mask") }
        return length
    }

    /// `0a:00:27:00:00:01`, with hyphens, or its twelve digits alone. Of an interface: a group's address is none.
    public func mac(_ key: String) throws(MetadataFault) -> MACAddress? {
        guard let text = try line(key) else { return nil }
        let digits = Array(text.utf8)
        let bare = digits.count == 12 ? UInt64(text, radix: 16).map(MACAddress.init(rawValue:)) : nil
        guard let address = MACAddress(text) ?? (digits.first == UInt8(ascii: "+") ? nil : bare), !address.isMulticast,
            address.rawValue != 0
        else { throw nonsense(key, "\(text) is no interface's MAC address") }
        return address
    }

    private func address(_ text: String, at place: String) throws(MetadataFault) -> IPAddress {
        guard let address = IPAddress(text) else { throw .nonsense("\(place): \(text) is no address") }
        return address
    }
}

extension IPAddress {
    /// The prefix length that this is the mask of; nil where its ones are not all on top.
    public var prefixLengthOfMask: Int? {
        switch self {
        case .v4(let address): return address.prefixLengthOfMask
        case .v6(let address):
            let high = (~address.high).leadingZeroBitCount
            let length = high < 64 ? high : 64 + (~address.low).leadingZeroBitCount
            let isWhole = IPPrefix(self, length: length)?.network.address == self
            return isWhole ? length : nil
        }
    }
}
