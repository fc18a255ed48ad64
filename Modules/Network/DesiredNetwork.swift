public import Kernel

/// The network that a machine is to have: a value, whoever wrote it. Schema: `Documentation/Network.md`.
///
/// Interfaces are known by their MAC address; what the kernel numbers or names them is decided elsewhere. The words are those of
/// `ip`.
public struct DesiredNetwork: Hashable, Sendable {
    public var interfaces: [Interface] = []
    public var hostName: String?
    /// For the whole machine; an interface may have its own beside them.
    public var nameServers: [IPAddress] = []
    public var searchDomains: [String] = []
    /// Names or addresses.
    public var timeServers: [String] = []

    public init() {}

    /// What a link is.
    public enum Kind: Hashable, Sendable {
        /// A device that is there, and has the interface's MAC address.
        case physical
        /// Of the interfaces with these names or MAC addresses.
        case bond(members: [String], options: [String: String])
        /// On the interface of that name or MAC address.
        case vlan(id: Int, link: String)
        case bridge(members: [String])
    }

    public struct Interface: Hashable, Sendable {
        public var kind = Kind.physical
        /// Of the device to look for; of a virtual link, the address to set, nil for the kernel's choice.
        public var mac: MACAddress?
        /// What it is called, or is to be called; nil for the kernel's choice.
        public var name: String?
        /// In bytes.
        public var mtu: Int?
        /// Ask for a lease.
        public var dhcp4 = false
        public var dhcp6 = false
        /// Take addresses and routers from router advertisements; nil for the kernel's default.
        public var acceptsRouterAdvertisements: Bool?
        /// Of DHCP's routes and of those of router advertisements; nil for the default.
        public var metric: Int?
        /// With the prefix length of the network; the first of a family is the one that packets leave with.
        public var addresses: [IPPrefix] = []
        /// Delegated to the machine: all addresses in it are its own to give away.
        public var prefixes: [IPPrefix] = []
        public var routes: [Route] = []
        public var rules: [Rule] = []
        public var nameServers: [IPAddress] = []
        public var searchDomains: [String] = []
        /// The machine is up without it.
        public var isOptional = false

        public init(mac: MACAddress? = nil) { self.mac = mac }
    }

    /// A route of an interface, in `ip route`'s words.
    public struct Route: Hashable, Sendable {
        public enum RouteType: String, Hashable, Sendable, CaseIterable {
            case unicast, local, blackhole, unreachable, prohibit
        }
        public var type = RouteType.unicast
        /// The default route has length 0.
        public var destination: IPPrefix
        /// Nil where the destination is on the link.
        public var gateway: IPAddress?
        /// Nil for the main table, 254 (`local`: 255).
        public var table: Int?
        public var metric: Int?
        public var preferredSource: IPAddress?
        /// The gateway is on the link, whatever its addresses say (`onlink`).
        public var isOnLink = false
        public var mtu: Int?

        public init(_ destination: IPPrefix, via gateway: IPAddress? = nil) {
            self.destination = destination
            self.gateway = gateway
        }
    }

    /// A rule of the policy routing, in `ip rule`'s words.
    public struct Rule: Hashable, Sendable {
        public var source: IPPrefix?
        public var destination: IPPrefix?
        public var table: Int
        /// Nil for the kernel's choice.
        public var priority: Int?

        public init(from source: IPPrefix? = nil, to destination: IPPrefix? = nil, table: Int, priority: Int? = nil) {
            self.source = source
            self.destination = destination
            self.table = table
            self.priority = priority
        }
    }
}
