internal import Documents
internal import Fetch
internal import Kernel
internal import Platform

/// Nova's metadata: the config drive where there is one, else the service.
struct OpenStackMetadata: MetadataSource {
    static let metaData = "meta_data.json"
    static let networkData = "network_data.json"
    static let vendorData = ["vendor_data.json", "vendor_data2.json"]
    static let userData = "user_data"

    func snapshot(in context: MetadataContext) async throws(PlatformError) -> MetadataSnapshot {
        for volume in try context.volumes.volumes(labeled: [OpenStack.volumeLabel]) {
            if let drive = try OpenStackDrive(volume) { return try drive.snapshot() }
        }
        let session = MetadataSession(.openstack, policy: .openstack, in: context)
        let folder = "/openstack/latest/"
        var snapshot = try await session.read(folder + Self.metaData) { (document) throws(MetadataFault) in
            try OpenStackServer(document).snapshot
        }.value
        let names = [Self.networkData] + Self.vendorData
        let documents = try await concurrently(names + [Self.userData], width: session.policy.width) {
            (name) throws(PlatformError) -> OpenStackAnswer in
            if name == Self.userData { return .userData(try await session.userData(folder + name)) }
            guard let document = try await session.json(folder + name) else { return .none }
            return .document(document, name: name, place: await session.url(of: folder + name) ?? name)
        }
        for answer in documents { try answer.add(to: &snapshot) }
        return snapshot
    }
}

/// What stands beside meta_data.json.
enum OpenStackAnswer: Sendable {
    case none
    case document(JSONValue, name: String, place: String)
    case userData(UserData?)

    func add(to snapshot: inout MetadataSnapshot) throws(PlatformError) {
        switch self {
        case .none: break
        case .userData(let userData): snapshot.userData = userData
        case .document(let document, let name, let place):
            snapshot.raw[String(name.dropLast(".json".count))] = document
            guard name == OpenStackMetadata.networkData else { return }
            let network = try Self.read(document, at: place) { (document) throws(MetadataFault) in
                try OpenStackNetwork(document)
            }
            network.add(to: &snapshot)
        }
    }

    /// What is missing here does not come.
    static func read<Value>(
        _ document: JSONValue, at place: String, _ body: (MetadataDocument) throws(MetadataFault) -> Value
    ) throws(PlatformError) -> Value {
        do throws(MetadataFault) {
            return try body(MetadataDocument(document))
        } catch {
            let problem =
                switch error {
                case .missing(let key): "there is no \(key)"
                case .nonsense(let problem): problem
                }
            throw PlatformError(
                .nonsense(problem), platform: .openstack, url: place,
                hint: "the cloud's own network_data.json schema has another form")
        }
    }
}

extension FetchPolicy {
    /// Nova's "Metadata service": IPv4's address everywhere, IPv6's on each link since Victoria; it needs the link's name. While Nova does
    /// not know the port yet it answers 404, and 500 where Neutron cannot be asked.
    static let openstack = FetchPolicy(
        endpoints: [HTTPEndpoint(address: "169.254.169.254"), HTTPEndpoint(address: "fe80::a9fe:a9fe")],
        statuses: [
            400: .terminal("the service does not know from which port the request came"),
            403: .terminal("the service refuses this machine"), 404: .absent,
        ],
        hint: "attach a config drive, or check the route to 169.254.169.254 and the network's metadata agent")
}
