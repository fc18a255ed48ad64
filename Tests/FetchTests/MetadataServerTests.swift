import Documents
import Fetch
import Glibc
import Kernel
import SystemPackage
import TestSupport
import Testing

private let ttlField = "X-aws-ec2-metadata-token-ttl-seconds"
private let tokenField = "X-aws-ec2-metadata-token"
private let macPath = "/latest/meta-data/network/interfaces/macs/02:29:96:8f:6a:2d"

/// A small instance, and the server before it.
private struct Instance: ~Copyable {
    let scratch: TemporaryDirectory
    let server: MetadataServer

    init(_ arguments: [String] = [], listen: [String] = ["127.0.0.1:0"]) throws {
        let scratch = try TemporaryDirectory()
        try scratch.write("secret", "outside")
        try scratch.write("tree/latest/meta-data/instance-id", "i-0123456789abcdef0")
        try scratch.write("tree/latest/meta-data/placement/region", "eu-central-1")
        try scratch.write("tree/latest/meta-data/public-keys/0/openssh-key", "ssh-ed25519 AAAA")
        try scratch.write("tree/latest/meta-data/public-keys/.listing", "0=mine")
        try scratch.write("tree\(macPath)/device-number", "0")
        try scratch.write("tree/latest/user-data", [0x1f, 0x8b, 0x00, 0xff])
        let root = "\(scratch.path)/tree"
        #expect(unsafe symlink("/latest", "\(root)/2021-03-23") == 0)
        #expect(unsafe symlink("../../../secret", "\(root)/latest/meta-data/up") == 0)
        #expect(unsafe symlink("\(scratch.path)/secret", "\(root)/latest/meta-data/away") == 0)
        #expect(unsafe symlink("\(scratch.path)", "\(root)/latest/meta-data/folder") == 0)
        server = try MetadataServer(
            serving: scratch.path.appending("tree"), scratch: scratch.path, listen: listen, arguments)
        self.scratch = scratch
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ headers: [HTTPHeader] = []
    ) async throws -> HTTPResponse {
        try await fetch(HTTPRequest(method, .local(server.port), path, headers: headers)).get()
    }

    func token(seconds: Int = 60) async throws -> String {
        let answer = try await send(.put, "/latest/api/token", [HTTPHeader(ttlField, "\(seconds)")])
        try #require(answer.status == 200)
        return String(decoding: answer.body, as: UTF8.self)
    }

    func get(_ path: String, token: String) async throws -> (status: Int, text: String) {
        let answer = try await send(.get, path, [HTTPHeader(tokenField, token)])
        return (answer.status, String(decoding: answer.body, as: UTF8.self))
    }
}

@Suite("The simulated EC2 metadata service")
struct MetadataServerTests {
    @Test("a token is granted for 1 to 21600 seconds, and its time is told")
    func tokenTimes() async throws {
        let instance = try Instance()
        for (text, status) in [
            ("1", 200), ("21600", 200), ("0", 400), ("21601", 400), ("-1", 400), ("", 400), ("x", 400), ("+5", 400),
            ("99999999999999999999", 400),
        ] {
            let answer = try await instance.send(.put, "/latest/api/token", [HTTPHeader(ttlField, text)])
            #expect(answer.status == status, "\(text)")
            #expect(answer.header(ttlField) == (status == 200 ? text : nil))
            #expect(answer.body.count == (status == 200 ? 56 : 0))
        }
        #expect(try await instance.send(.put, "/latest/api/token").status == 400)
        let twice = [HTTPHeader(ttlField, "5"), HTTPHeader(ttlField, "5")]
        #expect(try await instance.send(.put, "/latest/api/token", twice).status == 400)
    }

    @Test("a forwarded request for a token is forbidden")
    func forwarded() async throws {
        let instance = try Instance()
        let headers = [HTTPHeader(ttlField, "60"), HTTPHeader("X-Forwarded-For", "10.0.0.9")]
        #expect(try await instance.send(.put, "/latest/api/token", headers).status == 403)
    }

    @Test("without a token, or with one that was never granted, there is nothing, not even what is absent")
    func unauthorized() async throws {
        let instance = try Instance()
        for path in ["/latest/meta-data/instance-id", "/latest/nonesuch", "/"] {
            #expect(try await instance.send(.get, path).status == 401)
            #expect(try await instance.get(path, token: "invented").status == 401)
        }
    }

    @Test("a token ends with its time, which the cap shortens")
    func expiry() async throws {
        let instance = try Instance(["--token-ttl-cap", "2"])
        let answer = try await instance.send(.put, "/latest/api/token", [HTTPHeader(ttlField, "21600")])
        #expect(answer.header(ttlField) == "2")
        let token = String(decoding: answer.body, as: UTF8.self)
        #expect(try await instance.get("/latest/meta-data/instance-id", token: token).status == 200)
        try await Task.sleep(for: .milliseconds(2100))
        #expect(try await instance.get("/latest/meta-data/instance-id", token: token).status == 401)
    }

    @Test("files answer with their bytes, directories with their names, the absent with 404")
    func content() async throws {
        let instance = try Instance()
        let token = try await instance.token()
        for (path, status, text) in [
            ("/latest/meta-data/instance-id", 200, "i-0123456789abcdef0"),
            ("/2021-03-23/meta-data/instance-id", 200, "i-0123456789abcdef0"),
            ("/latest/meta-data/placement/", 200, "region"),
            ("/latest/meta-data", 200, "instance-id\nnetwork/\nplacement/\npublic-keys/"),
            ("/latest/meta-data/public-keys/", 200, "0=mine"),
            ("/latest/meta-data/public-keys/0/", 200, "openssh-key"),
            ("/latest", 200, "meta-data/\nuser-data"),
            ("\(macPath)/device-number", 200, "0"),
            ("/latest/meta-data/network/interfaces/macs/02%3A29%3a96:8f:6a:2d/device-number", 200, "0"),
            ("/latest/meta-data/instance-id?x=y", 200, "i-0123456789abcdef0"),
            ("/latest/meta-data/instance-id/", 404, ""),
            ("/latest/meta-data/nonesuch", 404, ""),
            ("/latest/meta-data/public-keys/.listing", 404, ""),
        ] {
            let answer = try await instance.get(path, token: token)
            #expect(answer == (status, text), "\(path)")
        }
        let userData = try await instance.send(.get, "/latest/user-data", [HTTPHeader(tokenField, token)])
        #expect(userData.body == [0x1f, 0x8b, 0x00, 0xff])
    }

    @Test("an answer larger than a socket's buffers comes whole")
    func large() async throws {
        let instance = try Instance()
        let bytes = [UInt8](repeating: 0x2a, count: 4 << 20)
        try instance.scratch.write("tree/latest/user-data", bytes)
        let shown = [HTTPHeader(tokenField, try await instance.token())]
        for _ in 0..<4 { #expect(try await instance.send(.get, "/latest/user-data", shown).body == bytes) }
    }

    @Test(
        "no path leads out of the directory",
        arguments: [
            "/../secret", "/latest/../../secret", "/%2e%2e/secret", "/latest/%2E%2e/%2e./secret", "/..%2fsecret",
            "/%2e%2e%2fsecret", "/latest/meta-data/up", "/latest/meta-data/away", "/latest/meta-data/folder/secret",
            "/latest/user-data%00", "/%", "/%2", "/%zz", "/%ff%fe", "//../secret", "/latest/%5c..%5csecret",
        ])
    func traversal(_ path: String) async throws {
        let instance = try Instance()
        let token = try await instance.token()
        let answer = try await instance.get(path, token: token)
        #expect(answer == (404, ""))
    }

    @Test("other methods are refused, with what is allowed")
    func methods() async throws {
        let instance = try Instance()
        let token = try await instance.token()
        let shown = [HTTPHeader(tokenField, token)]
        let rows: [(HTTPRequest.Method, String, String)] = [
            (.post, "/latest/meta-data/instance-id", "GET"), (.put, "/latest/meta-data/instance-id", "GET"),
            (.get, "/latest/api/token", "PUT"), (.post, "/latest/api/token", "PUT"),
        ]
        for (method, path, allowed) in rows {
            let answer = try await instance.send(method, path, shown)
            #expect(answer.status == 405 && answer.header("Allow") == allowed, "\(method) \(path)")
        }
    }

    @Test("each request is a line of the log before its answer is there, and no line has a token in it")
    func log() async throws {
        let instance = try Instance()
        let before = MonotonicTime.now().seconds
        let token = try await instance.token()
        _ = try await instance.get("/latest/meta-data/instance-id", token: token)
        _ = try await instance.get("/latest/meta-data/\"%0a?x", token: "wrong")
        let lines = try instance.server.requests()
        #expect(lines.map { $0["method"]?.string } == ["PUT", "GET", "GET"])
        #expect(lines.map { $0["status"]?.integer } == [200, 200, 401])
        #expect(lines.map { $0["token"]?.string } == ["none", "valid", "invalid"])
        #expect(lines.last?["path"]?.string == "/latest/meta-data/\"%0a?x")
        let times = lines.compactMap { $0["time"]?.double }
        #expect(times == times.sorted() && times.allSatisfy { $0 >= before && $0 <= MonotonicTime.now().seconds })
        #expect(lines.allSatisfy { $0["remote"]?.string?.hasPrefix("127.0.0.1:") == true })
        let text = try HostRoot.live.text(instance.scratch.path.appending("requests.log"))
        #expect(!text.contains(token))
    }
}

@Suite("The metadata server's faults and its process")
struct MetadataServerProcessTests {
    @Test("a fault holds for its count of requests and its path, in order")
    func faults() async throws {
        let mac = macPath.split(separator: ":").joined(separator: "%3A")
        let instance = try Instance([
            "--fault", "status:/latest/user-data:503:2", "--fault", "reset:/latest/api/token:1",
            "--fault", "truncate:/latest/meta-data/instance-id", "--fault", "delay:\(mac)/device-number:300",
        ])
        let token = HTTPRequest(.put, .local(instance.server.port), "/latest/api/token")
        #expect(await fetch(token).kind == .connectionLost)
        let valid = try await instance.token()
        for status in [503, 503, 200, 200] {
            #expect(try await instance.get("/latest/user-data", token: valid).status == status)
        }
        var request = HTTPRequest(.get, .local(instance.server.port), "/latest/meta-data/instance-id")
        request.headers = [HTTPHeader(tokenField, valid)]
        for _ in 0..<2 { #expect(await fetch(request).kind == .connectionLost) }
        request.path = "\(macPath)/device-number"
        #expect(await fetch(request, within: .milliseconds(100)).kind == .timedOut)
        #expect(try await fetch(request).get().status == 200)
        #expect(try instance.server.requests().first?["status"]?.integer == 0)
    }

    @Test("a delay holds for each answer, side by side")
    func delay() async throws {
        let instance = try Instance(["--delay-ms", "200"])
        let start = MonotonicTime.now()
        let endpoint = HTTPEndpoint.local(instance.server.port)
        await withTaskGroup { group in
            for _ in 0..<10 { group.addTask { _ = await fetch(HTTPRequest(.get, endpoint, "/")) } }
        }
        let taken = MonotonicTime.now().since(start)
        #expect(taken >= .milliseconds(200) && taken < .milliseconds(1900))
    }

    @Test("it listens on several addresses, IPv6 among them, and ends with 0 on SIGTERM")
    func severalAddresses() async throws {
        let instance = try Instance(listen: ["127.0.0.1:0", "[::1]:0", "127.0.0.2:0"])
        #expect(Set(instance.server.ports).count == 3 && !instance.server.ports.contains(0))
        for (address, port) in zip(["127.0.0.1", "::1", "127.0.0.2"], instance.server.ports) {
            let request = HTTPRequest(.get, HTTPEndpoint(address: address, port: port), "/")
            #expect(try await fetch(request).get().status == 401)
        }
        #expect(try instance.server.stop() == .exited(0))
    }

    @Test("it ends with its stdin where that is asked for")
    func endsWithInput() async throws {
        let directory = try TemporaryDirectory()
        let outcome = try run(["--directory", directory.path.string, "--listen", "127.0.0.1:0", "--exit-with-stdin"])
        #expect(outcome.status == .exited(0))
        #expect(outcome.text.hasPrefix("{\"listening\":[\"127.0.0.1:"))
    }

    @Test(
        "a wrong command line is exit 2 and one line on stderr",
        arguments: [
            [], ["--listen", "127.0.0.1:0"], ["--directory", "/"], ["--directory", "/", "--listen", "localhost:80"],
            ["--directory", "/", "--listen", "127.0.0.1"], ["--directory", "/", "--listen", "127.0.0.1:65536"],
            ["--directory", "/", "--listen", "::1:80"],
            ["--directory", "/", "--listen", "127.0.0.1:0", "--fault", "x:/y"],
            ["--directory", "/", "--listen", "127.0.0.1:0", "--fault", "status:/y"],
            ["--directory", "/", "--listen", "127.0.0.1:0", "--fault", "status:/y:99"],
            ["--directory", "/", "--listen", "127.0.0.1:0", "--fault", "reset:/macs/02:29:96:8f:6a:2d/x"],
            ["--directory", "/", "--listen", "127.0.0.1:0", "--platform", "abacus"],
            ["--directory", "/", "--listen", "127.0.0.1:0", "--delay-ms", "-1"],
            ["--directory", "/", "--listen", "127.0.0.1:0", "--token-ttl-cap", "0"],
        ])
    func usage(_ arguments: [String]) throws {
        let outcome = try run(arguments)
        #expect(outcome.status == .exited(2))
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.hasPrefix("slipway-metadata-server: "))
        #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
    }

    @Test("a failure is exit 1 and one line that says what and on what")
    func failures() throws {
        let missing = try run(["--directory", "/nonesuch", "--listen", "127.0.0.1:0"])
        #expect(missing.status == .exited(1))
        #expect(missing.errors == "slipway-metadata-server: open /nonesuch: No such file or directory\n")
        let blocker = try RawServer([])
        let taken = try run(["--directory", "/", "--listen", "127.0.0.1:\(blocker.port)"])
        #expect(taken.status == .exited(1) && taken.output.isEmpty)
        #expect(
            taken.errors == "slipway-metadata-server: bind 127.0.0.1 port \(blocker.port): Address already in use\n")
    }

    /// Runs the server with an empty stdin to its end.
    private func run(_ arguments: [String]) throws -> CommandOutput {
        try attempt(builtProduct(named: "slipway-metadata-server").string, arguments, timeout: .seconds(20))
    }
}
