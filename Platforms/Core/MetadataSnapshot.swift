public import Documents
internal import FoundationEssentials

/// What a platform says of a machine, in the words that all platforms share, and its own beside them.
public struct MetadataSnapshot: Hashable, Sendable {
    /// A link as the platform sees it. It is known by its MAC address; an index or a name is never trusted.
    public struct Interface: Hashable, Sendable {
        /// Lower case, with colons.
        public var mac: String
        public var name: String?
        public var deviceIndex: Int?
        /// With the prefix length of the subnet: `10.0.1.10/24`. The first IPv4 address is the primary one.
        public var addresses: [String] = []
        /// Delegated to the link: `10.0.1.64/28`.
        public var prefixes: [String] = []
        public var gateway4: String?
        public var gateway6: String?
        /// In bytes.
        public var mtu: Int?
        public var routes: [String] = []

        public init(mac: String) { self.mac = mac }
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
    public var nameServers: [String] = []
    public var timeServers: [String] = []
    /// Lines as of authorized_keys.
    public var sshKeys: [String] = []
    public var userData: UserData?
    /// What is announced of the machine's end: null where nothing is, and it is no spot instance.
    public var spot: JSONValue = nil
    public var identity = Identity(isVerified: false, reason: "this platform has no identity document")
    /// The platform's own keys, for `--raw`. User data is not among them.
    public var raw: [String: JSONValue] = [:]

    public init(platform: PlatformName) { self.platform = platform }

    /// The document of `platform metadata --json`: every key, null where the platform says nothing. `includingRaw` adds `raw`.
    public func document(includingRaw: Bool = false) -> JSONValue {
        let links = interfaces.map { link -> JSONValue in
            [
                "mac": .string(link.mac), "name": JSONValue(link.name), "device_index": JSONValue(link.deviceIndex),
                "addresses": JSONValue(link.addresses), "prefixes": JSONValue(link.prefixes),
                "gateway4": JSONValue(link.gateway4), "gateway6": JSONValue(link.gateway6), "mtu": JSONValue(link.mtu),
                "routes": JSONValue(link.routes),
            ]
        }
        var members: [String: JSONValue] = [
            "platform": .string(platform.rawValue), "instance_id": JSONValue(instanceID),
            "instance_type": JSONValue(instanceType), "hostname": JSONValue(hostName), "region": JSONValue(region),
            "zone": JSONValue(zone), "tags": .object(tags.mapValues { .string($0) }),
            "addresses": ["private": JSONValue(privateAddresses), "public": JSONValue(publicAddresses)],
            "interfaces": .array(links), "dns": JSONValue(nameServers), "ntp": JSONValue(timeServers),
            "ssh_keys": JSONValue(sshKeys), "user_data": JSONValue((userData?.decoded).map { Self.base64($0) }),
            "user_data_raw": JSONValue((userData?.raw).map { Self.base64($0) }),
            "user_data_encodings": JSONValue(userData?.encodings ?? []), "spot": spot,
            "identity": [
                "verified": .bool(identity.isVerified), "by": JSONValue(identity.by),
                "reason": JSONValue(identity.reason),
            ],
        ]
        if includingRaw { members["raw"] = .object(raw) }
        return .object(members)
    }

    private static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}
