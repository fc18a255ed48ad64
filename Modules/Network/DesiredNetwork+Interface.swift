public import Kernel

extension DesiredNetwork {
    public struct Interface: Hashable, Sendable {
        public var kind = Kind.physical
        /// Of the device to look for; of a virtual link, the address to set, nil for the kernel's choice.
        public var mac: MACAddress?
        /// What it is called, or is to be called; nil for the kernel's choice. Of a physical interface without ``mac`` and ``match``
        /// it is what the device is found by; with either of them the device that was found is renamed.
        public var name: String?
        /// What `members`, `link` and `primary` of other interfaces call it; nil where that is its name or MAC address.
        public var reference: String?
        /// Finds devices by more than a MAC address; a device has to fit it and ``mac``. Several may fit: they are alike then.
        public var match: Match?
        /// The address that the device is to get, where it is not to keep its own. Of a virtual link ``mac`` says it.
        public var newMAC: MACAddress?
        /// In bytes.
        public var mtu: Int?
        /// Of IPv6 alone, in bytes.
        public var ipv6MTU: Int?
        /// Ask for a lease.
        public var dhcp4 = false
        public var dhcp6 = false
        /// What is taken from leases; it counts where they are asked for.
        public var dhcp4Options = LeaseOptions()
        public var dhcp6Options = LeaseOptions()
        /// Take addresses and routers from router advertisements; nil for the kernel's default.
        public var acceptsRouterAdvertisements: Bool?
        /// What is taken from router advertisements.
        public var advertisementOptions = LeaseOptions()
        /// Of DHCP's routes and of those of router advertisements; nil for the default. ``LeaseOptions/metric`` goes before it.
        public var metric: Int?
        /// With the prefix length of the network; the first of a family is the one that packets leave with.
        public var addresses: [IPPrefix] = []
        /// Of some of ``addresses``, as `ip address … label` has it.
        public var addressLabels: [IPPrefix: String] = [:]
        /// Those of ``addresses`` that no new connection is to leave with (`preferred_lft 0`).
        public var deprecatedAddresses: Set<IPPrefix> = []
        /// Delegated to the machine: all addresses in it are its own to give away.
        public var prefixes: [IPPrefix] = []
        public var routes: [Route] = []
        public var rules: [Rule] = []
        public var nameServers: [IPAddress] = []
        public var searchDomains: [String] = []
        /// The families in which it makes itself a link-local address; nil for IPv6 alone.
        public var linkLocal: Set<Family>?
        /// Use addresses that change (RFC 8981), and prefer them; nil for the kernel's default.
        public var usesTemporaryAddresses: Bool?
        /// How IPv6's interface identifiers are made; nil for the kernel's default.
        public var addressGeneration: AddressGeneration?
        /// The machine is up without it.
        public var isOptional = false
        /// Configure it without a carrier, too.
        public var ignoresCarrier = false
        public var activation = Activation.up
        /// As a member of a bridge: words of `ip link … type bridge_slave`.
        public var portOptions: [String: String] = [:]
        /// Wake up by a magic packet; nil for the device's setting.
        public var wakesByMagicPacket: Bool?
        /// Ethtool's features, by its names (`tx-tcp-segmentation`).
        public var features: [String: Bool] = [:]

        public init(mac: MACAddress? = nil) { self.mac = mac }
    }

    /// What a device is found by; all that is said has to fit.
    public struct Match: Hashable, Sendable {
        /// A pattern of the kernel's or udev's name, as glob(7) has it.
        public var name: String?
        /// Patterns of its driver's name, of which one has to fit.
        public var drivers: [String] = []

        public init(name: String? = nil, drivers: [String] = []) {
            self.name = name
            self.drivers = drivers
        }
    }

    public enum Family: String, Hashable, Sendable, CaseIterable {
        case ipv4, ipv6
    }

    public enum AddressGeneration: Hashable, Sendable {
        /// From the MAC address (RFC 4291).
        case eui64
        /// Opaque and the same in one network (RFC 7217).
        case stablePrivacy
        /// The lower half of every address: `ip token`.
        case token(IPv6Address)
    }

    public enum Activation: String, Hashable, Sendable {
        case up
        /// Somebody else brings it up and down.
        case manual
        /// It stays down.
        case down
    }

    /// What is taken from a lease, or a router advertisement, and what is told for it. Nil is the default: all is taken.
    public struct LeaseOptions: Hashable, Sendable {
        public enum Domains: String, Hashable, Sendable {
            /// Not taken.
            case no
            /// For searching.
            case search
            /// To decide which name server is asked, and not for searching.
            case route
        }
        public var usesNameServers: Bool?
        public var usesTimeServers: Bool?
        public var usesHostName: Bool?
        public var usesMTU: Bool?
        public var usesRoutes: Bool?
        public var domains: Domains?
        public var sendsHostName: Bool?
        /// What is sent instead of the machine's name.
        public var hostName: String?
        /// Of the routes that are taken.
        public var metric: Int?
        /// Where they are put.
        public var table: Int?
        /// Identify by the MAC address (RFC 2132), or by a DUID (RFC 4361).
        public var identifier: Identifier?

        public enum Identifier: String, Hashable, Sendable {
            case mac, duid
        }

        public init() {}
    }
}
