import Documents
import Fetch
import FoundationEssentials
import Kernel
import Platform
import Platforms
import SystemPackage
import TestSupport
import Testing

/// A configuration at an https URL, given by Python's ssl module with a certificate that `openssl` makes.
@Suite("A configuration by TLS")
struct SecureConfigurationTests {
    private static let roots = "/etc/slipway/trust/tls.pem"
    private static let configuration = Array("version: v1\nkind: node\n".utf8)

    /// Serves the configuration as `localhost`, until it is let go.
    private struct Server: ~Copyable {
        private let child: ChildProcess
        let openssl: OpenSSL
        let port: Int

        private static let program = """
            import http.server, ssl
            class Handler(http.server.BaseHTTPRequestHandler):
                protocol_version = "HTTP/1.1"
                def do_GET(self):
                    body = b"version: v1\\nkind: node\\n"
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                def log_message(self, *words):
                    pass
            class Quiet(http.server.ThreadingHTTPServer):
                def handle_error(self, *words):
                    pass
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain("server.pem", "server.key")
            server = Quiet(("127.0.0.1", 0), Handler)
            server.socket = context.wrap_socket(server.socket, server_side=True)
            print(server.server_address[1], flush=True)
            server.serve_forever()
            """

        init() throws {
            let openssl = try OpenSSL()
            try openssl.makeRoot("root", "/CN=test authority")
            try openssl.makeKey("server")
            try openssl.makeCertificate(
                "server", .init("/CN=server", issuer: "root", extensions: ["subjectAltName = DNS:localhost"]))
            var output = try DescriptorPair.pipe()
            let answer = try output.takeFirst()
            let childOutput = try output.takeSecond()
            var options = ChildProcess.Options()
            options.descriptors = [-1, childOutput.rawValue, 2]
            options.deathSignal = 9
            let program = "import os\nos.chdir('\(openssl.path)')\n\(Self.program)"
            let child = try ChildProcess.spawn("/usr/bin/python3", ["python3", "-c", program], options)
            _ = consume childOutput
            var line: [UInt8] = []
            while line.last != 0x0a {
                let piece = try answer.readOnce(limit: 64)
                if piece.isEmpty { break }
                line += piece
            }
            self.child = child
            self.openssl = openssl
            port = Int(String(decoding: line, as: UTF8.self).filter(\.isNumber)) ?? 0
        }

        deinit {
            try? child.send(signal: 9)
            _ = try? child.wait(until: Deadline(in: .seconds(5)))
        }
    }

    /// A machine told of that URL, with a file of roots where one is given.
    private func snapshot(_ port: Int, roots: [UInt8]?) async throws(PlatformError) -> MetadataSnapshot {
        var files: [String: JSONValue] = [
            "/sys/class/dmi/id/product_uuid": "11111111-2222-3333-4444-555555555555\n",
            "/proc/cmdline": .string("quiet slipway.config=https://localhost:\(port)/config.yaml\n"),
        ]
        if let roots { files[Self.roots] = ["base64": .string(Data(roots).base64EncodedString())] }
        let fixture = MachineFixture(name: "metal/secure", document: ["files": .object(files)])
        guard let source = Registry.platform("metal")?.source, var (context, _) = try? fixture.context() else {
            throw PlatformError(.noMetadata)
        }
        context.http = LiveHTTP()
        return try await source.snapshot(in: context)
    }

    private func refusal(_ port: Int, roots: [UInt8]?) async -> String? {
        do throws(PlatformError) {
            _ = try await snapshot(port, roots: roots)
            return nil
        } catch {
            guard case .untrusted(let words) = error.kind, error.exit == .failed, !error.hint.isEmpty else {
                return "\(error)"
            }
            return "not believed: \(words)"
        }
    }

    @Test("it needs no digest where the node's own roots vouch for the server")
    func believed() async throws {
        let server = try Server()
        let root = try server.openssl.read("root.pem")
        let snapshot = try await snapshot(server.port, roots: root)
        #expect(snapshot.userData?.decoded == Self.configuration)
        #expect(snapshot.instanceID == "11111111-2222-3333-4444-555555555555")
    }

    @Test("it is refused where the system's roots, or the node's own, do not vouch for the server")
    func unbelieved() async throws {
        let server = try Server()
        let other = try OpenSSL()
        try other.makeRoot("root", "/CN=test authority")
        #expect(await refusal(server.port, roots: nil)?.hasPrefix("not believed: ") == true)
        #expect(await refusal(server.port, roots: try other.read("root.pem"))?.hasPrefix("not believed: ") == true)
    }

    @Test("roots of the node's own that are empty, too long, or no certificates are an error, not the system's instead")
    func badRoots() async throws {
        let server = try Server()
        let root = try server.openssl.read("root.pem")
        for roots in [[], Array("no certificate\n".utf8)] {
            #expect(await refusal(server.port, roots: roots)?.hasPrefix("not believed: ") == true)
        }
        // The right root is at its beginning: a file that is cut at the limit would be believed.
        let long = root + [UInt8](repeating: 0x0a, count: 4 << 20)
        #expect(await refusal(server.port, roots: long)?.contains("\(Self.roots): longer than the limit") == true)
    }

    @Test("roots that cannot be read are an error, with the file's name")
    func unreadable() throws {
        let url = try #require(ServiceURL("https://example.org/"))
        let absent = try url.endpoint(on: HostRoot(replaying: NoReading(errno: .noSuchFileOrDirectory)), for: "metal")
        #expect(absent.tls?.roots == [] && absent.tls?.name.hasPrefix(Self.roots) == true)
        for errno in [Errno.permissionDenied, .ioError, .isDirectory] {
            let host = HostRoot(replaying: NoReading(errno: errno))
            do throws(PlatformError) {
                _ = try url.endpoint(on: host, for: "metal")
                Issue.record("\(errno): roots that nobody could read")
            } catch {
                guard case .untrusted(let words) = error.kind else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(words.contains(Self.roots) && !error.hint.isEmpty)
            }
        }
    }

    /// Every file fails alike.
    private struct NoReading: FileSource {
        let errno: Errno
        func contents(of path: FilePath, limit: Int) throws(OSError) -> [UInt8] { throw failure(path) }
        func entries(of path: FilePath) throws(OSError) -> [String] { throw failure(path) }
        func linkTarget(of path: FilePath) throws(OSError) -> FilePath { throw failure(path) }
        private func failure(_ path: FilePath) -> OSError {
            OSError(operation: "open", errno: errno, subject: path.string)
        }
    }
}
