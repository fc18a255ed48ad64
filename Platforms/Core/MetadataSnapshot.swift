public import Documents
internal import FoundationEssentials
public import Kernel
public import Network

/// What a platform says of a machine, in the words that all platforms share, and its own beside them.
public struct MetadataSnapshot: Hashable, Sendable {
    /// A link as the platform sees it. It is known by its MAC address; an index or a name is never trusted.
    public struct Interface: Hashable, Sendable {
        public var mac: MACAddress
        public var name: String?
        /// The platform's own number of it: 0 is the one that the machine was made with.
        public var deviceIndex: Int?
        /// With the prefix length of the subnet. The first IPv4 address is the primary one.
        public var addresses: [IPPrefix] = []
        /// Delegated to the link, aliases too.
        public var prefixes: [IPPrefix] = []
        public var gateway4: IPv4Address?
        /// Nil where it comes by router advertisement.
        public var gateway6: IPv6Address?
        /// In bytes.
        public var mtu: Int?
        public var routes: [DesiredNetwork.Route] = []
        /// Its IPv4 addresses come by DHCP.
        public var usesDHCP4 = false
        public var usesDHCP6 = false
        /// IPv4 neighbours are reached by the router alone, whatever the subnet: nobody else answers ARP.
        public var isRouted = false
        /// Nil for what follows from its IPv6 addresses and router; true where the platform autoconfigures what its metadata does not name.
        public var usesRouterAdvertisements: Bool?
        public var nameServers: [IPAddress] = []

        public init(mac: MACAddress) { self.mac = mac }
    }

    /// Whether the identity document was verified, by what, or why not.
    public struct Identity: Hashable, Sendable {
        public var isVerified: Bool
        public var by: String?
        public var reason: String?

        public init(isVerified: Bool, by: String? = nil, reason: String? = nil) {
            self.isVerified = isVerified
            self.by = by
            self.reason = reason
        }
    }

    public var platform: PlatformName
    public var instanceID: String?
    public var instanceType: String?
    public var hostName: String?
    public var region: String?
    public var zone: String?
    public var tags: [String: String] = [:]
    public var privateAddresses: [String] = []
    public var publicAddresses: [String] = []
    public var interfaces: [Interface] = []
    public var nameServers: [IPAddress] = []
    public var searchDomains: [String] = []
    public var timeServers: [String] = []
    /// Lines as of authorized_keys.
    public var sshKeys: [String] = []
    public var userData: UserData?
    /// What the platform's owner adds to every machine's; for `--raw`.
    public var vendorData: UserData?
    /// What is announced of the machine's end: null where nothing is, and it is no spot instance.
    public var spot: JSONValue = nil
    public var identity = Identity(isVerified: false, reason: "this platform has no identity document")
    /// What the platform signed of who this machine is, as served; never printed.
    public var identityDocument: [UInt8]?
    /// What the source itself said of the identity, before anybody judged it.
    public var servedIdentity: Identity?
    /// The network as the platform itself wrote it (netplan, ENI, network_data.json), which then counts instead of what can be
    /// derived from ``interfaces``.
    public var writtenNetwork: DesiredNetwork?
    /// The platform's own keys, for `--raw`. User data is not among them.
    public var raw: [String: JSONValue] = [:]
    /// What was left out or taken otherwise than it may be meant, in words; for `--raw`.
    public var warnings: [String] = []
    /// What ``MetadataSource/change(since:in:)`` needs of this fetch; an ETag.
    public var mark: String?

    public init(platform: PlatformName) { self.platform = platform }

    /// Adds an address to the private or the public ones by where it is routed, each once.
    public mutating func list(_ address: IPAddress) {
        let text = address.description
        if address.isGlobal {
            if !publicAddresses.contains(text) { publicAddresses.append(text) }
        } else if !privateAddresses.contains(text) {
            privateAddresses.append(text)
        }
    }

    /// The document of `platform metadata --json`: every key, null where the platform says nothing. `includingRaw` adds `raw`,
    /// `vendor_data` and `warnings`.
    public func document(includingRaw: Bool = false) -> JSONValue {
        let links = interfaces.map { link -> JSONValue in
            [
                "mac": .string(link.mac.description), "name": JSONValue(link.name),
                "device_index": JSONValue(link.deviceIndex), "addresses": JSONValue(link.addresses.map(\.description)),
                "prefixes": JSONValue(link.prefixes.map(\.description)),
                "gateway4": JSONValue(link.gateway4?.description), "gateway6": JSONValue(link.gateway6?.description),
                "mtu": JSONValue(link.mtu), "routes": .array(link.routes.map(\.document)),
            ]
        }
        var members: [String: JSONValue] = [
            "platform": .string(platform.rawValue), "instance_id": JSONValue(instanceID),
            "instance_type": JSONValue(instanceType), "hostname": JSONValue(hostName), "region": JSONValue(region),
            "zone": JSONValue(zone), "tags": .object(tags.mapValues { .string($0) }),
            "addresses": ["private": JSONValue(privateAddresses), "public": JSONValue(publicAddresses)],
            "interfaces": .array(links), "dns": JSONValue(nameServers.map(\.description)),
            "ntp": JSONValue(timeServers), "ssh_keys": JSONValue(sshKeys),
            "user_data": JSONValue(userData.map { Self.base64($0.decoded) }),
            "user_data_raw": JSONValue(userData.map { Self.base64($0.raw) }),
            "user_data_encodings": JSONValue(userData?.encodings ?? []), "spot": spot,
            "identity": [
                "verified": .bool(identity.isVerified), "by": JSONValue(identity.by),
                "reason": JSONValue(identity.reason),
            ],
        ]
        if includingRaw {
            members["raw"] = .object(raw)
            members["vendor_data"] = JSONValue(vendorData.map { Self.base64($0.decoded) })
            members["warnings"] = JSONValue(warnings)
        }
        return .object(members)
    }

    private static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}

extension IPAddress {
    /// Routed in the whole of the Internet: not private (RFC 1918), shared (RFC 6598), link-local, loopback, unique local or multicast.
    var isGlobal: Bool {
        switch self {
        case .v4(let address):
            let value = address.rawValue
            return address.isUsableByHost && value >> 24 != 10 && value >> 20 != 0xac1 && value >> 16 != 0xc0a8
                && value >> 16 != 0xa9fe && value >> 22 != 0x6440 >> 6
        case .v6(let address):
            // 2000::/3 is all that is given out (RFC 4291, IANA).
            return address.high >> 61 == 1
        }
    }
}
