internal import Documents
internal import Fetch
internal import Kernel
internal import Network
internal import Platform

extension FetchPolicy {
    /// Plain HTTP without a token: Hetzner Cloud's API reference, "Server Metadata".
    static let hetzner = FetchPolicy(endpoints: [HTTPEndpoint(address: "169.254.169.254")])
}

/// A cloud server's metadata: a document in YAML, one of its private networks, and user data by itself.
struct HetznerMetadata: MetadataSource {
    private static let metadata = "/hetzner/v1/metadata"

    private struct Document: Sendable {
        var snapshot: MetadataSnapshot
        let network: JSONValue
        let vendorData: String?
    }

    func snapshot(in context: MetadataContext) async throws(PlatformError) -> MetadataSnapshot {
        let session = MetadataSession(.hetzner, policy: .hetzner, in: context)
        let ((document, networks), userData) = try await both(
            { () throws(PlatformError) in
                try await both(
                    { () throws(PlatformError) in try await session.document(Self.metadata, as: Self.yaml, Self.read) },
                    { () throws(PlatformError) in try await Self.privateNetworks(session) })
            },
            // It is text: what is base64 as a whole is taken for it, as cloud-init does.
            { () throws(PlatformError) in try await session.userData("/hetzner/v1/userdata", isText: true) })
        var snapshot = document.snapshot
        let place = await session.url(of: Self.metadata) ?? ""
        snapshot.adopt(try NetworkDocument(document.network, of: .hetzner, at: place))
        for network in networks { snapshot.add(network) }
        snapshot.userData = userData
        if let text = document.vendorData, !text.isEmpty {
            snapshot.vendorData = try UserData(Array(text.utf8), of: .hetzner, at: place)
        }
        return snapshot
    }

    @Sendable
    private static func yaml(_ bytes: [UInt8]) throws(DocumentError) -> JSONValue { try YAMLText.decode(bytes) }

    @Sendable
    private static func read(_ document: JSONReading) throws(ReadingFault) -> Document {
        var snapshot = MetadataSnapshot(platform: .hetzner)
        snapshot.instanceID = try document.required("instance-id", JSONReading.word)
        snapshot.hostName = try document.required("hostname", JSONReading.word)
        snapshot.region = try document["region"]?.word()
        snapshot.zone = try document["availability-zone"]?.word()
        for key in try document.items("public-keys") { snapshot.sshKeys += try key.lines() }
        for name in ["public-ipv4", "local-ipv4"] {
            // A server without one has an empty text.
            if let address = try document[name]?.ipv4() { snapshot.list(.v4(address)) }
        }
        snapshot.raw = document.members(without: ["vendor_data", "network-sysconfig"])
        return Document(
            snapshot: snapshot, network: try document.required("network-config").value,
            vendorData: try document["vendor_data"]?.text())
    }

    // MARK: - Private networks

    /// One interface of a private network.
    fileprivate struct PrivateNetwork: Sendable {
        let mac: MACAddress
        /// The server's own, and its aliases.
        let addresses: [IPv4Address]
        /// All of it; a subnet is no link of its own.
        let network: IPPrefix
        let gateway: IPv4Address
    }

    private static func privateNetworks(
        _ session: MetadataSession
    ) async throws(PlatformError) -> [PrivateNetwork] {
        let path = "\(metadata)/private-networks"
        guard let body = try await session.fetch(path)?.body, body.contains(where: { $0 > 0x20 }) else { return [] }
        let document: JSONValue
        do throws(DocumentError) { document = try yaml(body) } catch {
            throw await session.nonsense(error.problem, at: path)
        }
        if document == .null { return [] }
        do throws(ReadingFault) {
            return try JSONReading(document).items().map { (item) throws(ReadingFault) in try PrivateNetwork(item) }
        } catch {
            switch error {
            case .missing(let key): throw await session.nonsense("no \(key)", at: path)
            case .wrong(let problem): throw await session.nonsense(problem, at: path)
            }
        }
    }
}

extension HetznerMetadata.PrivateNetwork {
    fileprivate init(_ item: JSONReading) throws(ReadingFault) {
        mac = try item.required("mac_address", JSONReading.mac)
        var addresses = [try item.required("ip", JSONReading.ipv4)]
        for alias in try item.items("alias_ips") {
            if let alias = try alias.ipv4() { addresses.append(alias) }
        }
        self.addresses = addresses
        network = try item.required("network", JSONReading.prefix)
        gateway = try item.required("gateway", JSONReading.ipv4)
    }
}

extension MetadataSnapshot {
    /// Servers of a private network reach one another by its router alone, and have a host's address each (Hetzner's "Cloud Networks",
    /// server configuration): MTU 1450, the router on the link, the network by the router.
    fileprivate mutating func add(_ network: HetznerMetadata.PrivateNetwork) {
        var link = DesiredNetwork.Interface(mac: network.mac)
        link.mtu = 1450
        link.addresses = network.addresses.map { IPPrefix(host: .v4($0)) }
        var route = DesiredNetwork.Route(network.network, via: .v4(network.gateway))
        route.isOnLink = true
        link.routes = [route]
        var written = writtenNetwork ?? DesiredNetwork()
        written.interfaces.append(link)
        writtenNetwork = written
        var interface = Interface(mac: network.mac)
        interface.mtu = link.mtu
        interface.addresses = link.addresses
        interface.routes = link.routes
        interfaces.append(interface)
        for address in network.addresses { list(.v4(address)) }
    }
}
