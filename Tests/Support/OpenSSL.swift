internal import Kernel
internal import SystemPackage

/// The `openssl` program in a directory of its own: it makes keys, certificates and signatures, and judges them, apart from all that is ours.
public final class OpenSSL: Sendable {
    private let directory: TemporaryDirectory

    public init() throws { directory = try TemporaryDirectory() }

    public var path: String { directory.path.string }

    /// Runs `openssl WORDS`, which has to end well; answers what it printed.
    @discardableResult
    public func callAsFunction(_ words: [String]) throws -> CommandOutput {
        let outcome = try self.attempt(words)
        guard outcome.isSuccess else {
            throw CommandFailure(description: "openssl \(words.joined(separator: " ")): \(outcome.errors)")
        }
        return outcome
    }

    /// The same, with words apart by spaces.
    @discardableResult
    public func callAsFunction(_ words: String) throws -> CommandOutput {
        try self(words.split(separator: " ").map(String.init))
    }

    /// The same, where a failure is an answer too.
    public func attempt(_ words: [String]) throws -> CommandOutput {
        try TestSupport.attempt("openssl", words, directory: directory.path)
    }

    public func write(_ name: String, _ bytes: [UInt8]) throws { try directory.write(name, bytes) }
    public func write(_ name: String, _ text: String) throws { try directory.write(name, text) }

    public func read(_ name: String) throws -> [UInt8] {
        try LiveFiles().contents(of: directory.path.appending(name), limit: 16 << 20)
    }

    public func text(_ name: String) throws -> String { String(decoding: try read(name), as: UTF8.self) }

    /// `NAME.key`: `rsa:2048`, `ed25519`, `ec:P-256`.
    public func makeKey(_ name: String, _ kind: String = "rsa:2048") throws {
        let parts = kind.split(separator: ":").map(String.init)
        var words = ["genpkey", "-quiet", "-out", "\(name).key", "-algorithm", parts[0].uppercased()]
        if parts[0] == "rsa" { words += ["-pkeyopt", "rsa_keygen_bits:\(parts[1])"] }
        if parts[0] == "ec" { words += ["-pkeyopt", "ec_paramgen_curve:\(parts[1])"] }
        if words[1] == "-quiet" { words.remove(at: 1) }
        try self(words)
    }

    /// What a certificate is made with.
    public struct CertificateOptions {
        /// `/CN=…`
        public var subject: String
        /// `NAME` whose key signs, and whose certificate is named as the issuer's; nil for its own.
        public var issuer: String?
        public var days = 3650
        public var digest = "sha256"
        /// Lines of a section of openssl.cnf: `basicConstraints = critical, CA:true`.
        public var extensions: [String] = []
        public var serial: Int?

        public init(
            _ subject: String, issuer: String? = nil, extensions: [String] = [], days: Int = 3650,
            digest: String = "sha256", serial: Int? = nil
        ) {
            self.subject = subject
            self.issuer = issuer
            self.extensions = extensions
            self.days = days
            self.digest = digest
            self.serial = serial
        }
    }

    /// `NAME.pem`, of `NAME.key` or of another's; valid from now on.
    public func makeCertificate(_ name: String, key: String? = nil, _ options: CertificateOptions) throws {
        let key = key ?? name
        try write("\(name).ext", (["[e]"] + options.extensions).joined(separator: "\n") + "\n")
        try self(["req", "-new", "-key", "\(key).key", "-subj", options.subject, "-out", "\(name).csr"])
        var words = [
            "x509", "-req", "-in", "\(name).csr", "-out", "\(name).pem", "-days", "\(options.days)",
            "-\(options.digest)",
            "-extfile", "\(name).ext", "-extensions", "e",
        ]
        if let issuer = options.issuer {
            words += ["-CA", "\(issuer).pem", "-CAkey", "\(issuer).key"]
            if options.serial == nil { words.append("-CAcreateserial") }
        } else {
            words += ["-signkey", "\(key).key"]
        }
        if let serial = options.serial { words += ["-set_serial", "\(serial)"] }
        try self(words)
    }

    /// `NAME.key` and `NAME.pem`, a root of its own.
    public func makeRoot(_ name: String, _ subject: String) throws {
        try makeKey(name)
        try makeCertificate(
            name,
            CertificateOptions(
                subject,
                extensions: [
                    "basicConstraints = critical, CA:true", "keyUsage = critical, keyCertSign, cRLSign",
                    "subjectKeyIdentifier = hash",
                ]))
    }
}
