internal import Documents
internal import Kernel
internal import Network

/// What cloud-init calls a seed: a machine's metadata, its user and vendor data and its network, as its owner wrote them.
public struct Seed: Sendable {
    /// A document, and where it is from: `/dev/sr0:user-data`.
    public struct Part: Sendable {
        public var bytes: [UInt8]
        public var place: String

        public init(_ bytes: [UInt8], at place: String) {
            self.bytes = bytes
            self.place = place
        }
    }

    public let platform: PlatformName
    public var metadata: SeedDocument
    public var userData: Part?
    public var vendorData: Part?
    /// Which goes before what the metadata says of the network.
    public var network: Part?

    public init(_ metadata: SeedDocument) {
        platform = metadata.platform
        self.metadata = metadata
    }

    /// Values that are said elsewhere go before the metadata's own.
    public mutating func put(_ values: [String: String]) {
        metadata = SeedDocument(
            members: metadata.members.merging(values.mapValues { .string($0) }) { _, said in said }, of: platform,
            at: metadata.place)
    }

    /// What it means. `instanceID` is the machine's where the metadata has none; without either it is no seed.
    public func snapshot(instanceID: String? = nil) throws(PlatformError) -> MetadataSnapshot {
        var snapshot = MetadataSnapshot(platform: platform)
        snapshot.instanceID = try metadata.line("instance-id", "instance_id") ?? instanceID
        guard snapshot.instanceID != nil else { throw metadata.nonsense("there is no instance-id") }
        snapshot.instanceType = try metadata.line("instance-type", "instance_type")
        snapshot.hostName = try metadata.line("local-hostname", "local_hostname", "hostname")
        snapshot.region = try metadata.line("region")
        snapshot.zone = try metadata.line("availability-zone", "availability_zone")
        snapshot.sshKeys = try metadata.keys("public-keys-data", "public_keys_data", "public-keys", "public_keys")
        if let userData, !userData.bytes.isEmpty {
            snapshot.userData = try UserData(userData.bytes, of: platform, at: userData.place)
        }
        if let vendorData, !vendorData.bytes.isEmpty {
            snapshot.vendorData = try UserData(vendorData.bytes, of: platform, at: vendorData.place)
        }
        snapshot.nameFromUserData()
        if let document = try networkDocument() { snapshot.adopt(document) }
        snapshot.raw["meta-data"] = .object(metadata.members)
        return snapshot
    }

    private func networkDocument() throws(PlatformError) -> NetworkDocument? {
        if let network, !network.bytes.allSatisfy({ $0 <= 0x20 }) {
            return try NetworkDocument(network.bytes, of: platform, at: network.place)
        }
        if let inline = metadata.members["network"], inline != .null {
            return try NetworkDocument(inline, of: platform, at: "\(metadata.place), network")
        }
        guard case .string(let text)? = metadata.members["network-interfaces"], !text.isEmpty else { return nil }
        do throws(NetworkDocumentError) {
            return try NetworkDocument(interfaces: Array(text.utf8))
        } catch {
            throw metadata.nonsense("network-interfaces: \(error)")
        }
    }
}

extension MetadataSnapshot {
    /// Where nothing else names the machine, a cloud-config may.
    public mutating func nameFromUserData() { hostName = hostName ?? userData?.hostName }
}

extension UserData {
    /// The name that a cloud-config gives the machine: Proxmox VE tells it there alone. What is no such document names none.
    var hostName: String? {
        guard decoded.starts(with: Array("#cloud-config".utf8)), decoded.count <= SeedDocument.limit,
            let document = try? YAMLText.decode(decoded)
        else { return nil }
        return ["fqdn", "hostname"].lazy.compactMap { document[$0]?.string }
            .first { name in !name.isEmpty && name.utf8.count <= 253 && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
            }
    }
}
