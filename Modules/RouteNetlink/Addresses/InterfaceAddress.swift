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
    /// IFA_ANYCAST, as it was given; the kernel keeps none of IPv4.
    public var anycast: IPAddress?
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
    /// IFA_RT_PRIORITY: the metric of the network's route; 0 leaves it to the kernel.
    public var metric: UInt32
    /// IFA_* that have no field of their own, as they came; they are sent again with the address.
    public var attributes: AttributeSet

    public var isIPv4: Bool { prefix.address.isIPv4 }
    public var family: AddressFamily { AddressFamily(of: prefix.address) }
    /// What the flags say of duplicate address detection.
    public var duplicateDetection: DuplicateDetection {
        flags.contains(.duplicateDetected) ? .failed : flags.contains(.tentative) ? .tentative : .done
    }
    /// IFA_TARGET_NETNSID: the namespace's number, where a list of another namespace was asked for.
    public var namespaceID: Int32? { attributes[IFA_TARGET_NETNSID] }

    /// An address to set. Its scope is what `ip address add` would give it: that of the host for loopback addresses.
    public init(
        linkIndex: Int32, prefix: IPPrefix, peer: IPAddress? = nil, broadcast: IPv4Address? = nil,
        validLifetime: Duration? = nil, preferredLifetime: Duration? = nil, protocol: UInt8 = 0,
        flags: AddressFlags = [], scope: RouteScope? = nil, label: String? = nil, metric: UInt32 = 0
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
        self.metric = metric
        attributes = AttributeSet()
    }

    /// Decodes the body of an RTM_NEWADDR or RTM_DELADDR; nil for a family that is neither IPv4 nor IPv6.
    public init?(_ message: NetlinkMessage, in bytes: borrowing RawSpan) throws(NetlinkError) {
        let header = message.fixedHeader(ifaddrmsg(), in: bytes)
        guard header.ifa_family == UInt8(AF_INET) || header.ifa_family == UInt8(AF_INET6) else { return nil }
        linkIndex = Int32(truncatingIfNeeded: header.ifa_index)
        scope = RouteScope(rawValue: header.ifa_scope)
        flags = AddressFlags(rawValue: UInt32(header.ifa_flags))
        self.protocol = 0
        metric = 0
        attributes = AttributeSet()
        var address: IPAddress?
        var local: IPAddress?
        var cursor = message.attributes(after: MemoryLayout<ifaddrmsg>.size)
        while let attribute = try cursor.next(bytes) {
            switch attribute.type {
            case Int(IFA_ADDRESS): address = try attribute.address(bytes)
            case Int(IFA_LOCAL): local = try attribute.address(bytes)
            case Int(IFA_BROADCAST): if case .v4(let value) = try attribute.address(bytes) { broadcast = value }
            case Int(IFA_ANYCAST): anycast = try attribute.address(bytes)
            case Int(IFA_LABEL): label = try attribute.text(bytes)
            case Int(IFA_FLAGS): flags = AddressFlags(rawValue: try attribute.integer(bytes))
            case Int(IFA_PROTO): self.protocol = try attribute.integer(bytes)
            case Int(IFA_RT_PRIORITY): metric = try attribute.integer(bytes)
            case Int(IFA_CACHEINFO):
                let information = loadPrefix(ifa_cacheinfo(), attribute.payload, of: bytes)
                preferredLifetime = lifetime(information.ifa_prefered)
                validLifetime = lifetime(information.ifa_valid)
            default: try attributes.append(attribute, of: bytes)
            }
        }
        guard let own = local ?? address, own.family == header.ifa_family,
            let prefix = IPPrefix(own, length: Int(header.ifa_prefixlen))
        else {
            throw NetlinkError(.malformed(.tooShort(message.body.count)), operation: "decode", offset: message.offset)
        }
        self.prefix = prefix
        if let address, address != own { peer = address }
    }

    /// Writes the body of an RTM_NEWADDR or RTM_DELADDR.
    func write(into writer: inout MessageWriter) {
        var header = ifaddrmsg()
        let flags = flags.subtracting(.states)
        header.ifa_family = prefix.address.family
        header.ifa_prefixlen = UInt8(truncatingIfNeeded: prefix.length)
        header.ifa_flags = UInt8(truncatingIfNeeded: flags.rawValue)
        header.ifa_scope = scope.rawValue
        header.ifa_index = UInt32(bitPattern: linkIndex)
        writer.append(header: header)
        writer.attribute(IFA_LOCAL, address: prefix.address)
        writer.attribute(IFA_ADDRESS, address: peer ?? prefix.address)
        if let broadcast { writer.attribute(IFA_BROADCAST, address: .v4(broadcast)) }
        if let anycast { writer.attribute(IFA_ANYCAST, address: anycast) }
        if let label { writer.attribute(IFA_LABEL, text: label) }
        if flags.rawValue > 0xff { writer.attribute(IFA_FLAGS, integer: flags.rawValue) }
        if self.protocol != 0 { writer.attribute(IFA_PROTO, integer: self.protocol) }
        if metric != 0 { writer.attribute(IFA_RT_PRIORITY, integer: metric) }
        if validLifetime != nil || preferredLifetime != nil {
            let valid = seconds(validLifetime)
            var information = ifa_cacheinfo()
            information.ifa_valid = valid
            information.ifa_prefered = min(seconds(preferredLifetime), valid)
            writer.attribute(IFA_CACHEINFO, header: information)
        }
        writer.append(attributes.removing([Int(IFA_TARGET_NETNSID)]))
    }

    /// The request that sets or deletes it.
    func request(_ operation: String, type: some BinaryInteger, flags requestFlags: NetlinkFlags) -> NetlinkRequest {
        var request = NetlinkRequest(operation, "address \(prefix)", type: type, flags: requestFlags)
        write(into: &request.body)
        return request
    }
}

/// INFINITY_LIFE_TIME of the kernel (net/addrconf.h, not in the UAPI): an address without an end.
private let forever = UInt32.max

private func lifetime(_ seconds: UInt32) -> Duration? { seconds == forever ? nil : .seconds(Int64(seconds)) }

/// Whole seconds; what is too long for the field is for ever.
private func seconds(_ lifetime: Duration?) -> UInt32 {
    lifetime.map { UInt32(clamping: $0.components.seconds) } ?? forever
}
