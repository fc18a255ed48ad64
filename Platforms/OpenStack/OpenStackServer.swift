internal import Documents
internal import Platform

/// `meta_data.json`.
struct OpenStackServer: Sendable {
    var snapshot = MetadataSnapshot(platform: .openstack)

    init(_ document: MetadataDocument) throws(MetadataFault) {
        snapshot.instanceID = try document.require("uuid", document.line)
        let name = try document.line("name")
        // What a person calls the machine may be no name of a host.
        snapshot.hostName = try document.line("hostname") ?? name.flatMap { MetadataSnapshot.isHostName($0) ? $0 : nil }
        snapshot.zone = try document.line("availability_zone")
        // Of some clouds alone.
        snapshot.region = try document.line("region")
        snapshot.instanceType = try document.line("instance_type")
        for (name, value) in try document.members("meta") {
            snapshot.tags[name] = value.value.string ?? (try? JSONText.encode(value.value, as: .line)) ?? ""
        }
        for (_, key) in try document.members("public_keys") { try add(key) }
        if snapshot.sshKeys.isEmpty {
            for key in try document.elements("keys") where try key.line("type") == "ssh" {
                if let data = try key.member("data") { try add(data) }
            }
        }
        snapshot.raw["meta_data"] = Self.raw(document.value)
    }

    private mutating func add(_ key: MetadataDocument) throws(MetadataFault) {
        guard let text = key.value.string else { throw .nonsense("\(key.path): this is no text") }
        for line in MetadataDocument.lines(of: text) where !snapshot.sshKeys.contains(line) {
            snapshot.sshKeys.append(line)
        }
    }

    /// Without the administrator's password and the seed, which are secrets.
    private static func raw(_ document: JSONValue) -> JSONValue {
        guard case .object(var members) = document else { return document }
        members["admin_pass"] = nil
        members["random_seed"] = nil
        return .object(members)
    }
}
