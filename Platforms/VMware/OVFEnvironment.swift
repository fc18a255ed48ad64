internal import Documents
internal import Kernel
internal import Platform

/// The OVF environment (DSP0243, section 9.5; DSP8027): the properties that whoever deployed the machine filled in.
struct OVFEnvironment {
    static let place = "guestinfo.ovfEnv"
    let properties: [String: String]

    init(_ bytes: [UInt8]) throws(PlatformError) {
        let root: XMLElement
        do throws(DocumentError) {
            root = try XMLText.decode(bytes)
        } catch {
            throw Self.nonsense(error.problem)
        }
        guard root.localName == "Environment" else { throw Self.nonsense("this is no OVF environment") }
        var properties: [String: String] = [:]
        for section in root.children("PropertySection") {
            for property in section.children("Property") {
                guard let key = property.attribute("key") else { throw Self.nonsense("a property has no key") }
                properties[key] = property.attribute("value") ?? ""
            }
        }
        self.properties = properties
    }

    private static func nonsense(_ problem: String) -> PlatformError {
        PlatformError(
            .nonsense(problem), platform: .vmware, url: place, hint: "deploy the machine's properties anew")
    }

    /// The properties that cloud-init's documentation of OVF names, and those named as the keys of `guestinfo` are. A password is never read.
    func snapshot(on host: HostRoot) throws(PlatformError) -> MetadataSnapshot {
        func part(_ name: String) -> GuestInfoPart? {
            guard let value = properties["guestinfo.\(name)"] else { return nil }
            let encoding = properties["guestinfo.\(name).encoding"].map { Array($0.utf8) }
            return GuestInfoPart(Array(value.utf8), encoding: encoding, at: "\(Self.place), guestinfo.\(name)")
        }
        let parts = GuestInfoParts(
            metadata: part("metadata"), userData: part("userdata"), vendorData: part("vendordata"))
        if parts.metadata != nil || parts.userData != nil || parts.vendorData != nil {
            return try parts.snapshot(on: host)
        }
        let known = ["instance-id", "local-hostname", "hostname", "public-keys", "seedfrom"]
        var members: [String: JSONValue] = [:]
        for name in known { members[name] = properties[name].flatMap { $0.isEmpty ? nil : .string($0) } }
        guard !members.isEmpty || properties["user-data"] != nil || properties["network-config"] != nil else {
            throw PlatformError(
                .noMetadata, platform: .vmware, url: Self.place,
                hint:
                    "the machine's properties name none of \(known.joined(separator: ", ")), user-data, network-config")
        }
        var seed = Seed(SeedDocument(members: members, of: .vmware, at: Self.place))
        if let text = properties["network-config"], !text.isEmpty {
            seed.network = Seed.Part(
                try UserData(Array(text.utf8), of: .vmware, at: "\(Self.place), network-config", isText: true).decoded,
                at: "\(Self.place), network-config")
        }
        var snapshot = try seed.snapshot(instanceID: host.machineUUID())
        if let text = properties["user-data"], !text.isEmpty {
            snapshot.userData = try UserData(
                Array(text.utf8), of: .vmware, at: "\(Self.place), user-data", isText: true)
        }
        snapshot.nameFromUserData()
        if members["seedfrom"] != nil {
            snapshot.warnings.append("\(Self.place), seedfrom: not supported on this platform, left out")
        }
        return snapshot
    }
}
