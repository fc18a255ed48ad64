internal import Platform
internal import Trust

/// How Compute Engine's token is held against a node's trust.
struct GCPVerifier: IdentityVerifier {
    /// Whom the token is for, where the pins say nothing else.
    static let audience = "slipway"
    let pins: Set<String> = ["project", "instance-id", "zone", "audience"]

    func verdict(
        of snapshot: MetadataSnapshot, _ document: [UInt8], _ trust: PlatformTrust, now: UTCTime
    ) -> Verdict {
        let pins = trust.pins ?? [:]
        return GCPIdentity.verify(
            token: document, trust: trust.folder,
            expectation: .init(
                audience: pins["audience"] ?? Self.audience, projectID: pins["project"],
                instanceID: pins["instance-id"] ?? snapshot.instanceID, zone: pins["zone"] ?? snapshot.zone), now: now)
    }
}
