import Fetch
import Kernel
import SystemPackage
import TestSupport
import Testing

/// Requests over TLS, to Python's ssl module with certificates that `openssl` makes.
@Suite("LiveHTTP over TLS")
struct TLSTests {
    /// An authority, and what it signed: `good`, of another name, expired, not valid yet, and one that signed itself.
    private final class Authority: Sendable {
        static let shared = Result { try Authority() }
        let openssl: OpenSSL
        let roots: [UInt8]

        init() throws {
            openssl = try OpenSSL()
            try openssl.makeRoot("root", "/CN=test authority")
            roots = try openssl.read("root.pem")
            for (file, text) in [
                ("index.txt", ""), ("serial", "1000"),
                (
                    "ca.cnf",
                    """
                    [ca]
                    default_ca = d
                    [d]
                    database = index.txt
                    serial = serial
                    new_certs_dir = .
                    certificate = root.pem
                    private_key = root.key
                    default_md = sha256
                    policy = p
                    unique_subject = no
                    [p]
                    commonName = supplied
                    [name]
                    subjectAltName = DNS:localhost
                    extendedKeyUsage = serverAuth
                    [address]
                    subjectAltName = IP:127.0.0.1
                    [other]
                    subjectAltName = DNS:example.org
                    [wild]
                    subjectAltName = DNS:*.localhost, DNS:*
                    """
                ),
            ] { try openssl.write(file, text) }
            try issue("good", "name", "20200101000000Z", "20990101000000Z")
            try issue("address", "address", "20200101000000Z", "20990101000000Z")
            try issue("other", "other", "20200101000000Z", "20990101000000Z")
            try issue("wild", "wild", "20200101000000Z", "20990101000000Z")
            try issue("expired", "name", "20200101000000Z", "20210101000000Z")
            try issue("early", "name", "20980101000000Z", "20990101000000Z")
            try openssl.makeKey("self")
            try openssl.makeCertificate("self", .init("/CN=localhost", extensions: ["subjectAltName = DNS:localhost"]))
        }

        private func issue(_ name: String, _ section: String, _ from: String, _ until: String) throws {
            try openssl.makeKey(name)
            try openssl(["req", "-new", "-key", "\(name).key", "-subj", "/CN=\(name)", "-out", "\(name).csr"])
            try openssl([
                "ca", "-batch", "-notext", "-config", "ca.cnf", "-extensions", section, "-in", "\(name).csr",
                "-startdate", from,
                "-enddate", until, "-out", "\(name).pem",
            ])
        }
    }

    /// A server for connections that it treats by its mode, until it is let go.
    private struct Server: ~Copyable {
        private let child: ChildProcess
        let port: Int

        private static let program = """
            import socket, ssl, sys, time
            mode, certificate, key = sys.argv[1:]
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            if mode == "old":
                context.minimum_version = ssl.TLSVersion.TLSv1
                context.maximum_version = ssl.TLSVersion.TLSv1_1
                context.set_ciphers("ALL:@SECLEVEL=0")
            listener = socket.create_server(("127.0.0.1", 0))
            print(listener.getsockname()[1], flush=True)
            while True:
                plain, _ = listener.accept()
                try:
                    if mode == "stall":
                        time.sleep(60)
                    if mode == "plain":
                        plain.sendall(b"HTTP/1.1 400 Bad Request\\r\\nContent-Length: 0\\r\\n\\r\\n")
                    stream = plain if mode == "plain" else context.wrap_socket(plain, server_side=True)
                    request = b""
                    while b"\\r\\n\\r\\n" not in request:
                        piece = stream.recv(4096)
                        if not piece:
                            break
                        request += piece
                    if mode == "redirect":
                        stream.sendall(b"HTTP/1.1 302 Found\\r\\nLocation: https://localhost:1/\\r\\nContent-Length: 0\\r\\n\\r\\n")
                    elif mode in ("cut", "close"):
                        stream.sendall(b"HTTP/1.1 200 OK\\r\\n\\r\\nall of it")
                    else:
                        host = [line for line in request.split(b"\\r\\n") if line.lower().startswith(b"host:")][0]
                        stream.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n%s" % (len(host), host))
                    if mode not in ("cut", "plain"):
                        stream.unwrap()
                except OSError:
                    pass
                plain.close()
            """

        init(_ mode: String, _ certificate: String = "good") throws {
            let folder = try Authority.shared.get().openssl.path
            var output = try DescriptorPair.pipe()
            let answer = try output.takeFirst()
            let childOutput = try output.takeSecond()
            var options = ChildProcess.Options()
            options.descriptors = [-1, childOutput.rawValue, 2]
            options.deathSignal = 9
            let child = try ChildProcess.spawn(
                "/usr/bin/python3",
                ["python3", "-c", Self.program, mode, "\(folder)/\(certificate).pem", "\(folder)/\(certificate).key"],
                options)
            _ = consume childOutput
            var line: [UInt8] = []
            while line.last != 0x0a {
                let piece = try answer.readOnce(limit: 64)
                if piece.isEmpty { break }
                line += piece
            }
            self.child = child
            port = Int(String(decoding: line, as: UTF8.self).filter(\.isNumber)) ?? 0
        }

        deinit {
            try? child.send(signal: 9)
            _ = try? child.wait(until: Deadline(in: .seconds(5)))
        }
    }

    private func get(
        _ server: borrowing Server, name: String = "localhost", trust: TLSTrust? = nil, within: Duration = .seconds(10)
    ) async throws -> Result<HTTPResponse, FetchError> {
        let trust = try trust ?? TLSTrust(roots: Authority.shared.get().roots, from: "the test's")
        let endpoint =
            name == "127.0.0.1"
            ? HTTPEndpoint(address: name, port: server.port, tls: trust)
            : HTTPEndpoint(name: name, port: server.port, tls: trust)
        return await fetch(HTTPRequest(.get, endpoint, "/config.yaml"), within: within)
    }

    private func failure(
        _ mode: String, _ certificate: String = "good", name: String = "localhost", trust: TLSTrust? = nil,
        within: Duration = .seconds(10)
    ) async throws -> FetchError? {
        let server = try Server(mode, certificate)
        guard case .failure(let error) = try await get(server, name: name, trust: trust, within: within) else {
            return nil
        }
        #expect(error.url == "https://\(name):\(server.port)/config.yaml")
        return error
    }

    @Test("a server that somebody who is believed vouches for is asked, by its name or its address")
    func good() async throws {
        let server = try Server("ok")
        let answer = try await get(server).get()
        #expect(answer.status == 200 && answer.body == Array("Host: localhost:\(server.port)".utf8))
        let other = try Server("ok", "address")
        #expect(try await get(other, name: "127.0.0.1").get().status == 200)
    }

    @Test(
        "a certificate that is another's, out of its time, or nobody's is not believed",
        arguments: [
            ("other", "localhost", "localhost's"), ("wild", "localhost", "localhost's"),
            ("address", "localhost", "localhost's"), ("good", "127.0.0.1", "127.0.0.1's"),
            ("expired", "localhost", "this clock's time"), ("early", "localhost", "this clock's time"),
            ("self", "localhost", "nobody in the roots"),
        ])
    func wrong(certificate: String, name: String, words: String) async throws {
        let error = try await failure("ok", certificate, name: name)
        guard case .untrusted(let reason) = error?.kind else {
            Issue.record("\(error as Any)")
            return
        }
        #expect(reason.contains(words), "\(reason)")
    }

    @Test("without roots nothing is believed, and others' do not do: the system's do not have the test's authority")
    func roots() async throws {
        let system = try LiveFiles().contents(of: "/etc/ssl/certs/ca-certificates.crt", limit: 8 << 20)
        for roots in [system, [], Array("no certificate\n".utf8)] {
            let error = try await failure("ok", trust: TLSTrust(roots: roots, from: "/the/roots"))
            guard case .untrusted(let words) = error?.kind else {
                Issue.record("\(error as Any)")
                continue
            }
            #expect(words.contains("/the/roots") == (roots != system), "\(words)")
        }
    }

    @Test("TLS 1.1, a server without TLS, and one that never answers the handshake are told apart")
    func handshakes() async throws {
        for (mode, words) in [("old", "PROTOCOL_VERSION"), ("plain", "does not speak it at this port")] {
            let error = try await failure(mode)
            guard case .noTLS(let reason) = error?.kind else {
                Issue.record("\(mode): \(error as Any)")
                continue
            }
            #expect(reason.contains(words), "\(reason)")
        }
        #expect(try await failure("stall", within: .milliseconds(600))?.kind == .timedOut)
    }

    @Test("an answer without a length is whole by TLS's own end, and cut off by any other")
    func truncated() async throws {
        let server = try Server("close")
        #expect(try await get(server).get().body == Array("all of it".utf8))
        #expect(try await failure("cut")?.kind == .connectionLost)
    }

    @Test("a redirect is an answer, and nobody follows it")
    func redirect() async throws {
        let server = try Server("redirect")
        #expect(try await get(server).get().status == 302)
    }

    @Test("a name without an address is said by the resolver's words")
    func names() async throws {
        for name in ["no-such-name.invalid", "a..b"] {
            let outcome = await fetch(
                HTTPRequest(.get, HTTPEndpoint(name: name, tls: TLSTrust(roots: [], from: "none")), "/"),
                within: .seconds(20))
            guard case .failure(let error) = outcome else {
                Issue.record("\(name) has an address")
                continue
            }
            switch error.kind {
            case .cannotResolve(let words): #expect(!words.isEmpty)
            default: Issue.record("\(error)")
            }
        }
        for name in ["", "a b", "a\0b"] {
            let outcome = await fetch(HTTPRequest(.get, HTTPEndpoint(name: name), "/"), within: .seconds(5))
            #expect(throws: FetchError.self) { try outcome.get() }
        }
    }
}
