internal import Documents
internal import Kernel
internal import Trust

/// A platform's source whose snapshots are held against what the node believes: the identity document against keys and pins, the payload against
/// the owner's key. What is wrong is refused whole; what cannot be judged for want of keys is told.
struct TrustingSource: MetadataSource {
    let source: any MetadataSource
    /// Nil for a platform of which nothing can be verified.
    let verifier: (any IdentityVerifier)?

    func snapshot(in context: MetadataContext) async throws(PlatformError) -> MetadataSnapshot {
        try judged(try await source.snapshot(in: context), in: context)
    }

    func change(
        since snapshot: MetadataSnapshot, in context: MetadataContext
    ) async throws(PlatformError) -> MetadataSnapshot? {
        // As the source gave it, or its own look at a new one would see a change.
        var plain = snapshot
        plain.identity = snapshot.servedIdentity ?? snapshot.identity
        guard let fresh = try await source.change(since: plain, in: context) else { return nil }
        return try judged(fresh, in: context)
    }

    func redact(after snapshot: MetadataSnapshot, in context: MetadataContext) async throws(PlatformError) {
        try await source.redact(after: snapshot, in: context)
    }

    func reportReady(in context: MetadataContext) async throws(PlatformError) -> Bool {
        try await source.reportReady(in: context)
    }

    private func judged(
        _ snapshot: MetadataSnapshot, in context: MetadataContext
    ) throws(PlatformError) -> MetadataSnapshot {
        var judged = snapshot
        judged.servedIdentity = snapshot.identity
        do throws(TrustError) {
            if let identity = try identity(of: snapshot, in: context) { judged.identity = identity }
            // A recording has neither the payload nor a token: nothing is decided by one.
            if !context.isReplay { try UserDataSignature.check(snapshot, on: context.host) }
        } catch {
            throw PlatformError(
                .untrusted(error.description), platform: snapshot.platform,
                hint: "nothing of it is used; see who answers in the platform's place, or correct \(PlatformTrust.top)")
        }
        return judged
    }

    /// Nil where nobody asks for it, and what the source says of it stands.
    private func identity(
        of snapshot: MetadataSnapshot, in context: MetadataContext
    ) throws(TrustError) -> MetadataSnapshot.Identity? {
        guard let trust = try PlatformTrust(of: snapshot.platform, pinning: verifier?.pins ?? [], on: context.host),
            let verifier
        else { return nil }
        guard let document = snapshot.identityDocument else {
            if trust.pins != nil {
                throw TrustError(
                    "the identity", .missing("document: the service gave none, and \(trust.folder.name) pins it"))
            }
            return nil
        }
        if context.isReplay, MetadataRecording.isWithoutSignature(document) {
            return .init(isVerified: false, reason: "a recording does not have the signature")
        }
        switch verifier.verdict(of: snapshot, document, trust, now: UTCTime(secondsSince1970: context.now)) {
        case .verified(let by): return .init(isVerified: true, by: by)
        case .notVerified(let error):
            // With pins the owner wants to know; without, a missing key proves nothing either way.
            guard trust.pins == nil, error.isForWantOfKeys else { throw error }
            return .init(isVerified: false, reason: error.description)
        }
    }
}
