internal import Documents
package import Trust

/// The identity token of Compute Engine: who this instance is, in a JSON Web Token that Google signed for an audience.
///
/// `instance/service-accounts/default/identity?audience=A&format=full` answers it; Google's keys change by the day, and are published as a JWK set at
/// https://www.googleapis.com/oauth2/v3/certs, which the folder has to have a recent copy of:
/// https://cloud.google.com/compute/docs/instances/verifying-instance-identity.
package enum GCPIdentity {
    /// Where the sets of keys are, on a node: any `.json` in it.
    package static let folder = "/etc/slipway/trust/gcp"
    static let issuer = "https://accounts.google.com"

    /// What the token has to say; what is nil may be anything. Without an audience of one's own, another's token could be replayed.
    package struct Expectation: Hashable, Sendable {
        package var audience: String
        package var projectID: String?
        package var instanceID: String?
        /// Without the path before it: `us-central1-a`.
        package var zone: String?

        package init(audience: String, projectID: String? = nil, instanceID: String? = nil, zone: String? = nil) {
            self.audience = audience
            self.projectID = projectID
            self.instanceID = instanceID
            self.zone = zone
        }
    }

    /// What the token says.
    package struct Claims: Hashable, Sendable {
        package let projectID: String
        package let instanceID: String
        package let zone: String
        package let instanceName: String?
    }

    /// Whether the token is of the instance that is expected, for this audience, of this hour, and signed by Google.
    package static func verify(
        token: [UInt8], trust: TrustFolder, expectation: Expectation, now: UTCTime
    ) -> Verdict {
        Verdict { () throws(TrustError) in
            try check(token: token, trust: trust, expectation: expectation, now: now).by
        }
    }

    /// The same, with what the token says.
    package static func check(
        token: [UInt8], trust: TrustFolder, expectation: Expectation, now: UTCTime
    ) throws(TrustError) -> (by: String, claims: Claims) {
        let token = try JSONWebToken(token, subject: subject)
        let (key, document) = try token.verify(by: try JSONWebKeySet(trust, for: subject))
        try token.check("iss", is: issuer)
        try token.check("aud", is: expectation.audience)
        try token.checkTimes(at: now)
        let claims = try claims(of: document)
        for (name, found, wanted) in [
            ("project", claims.projectID, expectation.projectID),
            ("instance", claims.instanceID, expectation.instanceID), ("zone", claims.zone, expectation.zone),
        ] {
            guard let wanted, found != wanted else { continue }
            throw TrustError(subject, .different(name, found: found, wanted: wanted))
        }
        return (key, claims)
    }

    private static let subject = "the instance identity token"

    private static func claims(of document: JSONValue) throws(TrustError) -> Claims {
        guard let instance = document["google"]?["compute_engine"] else {
            throw TrustError(subject, .missing("google.compute_engine (a token of format=full has it)"))
        }
        func text(_ key: String) throws(TrustError) -> String {
            guard let text = instance[key]?.string, !text.isEmpty else {
                throw TrustError(subject, .missing("google.compute_engine.\(key)"))
            }
            return text
        }
        return Claims(
            projectID: try text("project_id"), instanceID: try text("instance_id"), zone: try text("zone"),
            instanceName: instance["instance_name"]?.string)
    }
}
