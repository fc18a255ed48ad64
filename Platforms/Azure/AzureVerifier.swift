internal import Platform
internal import Trust

/// How the attested document is held against a node's trust.
struct AzureVerifier: IdentityVerifier {
    let pins: Set<String> = ["subscription", "instance-id"]

    func verdict(
        of snapshot: MetadataSnapshot, _ document: [UInt8], _ trust: PlatformTrust, now: UTCTime
    ) -> Verdict {
        AzureIdentity.verify(
            document: document, trust: trust.folder,
            expectation: .init(
                subscriptionID: trust.pins?["subscription"],
                vmID: trust.pins?["instance-id"] ?? snapshot.instanceID), now: now)
    }
}
