/// Whether a document is whose it says it is.
public enum Verdict: Hashable, Sendable {
    /// By which key or certificate.
    case verified(by: String)
    /// And why not.
    case notVerified(TrustError)

    /// What `judge` says of whom it found the document to be signed by.
    public init(_ judge: () throws(TrustError) -> String) {
        do throws(TrustError) {
            self = .verified(by: try judge())
        } catch {
            self = .notVerified(error)
        }
    }

    public var isVerified: Bool { if case .verified = self { true } else { false } }
    public var by: String? { if case .verified(let by) = self { by } else { nil } }
    public var error: TrustError? { if case .notVerified(let error) = self { error } else { nil } }
    /// Why not, in words.
    public var reason: String? { error.map(\.description) }
}

extension Verdict: CustomStringConvertible {
    public var description: String {
        switch self {
        case .verified(let by): "verified by \(by)"
        case .notVerified(let error): "not verified: \(error)"
        }
    }
}
