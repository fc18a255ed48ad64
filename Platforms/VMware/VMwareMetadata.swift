internal import Documents
internal import Kernel
internal import Platform

/// What vSphere's owner wrote to the machine's `guestinfo`: metadata, user data and vendor data as cloud-init's documentation of VMware has
/// them; where none of these is set, the OVF environment that vCenter made of the machine's properties.
struct VMwareMetadata: MetadataSource {
    func snapshot(in context: MetadataContext) async throws(PlatformError) -> MetadataSnapshot {
        let store = GuestInfoStore(context)
        let metadata = try await store.part("metadata")
        let userData = try await store.part("userdata")
        let vendorData = try await store.part("vendordata")
        if metadata == nil, userData == nil, vendorData == nil {
            guard let environment = try await store.value("ovfEnv"), !environment.isEmpty else {
                throw PlatformError(
                    .noMetadata, platform: .vmware,
                    hint:
                        "set guestinfo.metadata and guestinfo.userdata, each with its .encoding, or the machine's vApp properties"
                )
            }
            return try OVFEnvironment(environment).snapshot(on: context.host)
        }
        return try GuestInfoParts(metadata: metadata, userData: userData, vendorData: vendorData)
            .snapshot(on: context.host)
    }

    /// What was taken away after its use is no change.
    func change(
        since snapshot: MetadataSnapshot, in context: MetadataContext
    ) async throws(PlatformError) -> MetadataSnapshot? {
        do { try await Task.sleep(for: min(.seconds(5), context.deadline.remaining)) } catch { return nil }
        let taken = Self.redactions(of: snapshot)
        var fresh: MetadataSnapshot
        do throws(PlatformError) {
            fresh = try await self.snapshot(in: context)
        } catch {
            if error.kind == .noMetadata, !taken.isEmpty { return nil }
            throw error
        }
        if taken.contains("metadata"), fresh.raw["meta-data"] == [:] { return nil }
        if taken.contains("userdata"), fresh.userData == nil { fresh.userData = snapshot.userData }
        if taken.contains("vendordata"), fresh.vendorData == nil { fresh.vendorData = snapshot.vendorData }
        return fresh.document() == snapshot.document() ? nil : fresh
    }

    /// The keys that the metadata's `redact` names (once `cleanup-guestinfo`): each becomes `---`, which is an empty document, and its
    /// encoding a space, for the host takes no empty value. All are tried; the first failure is thrown.
    func redact(after snapshot: MetadataSnapshot, in context: MetadataContext) async throws(PlatformError) {
        var failure: PlatformError?
        for name in Self.redactions(of: snapshot) {
            for (key, value) in [("guestinfo.\(name)", "---"), ("guestinfo.\(name).encoding", " ")] {
                do throws(PlatformError) {
                    // What is not there is left so.
                    guard try await context.guestInfo.value(of: key, deadline: context.deadline) != nil else {
                        continue
                    }
                    try await context.guestInfo.set(key, to: Array(value.utf8), deadline: context.deadline)
                } catch {
                    failure = failure ?? error
                }
            }
        }
        if let failure { throw failure }
    }

    static func redactions(of snapshot: MetadataSnapshot) -> [String] {
        let metadata = snapshot.raw["meta-data"]
        guard let list = metadata?["redact"] ?? metadata?["cleanup-guestinfo"] else { return [] }
        return (list.array ?? [list]).prefix(32).compactMap(\.string).filter { name in
            !name.isEmpty && name.utf8.count <= 128
                && name.utf8.allSatisfy { byte in
                    byte == 0x2d || byte == 0x2e || byte == 0x5f || 0x30...0x39 ~= byte || 0x61...0x7a ~= byte | 0x20
                }
        }
    }
}

/// A value as the host has it, and what it says of its encoding.
struct GuestInfoPart {
    let bytes: [UInt8]
    let encoding: String?
    let place: String

    /// Nil where the value says nothing: `---`, which is an empty document, and blanks.
    init?(_ bytes: [UInt8], encoding: [UInt8]?, at place: String) {
        let text = Self.trimmed(bytes)
        guard !text.isEmpty, text != Array("---".utf8) else { return nil }
        self.bytes = bytes
        let word = Self.trimmed(encoding ?? [])
        self.encoding = word.isEmpty || word == Array("---".utf8) ? nil : String(decoding: word, as: UTF8.self)
        self.place = place
    }

    private static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
        let isBlank: (UInt8) -> Bool = { $0 <= 0x20 }
        return bytes.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
    }

    func userData() throws(PlatformError) -> UserData {
        try UserData(bytes, of: .vmware, at: place, encoding: encoding)
    }
}

/// The hypervisor's store, by the names of its keys.
private struct GuestInfoStore {
    let context: MetadataContext

    init(_ context: MetadataContext) { self.context = context }

    func value(_ name: String) async throws(PlatformError) -> [UInt8]? {
        guard let bytes = try await context.guestInfo.value(of: "guestinfo.\(name)", deadline: context.deadline) else {
            return nil
        }
        guard bytes.count <= UserData.limit else {
            throw PlatformError(
                .nonsense("the value is longer than \(UserData.limit) bytes"), platform: .vmware,
                url: "guestinfo.\(name)",
                hint: "make it smaller, or pack it: gzip+base64")
        }
        return bytes
    }

    func part(_ name: String) async throws(PlatformError) -> GuestInfoPart? {
        guard let bytes = try await value(name) else { return nil }
        return GuestInfoPart(bytes, encoding: try await value("\(name).encoding"), at: "guestinfo.\(name)")
    }
}

/// The three values of cloud-init's documentation.
struct GuestInfoParts {
    var metadata: GuestInfoPart?
    var userData: GuestInfoPart?
    var vendorData: GuestInfoPart?

    func snapshot(on host: HostRoot) throws(PlatformError) -> MetadataSnapshot {
        let place = metadata?.place ?? "guestinfo.metadata"
        let bytes = try metadata?.userData().decoded ?? []
        var members = try SeedDocument(bytes, of: .vmware, at: place).members
        // Packed apart from the rest, the network is a text.
        var network: Seed.Part?
        switch members["network"] {
        case .string(let text)?:
            let encoding = members["network.encoding"]?.string.map { Array($0.utf8) }
            let part = GuestInfoPart(Array(text.utf8), encoding: encoding, at: "\(place), network")
            if let part { network = Seed.Part(try part.userData().decoded, at: part.place) }
            members["network"] = nil
        case .object(let inner)?:
            // As cloud-init itself keeps it.
            if inner["version"] == nil, case .object? = inner["config"] { members["network"] = inner["config"] }
        default: break
        }
        members["network.encoding"] = nil
        var seed = Seed(SeedDocument(members: members, of: .vmware, at: place))
        seed.network = network
        var snapshot = try seed.snapshot(instanceID: host.machineUUID())
        snapshot.userData = try userData?.userData()
        snapshot.vendorData = try vendorData?.userData()
        snapshot.nameFromUserData()
        return snapshot
    }
}
