public import Kernel

/// What a server gave us for a time.
public struct Lease: Hashable, Sendable {
    /// A route that the server wants.
    public struct Route: Hashable, Sendable {
        public let destination: IPPrefix
        /// Nil: the destination is on the link itself.
        public let gateway: IPv4Address?

        public init(destination: IPPrefix, gateway: IPv4Address?) {
            self.destination = destination
            self.gateway = gateway
        }
    }

    /// Our address and its network's prefix (yiaddr, option 1, or the old class's where there is no good mask).
    public let address: IPPrefix
    /// Option 28 where it is in the network, or the network's own; nil for a /31 or /32.
    public let broadcast: IPv4Address?
    /// Option 3; empty where classless routes void it (RFC 3442).
    public let routers: [IPv4Address]
    /// All that is to be set, the default route included: from options 121 or 249, else 33 and the first router.
    public let routes: [Route]
    /// Option 6.
    public let nameServers: [IPv4Address]
    /// Option 15.
    public let domain: String?
    /// Option 119.
    public let searchDomains: [String]
    /// Option 42.
    public let timeServers: [IPv4Address]
    /// Option 26 in bytes; nil where there is none, or one that no IPv4 host need accept (below 576, RFC 791).
    public let maximumTransmissionUnit: UInt16?
    /// Option 12.
    public let hostName: String?
    /// Option 54.
    public let server: IPv4Address
    /// Option 51; nil is for ever.
    public let duration: Duration?
    /// T1, when to ask the server for more: option 58 or half the lease.
    public let renewal: Duration?
    /// T2, when to ask any server: option 59 or seven eighths of the lease.
    public let rebinding: Duration?
    /// When the request that it answers was sent; the times count from then (RFC 2131, section 4.4.1).
    public let start: MonotonicTime

    /// Whether the gateway lies outside our network, so that its route needs the on-link flag.
    public func needsOnLinkFlag(_ route: Route) -> Bool {
        route.gateway.map { !address.contains(.v4($0)) } ?? false
    }

    /// Nil unless the message grants a usable address for a time, and says who grants it.
    init?(_ message: DHCPv4Message, start: MonotonicTime) {
        let options = message.options
        guard message.yourAddress.isUsableByHost, let seconds = options.seconds(.leaseTime), seconds > 0,
            let server = options.address(.serverIdentifier), server.isUsableByHost
        else { return nil }
        let given = options.address(.subnetMask)?.prefixLengthOfMask
        let length = given.flatMap { $0 > 0 ? $0 : nil } ?? message.yourAddress.classfulLength
        guard let address = IPPrefix(.v4(message.yourAddress), length: length) else { return nil }
        self.address = address
        broadcast = address.broadcast.map { own in
            options.address(.broadcastAddress).flatMap { address.contains(.v4($0)) ? $0 : nil } ?? own
        }
        if let classless = options.classlessRoutes {
            routers = []
            routes = classless
        } else {
            routers = options.addresses(.router)
            routes =
                options.classfulRoutes + routers.prefix(1).map { Route(destination: .defaultIPv4, gateway: $0) }
        }
        nameServers = options.addresses(.nameServer)
        domain = options.name(.domainName)
        searchDomains = options.searchDomains
        timeServers = options.addresses(.timeServer)
        maximumTransmissionUnit = options.word(.interfaceMTU).flatMap { $0 >= 576 ? $0 : nil }
        hostName = options.name(.hostName)
        self.server = server
        self.start = start
        if seconds == .max {
            duration = nil
            renewal = nil
            rebinding = nil
        } else {
            let whole = Int64(seconds)
            // T1 before T2 before the end; a server that says otherwise is not believed in either.
            let second = options.seconds(.rebindingTime).map { Int64($0) } ?? whole * 7 / 8
            let first = options.seconds(.renewalTime).map { Int64($0) } ?? min(whole / 2, second)
            let isSound = first > 0 && first <= second && second < whole
            duration = .seconds(whole)
            renewal = .seconds(isSound ? first : whole / 2)
            rebinding = .seconds(isSound ? second : whole * 7 / 8)
        }
    }
}
