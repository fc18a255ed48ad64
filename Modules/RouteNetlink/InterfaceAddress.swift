internal import CKernel
public import Kernel
public import Netlink

/// An address of an interface: struct ifaddrmsg and IFA_* attributes (linux/if_addr.h).
public struct InterfaceAddress: Hashable, Sendable {
    /// The interface's number.
    public var linkIndex: Int32
    /// Our own address and its network: `10.0.0.2/24`. With a ``peer``, the length is of the peer's network.
    public var prefix: IPPrefix
    /// The other end of a point-to-point interface (IFA_ADDRESS where it differs from IFA_LOCAL).
    public var peer: IPAddress?
    /// IFA_BROADCAST, IPv4 only. Nil sets none: the kernel does not make one up.
    public var broadcast: IPv4Address?
    /// After that the kernel removes it; nil is never. Whole seconds (struct ifa_cacheinfo).
    public var validLifetime: Duration?
    /// After that it is deprecated; nil is never. No longer than the valid one.
    public var preferredLifetime: Duration?
    /// IFA_PROTO, which says who set it (Linux 5.18; an older kernel forgets it); 0 says nothing.
    public var `protocol`: UInt8
    /// IFA_FLAGS.
    public var flags: AddressFlags
    /// RT_SCOPE_*.
    public var scope: RouteScope
    /// IFA_LABEL, IPv4 only: the interface's name unless someone gave another. Nil leaves it to the kernel.
    public var label: String?

    /// An address to set. Its scope is what `ip address add` would give it: that of the host for loopback addresses.
    public init(
        linkIndex: Int32, prefix: IPPrefix, peer: IPAddress? = nil, broadcast: IPv4Address? = nil,
        validLifetime: Duration? = nil, preferredLifetime: Duration? = nil, protocol: UInt8 = 0,
        flags: AddressFlags = [], scope: RouteScope? = nil, label: String? = nil
    ) {
        self.linkIndex = linkIndex
        self.prefix = prefix
        self.peer = peer
        self.broadcast = broadcast
        self.validLifetime = validLifetime
        self.preferredLifetime = preferredLifetime
        self.protocol = `protocol`
        self.flags = flags
        self.scope = scope ?? (prefix.address.isLoopback ? .host : .universe)
        self.label = label
    }

    /// Decodes the body of an RTM_NEWADDR or RTM_DELADDR; nil for a family that is neither IPv4 nor IPv6.
    public init?(_ message: NetlinkMessage, in bytes: borrowing RawSpan) throws(NetlinkError) {
        let header = message.fixedHeader(ifaddrmsg(), in: bytes)
        guard header.ifa_family == UInt8(AF_INET) || header.ifa_family == UInt8(AF_INET6) else { return nil }
        linkIndex = Int32(truncatingIfNeeded: header.ifa_index)
        scope = RouteScope(rawValue: header.ifa_scope)
        flags = AddressFlags(rawValue: UInt32(header.ifa_flags))
        self.protocol = 0
        var address: IPAddress?
        var local: IPAddress?
        var attributes = message.attributes(after: MemoryLayout<ifaddrmsg>.size)
        while let attribute = try attributes.next(bytes) {
            switch attribute.type {
            case Int(IFA_ADDRESS): address = try attribute.address(bytes)
            case Int(IFA_LOCAL): local = try attribute.address(bytes)
            case Int(IFA_BROADCAST): if case .v4(let value) = try attribute.address(bytes) { broadcast = value }
            case Int(IFA_LABEL): label = try attribute.text(bytes)
            case Int(IFA_FLAGS): flags = AddressFlags(rawValue: try attribute.integer(bytes))
            case Int(IFA_PROTO): self.protocol = try attribute.integer(bytes)
            case Int(IFA_CACHEINFO):
                // struct ifa_cacheinfo: preferred, then valid, in seconds.
                let both: UInt64 = try attribute.integer(bytes)
                let first = UInt32(truncatingIfNeeded: UInt16(1).littleEndian == 1 ? both : both >> 32)
                let second = UInt32(truncatingIfNeeded: UInt16(1).littleEndian == 1 ? both >> 32 : both)
                preferredLifetime = lifetime(first)
                validLifetime = lifetime(second)
            default: break
            }
        }
        guard let own = local ?? address, let prefix = IPPrefix(own, length: Int(header.ifa_prefixlen)) else {
            throw NetlinkError(.malformed(.tooShort(message.body.count)), operation: "decode", offset: message.offset)
        }
        self.prefix = prefix
        if let address, address != own { peer = address }
    }

    /// The request that sets or deletes it.
    func request(_ operation: String, type: some BinaryInteger, flags requestFlags: NetlinkFlags) -> NetlinkRequest {
        var request = NetlinkRequest(operation, "address \(prefix)", type: type, flags: requestFlags)
        var header = ifaddrmsg()
        header.ifa_family = prefix.address.family
        header.ifa_prefixlen = UInt8(prefix.length)
        header.ifa_flags = UInt8(truncatingIfNeeded: flags.rawValue)
        header.ifa_scope = scope.rawValue
        header.ifa_index = UInt32(bitPattern: linkIndex)
        request.body.append(header: header)
        request.body.attribute(IFA_LOCAL, bytes: prefix.address.bytes)
        request.body.attribute(IFA_ADDRESS, bytes: (peer ?? prefix.address).bytes)
        if let broadcast { request.body.attribute(IFA_BROADCAST, bytes: broadcast.bytes) }
        if let label { request.body.attribute(IFA_LABEL, text: label) }
        if flags.rawValue > 0xff { request.body.attribute(IFA_FLAGS, integer: flags.rawValue) }
        if self.protocol != 0 { request.body.attribute(IFA_PROTO, integer: self.protocol) }
        if validLifetime != nil || preferredLifetime != nil {
            let valid = seconds(validLifetime)
            var information = ifa_cacheinfo()
            information.ifa_valid = valid
            information.ifa_prefered = min(seconds(preferredLifetime), valid)
            request.body.attribute(IFA_CACHEINFO, header: information)
        }
        return request
    }
}

/// IFA_F_* (linux/if_addr.h).
public struct AddressFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// IFA_F_NODAD: use at once, without duplicate address detection.
    public static let noDuplicateDetection = AddressFlags(rawValue: UInt32(IFA_F_NODAD))
    /// IFA_F_DADFAILED: another host has it.
    public static let duplicateDetected = AddressFlags(rawValue: UInt32(IFA_F_DADFAILED))
    /// IFA_F_DEPRECATED: its preferred lifetime has passed.
    public static let deprecated = AddressFlags(rawValue: UInt32(IFA_F_DEPRECATED))
    /// IFA_F_TENTATIVE: detection is under way.
    public static let tentative = AddressFlags(rawValue: UInt32(IFA_F_TENTATIVE))
    /// IFA_F_PERMANENT: no lifetime.
    public static let permanent = AddressFlags(rawValue: UInt32(IFA_F_PERMANENT))
    /// IFA_F_SECONDARY: another address of the same network came first.
    public static let secondary = AddressFlags(rawValue: UInt32(IFA_F_SECONDARY))
    /// IFA_F_NOPREFIXROUTE: the kernel makes no route for the network.
    public static let noPrefixRoute = AddressFlags(rawValue: UInt32(IFA_F_NOPREFIXROUTE))
}

extension IPAddress {
    /// AF_INET or AF_INET6.
    var family: UInt8 { isIPv4 ? UInt8(AF_INET) : UInt8(AF_INET6) }
}

/// INFINITY_LIFE_TIME of the kernel (net/addrconf.h, not in the UAPI): an address without an end.
private let forever = UInt32.max

private func lifetime(_ seconds: UInt32) -> Duration? { seconds == forever ? nil : .seconds(Int64(seconds)) }

/// Whole seconds; what is too long for the field is for ever.
private func seconds(_ lifetime: Duration?) -> UInt32 {
    lifetime.map { UInt32(clamping: $0.components.seconds) } ?? forever
}
