internal import Documents
internal import Platform

/// `/opc/v2/instance/`.
struct OracleInstance: Sendable {
    var snapshot = MetadataSnapshot(platform: .oracle)
    /// In base64.
    var userData: String?

    init(_ document: MetadataDocument) throws(MetadataFault) {
        snapshot.instanceID = try document.require("id", document.line)
        snapshot.instanceType = try document.require("shape", document.line)
        // The name in full; `region` is an airport's for the oldest ones.
        let region = try document.line("canonicalRegionName")
        let regionInfo = try document.member("regionInfo")?.line("regionIdentifier")
        let short = try document.line("region")
        guard let name = region ?? regionInfo ?? short else { throw .missing(document.place("canonicalRegionName")) }
        snapshot.region = name
        let domain = try document.require("availabilityDomain", document.line)
        snapshot.zone = try document.line("ociAdName") ?? domain
        snapshot.hostName = try document.require("hostname", document.line)
        for (name, tag) in try document.members("freeformTags") {
            guard let value = tag.value.string else { throw .nonsense("\(tag.path): this is no text") }
            snapshot.tags[name] = value
        }
        for (space, tags) in try document.members("definedTags") {
            for (name, tag) in try tags.members() {
                guard let value = tag.value.string ?? tag.value.integer.map({ "\($0)" }) else {
                    throw .nonsense("\(tag.path): this is no text")
                }
                snapshot.tags["\(space).\(name)"] = value
            }
        }
        // "The NTP service is at 169.254.169.254".
        snapshot.timeServers = ["169.254.169.254"]
        snapshot.identity = MetadataSnapshot.Identity(
            isVerified: false, reason: "this build has no certificates to verify it with")
        let metadata = try document.member("metadata")
        snapshot.sshKeys = MetadataDocument.lines(of: try metadata?.text("ssh_authorized_keys") ?? "")
            .filter { !$0.hasPrefix("#") }
        userData = try metadata?.text("user_data")
        guard case .object(var members) = document.value else { return }
        if case .object(var own)? = members["metadata"] {
            own["user_data"] = nil
            members["metadata"] = .object(own)
        }
        snapshot.raw["instance"] = .object(members)
    }
}
