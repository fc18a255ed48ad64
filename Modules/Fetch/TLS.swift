internal import NIOCore
internal import NIOSSL

/// By whom a peer has to be vouched for. Certificates, names and dates are always verified, by TLS 1.2 or newer.
public struct TLSTrust: Hashable, Sendable {
    /// Certificates in PEM, one after the other.
    public var roots: [UInt8]
    /// Where they are from, for errors: `/etc/ssl/certs/ca-certificates.crt`.
    public var name: String

    public init(roots: [UInt8], from name: String) {
        self.roots = roots
        self.name = name
    }

    /// For one request. A bundle of a hundred and more takes its time: not for an event loop.
    func context() throws(FetchError) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .fullVerification
        configuration.applicationProtocols = ["http/1.1"]
        // A peer's own close_notify adds nothing to an answer that is whole, and many never send it.
        configuration.shutdownTimeout = .milliseconds(50)
        do {
            let roots = try NIOSSLCertificate.fromPEMBytes(roots)
            guard !roots.isEmpty else { throw Failure.none }
            configuration.trustRoots = .certificates(roots)
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw FetchError(.untrusted("no certificates to verify the server by: \(name): \(error)"), url: "")
        }
    }

    private enum Failure: Error, CustomStringConvertible {
        case none
        var description: String { "there are none in it" }
    }
}

extension FetchError.Kind {
    /// What an error of the TLS library says; nil for another's.
    init?(ofTLS error: any Error, _ endpoint: HTTPEndpoint) {
        switch error {
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            self = .untrusted(Self.wrongName(endpoint))
        // close_notify is missing: what came may have been cut off by anybody.
        case NIOSSLError.uncleanShutdown: self = .connectionLost
        case NIOSSLError.handshakeFailed(let reason):
            let words = "\(reason)"
            if words.contains("CERTIFICATE_VERIFY_FAILED") {
                self = .untrusted(
                    "the server's certificate is not believed: nobody in the roots vouches for it, or it is not valid at this clock's time"
                )
            } else if words.contains("WRONG_VERSION_NUMBER") || words.contains("HTTP_REQUEST") {
                self = .noTLS("the server does not speak it at this port")
            } else {
                self = .noTLS(Self.word(in: words))
            }
        case is NIOSSLError, is BoringSSLError: self = .noTLS(Self.word(in: "\(error)"))
        default: return nil
        }
    }

    static func wrongName(_ endpoint: HTTPEndpoint) -> String {
        "the server's certificate is not \(endpoint.address)'s"
    }

    /// BoringSSL's name for what happened, out of its line for programmers: `TLSV1_ALERT_PROTOCOL_VERSION`.
    private static func word(in words: String) -> String {
        let names = words.split { !($0 == "_" || $0.isNumber || $0.isLetter) }.filter { name in
            name.contains("_") && name.allSatisfy { $0.isUppercase || $0 == "_" || $0.isNumber }
        }
        return names.last.map(String.init) ?? String(words.prefix(120))
    }
}

extension NIOSSLCertificate {
    /// Whether it names that host (RFC 6125, section 6): a DNS name, or a wildcard for one label.
    ///
    /// The library takes a certificate of the address that it is connected to as well, which anybody has who is believed to hold that address and
    /// answers for the name in the resolver's place; and the subject's common name.
    func isOf(_ host: String) -> Bool {
        let host = Self.labels(Array(host.utf8))
        return _subjectAlternativeNames().contains { name in
            guard name.nameType == .dnsName else { return false }
            let labels = Self.labels(Array(name.contents))
            guard labels.count == host.count, labels.count > 1 || labels.first != [0x2a] else { return false }
            return zip(labels, host).enumerated().allSatisfy { place, pair in
                pair.0 == pair.1 || place == 0 && pair.0 == [0x2a] && labels.count > 2
            }
        }
    }

    private static func labels(_ name: [UInt8]) -> [[UInt8]] {
        let plain = name.last == 0x2e ? name.dropLast() : name[...]
        return plain.split(separator: 0x2e, omittingEmptySubsequences: false).map { label in
            label.map { 0x41...0x5a ~= $0 ? $0 | 0x20 : $0 }
        }
    }
}
