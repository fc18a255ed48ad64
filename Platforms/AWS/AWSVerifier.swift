internal import Documents
internal import Platform
internal import Trust

/// How EC2's document is held against a node's trust.
struct AWSVerifier: IdentityVerifier {
    let pins: Set<String> = ["account", "instance-id", "region"]

    func verdict(
        of snapshot: MetadataSnapshot, _ document: [UInt8], _ trust: PlatformTrust, now: UTCTime
    ) -> Verdict {
        let pins = trust.pins ?? [:]
        // It is of this machine, whatever is pinned: else one machine's document would do for all.
        return AWSIdentity.verify(
            document: snapshot.raw["dynamic/instance-identity/document"]?.string.map { Array($0.utf8) },
            signature: document, trust: trust.folder,
            expectation: .init(
                account: pins["account"], instanceID: pins["instance-id"] ?? snapshot.instanceID,
                region: pins["region"] ?? snapshot.region), now: now)
    }
}
