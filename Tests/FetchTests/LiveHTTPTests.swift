import Fetch
import Kernel
import SystemPackage
import TestSupport
import Testing

/// What a request to a server that does `script` comes to.
private func outcome(
    _ script: [RawServer.Step], bodyLimit: Int = 1000, within time: Duration = .seconds(10)
) async throws -> Result<HTTPResponse, FetchError> {
    let server = try RawServer(script)
    defer { server.stop() }
    return await fetch(HTTPRequest(.get, .local(server.port), "/x", bodyLimit: bodyLimit), within: time)
}

@Suite("LiveHTTP against a peer that misbehaves")
struct LiveHTTPTests {
    private static let ok = "HTTP/1.1 200 OK\r\n"

    @Test("a whole answer has its status, its fields in order and its body")
    func wholeAnswer() async throws {
        let answer = try await outcome([
            .readHead, .text("HTTP/1.1 404 Gone Fishing\r\nA: 1\r\nb: 2\r\nA: 3\r\nContent-Length: 4\r\n\r\nbody"),
        ]).get()
        #expect(answer.status == 404)
        #expect(answer.headers.prefix(3) == [HTTPHeader("A", "1"), HTTPHeader("b", "2"), HTTPHeader("A", "3")])
        #expect(answer.body == Array("body".utf8))
    }

    @Test(
        "each form of a body's end is understood",
        arguments: [
            ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nbo\r\n2;x=y\r\ndy\r\n0\r\nTrailer: 1\r\n\r\n",
            ok + "Connection: close\r\n\r\nbody",
            "HTTP/1.0 200 OK\r\n\r\nbody",
            "HTTP/1.1 100 Continue\r\n\r\n" + ok + "Content-Length: 4\r\n\r\nbody",
            ok + "Content-Length: 4\r\n\r\nbodyguard",
        ])
    func bodyForms(_ text: String) async throws {
        #expect(try await outcome([.readHead, .text(text)]).get().body == Array("body".utf8))
    }

    @Test("a redirect is an answer, and is not followed")
    func redirect() async throws {
        let answer = try await outcome([
            .readHead, .text("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"),
        ]).get()
        #expect(answer.status == 302)
        #expect(answer.header("location") == "http://127.0.0.1:1/")
    }

    @Test(
        "an answer that ends early is a lost connection",
        arguments: [
            [.readHead],
            [.readHead, .reset],
            [.readHead, .text("HTTP/1.1 200")],
            [.readHead, .text("HTTP/1.1 200"), .reset],
            [.readHead, .text(ok + "A: b\r\n")],
            [.readHead, .text(ok + "Content-Length: 5\r\n\r\nfour")],
            [.readHead, .text(ok + "Content-Length: 5\r\n\r\nfour"), .reset],
            [.readHead, .text(ok + "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n")],
            [.readHead, .text(ok + "Transfer-Encoding: chunked\r\n\r\n9\r\nbody")],
            [.readHead, .text("HTTP/1.1 100 Continue\r\n\r\n")],
            [.reset],
        ] as [[RawServer.Step]])
    func lost(_ script: [RawServer.Step]) async throws {
        let kind = try await outcome(script).kind
        #expect(kind == .connectionLost)
    }

    @Test(
        "what is not HTTP/1 is malformed",
        arguments: [
            "SSH-2.0-OpenSSH_9.2\r\n",
            "\u{0}\u{1}\u{2}\u{3}\u{16}\u{3}\u{1}",
            "HTTP/2.0 200 OK\r\n\r\n",
            "HTTP/1.1 2x0 OK\r\n\r\n",
            "HTTP/1.1 99999 OK\r\n\r\n",
            ok + "no colon here\r\n\r\n",
            ok + ": no name\r\n\r\n",
            ok + "Content-Length: -1\r\n\r\n",
            ok + "Content-Length: many\r\n\r\n",
            ok + "Content-Length: 99999999999999999999999999\r\n\r\n",
            ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
            ok + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        ])
    func malformed(_ text: String) async throws {
        #expect(try await outcome([.readHead, .text(text), .waitForClose]).kind == .malformed)
    }

    @Test("a Content-Length over the limit is refused before the body comes")
    func announcedTooLarge() async throws {
        let script: [RawServer.Step] = [.readHead, .text(Self.ok + "Content-Length: 1001\r\n\r\n"), .waitForClose]
        #expect(try await outcome(script).kind == .tooLarge(limit: 1000))
        let whole = Self.ok + "Content-Length: 1000\r\n\r\n" + String(repeating: "x", count: 1000)
        #expect(try await outcome([.readHead, .text(whole)]).get().body.count == 1000)
    }

    @Test(
        "a body over the limit is refused while it comes, however it is framed",
        arguments: [ok + "\r\n", ok + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n"])
    func unannouncedTooLarge(_ head: String) async throws {
        let flood = [UInt8](repeating: 0x78, count: 1 << 20)
        #expect(
            try await outcome([.readHead, .text(head), .trickle(flood, times: 10_000, every: .zero)]).kind
                == .tooLarge(limit: 1000))
    }

    @Test(
        "a head over its limit is refused: one long field, many fields, small ones, a trailer",
        arguments: [
            (ok + "A: ", "x"), (ok, "A: \(String(repeating: "b", count: 99))\r\n"), (ok, "a:\r\n"),

            (ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n", "a: b\r\n"),
        ])
    func headTooLarge(_ start: String, _ repeated: String) async throws {
        let flood = Array(String(repeating: repeated, count: 65_536 / repeated.utf8.count).utf8)
        let script: [RawServer.Step] = [.readHead, .text(start), .trickle(flood, times: 10_000, every: .zero)]
        #expect(try await outcome(script).kind == .tooLarge(limit: 32 << 10))
    }

    @Test(
        "the deadline strikes at whatever point the peer stands still",
        arguments: [
            [.waitForClose],
            [.readHead, .waitForClose],
            [.readHead, .text("HTTP/1.1 2"), .waitForClose],
            [.readHead, .text(ok + "Content-Length: 4\r\n\r\nbo"), .waitForClose],
            [
                .readHead, .text(ok + "Content-Length: 900\r\n\r\n"),
                .trickle([0x78], times: 900, every: .milliseconds(50)),
            ],
            [.readHead, .text("HTTP/1.1 200 "), .trickle([0x78], times: 10_000, every: .milliseconds(1))],
            [.readHead, .trickle(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8), times: 10_000, every: .milliseconds(1))],
        ] as [[RawServer.Step]])
    func deadline(_ script: [RawServer.Step]) async throws {
        let start = MonotonicTime.now()
        #expect(try await outcome(script, within: .milliseconds(300)).kind == .timedOut)
        let taken = MonotonicTime.now().since(start)
        #expect(taken >= .milliseconds(300))
    }

    @Test("the deadline strikes while a large request cannot be written")
    func slowWrite() async throws {
        let server = try RawServer([.trickle([], times: 100, every: .milliseconds(50))])
        let request = HTTPRequest(.put, .local(server.port), "/", body: [UInt8](repeating: 0, count: 32 << 20))
        #expect(await fetch(request, within: .milliseconds(300)).kind == .timedOut)
    }

    @Test("a deadline that has passed sends nothing; one that never comes is no trap")
    func extremeDeadlines() async throws {
        let request = HTTPRequest(.get, .local(1), "/")
        #expect(await fetch(request, within: .seconds(-1)).kind == .timedOut)
        #expect(await fetch(request, within: .seconds(Int64.max)).kind == .cannotConnect(.connectionRefused))
    }

    @Test("a limit of the head that makes no sense is brought into range")
    func headLimits() {
        #expect(LiveHTTP(headLimit: .min).headLimit == 1 << 10)
        #expect(LiveHTTP(headLimit: .max).headLimit == 1 << 20)
    }

    @Test("what goes out has a host, our name, no keep-alive, and a length where there may be a body")
    func requestHead() async throws {
        let echo = try RawServer([.readHead, .text("HTTP/1.1 200 OK\r\n\r\n"), .echoHead])
        func head(_ method: HTTPRequest.Method, _ headers: [HTTPHeader] = []) async throws -> String {
            let answer = try await fetch(HTTPRequest(method, .local(echo.port), "/x?y=z", headers: headers)).get()
            return String(decoding: answer.body, as: UTF8.self)
        }
        let host = "Host: 127.0.0.1:\(echo.port)\r\nUser-Agent: slipway\r\nConnection: close\r\n"
        #expect(try await head(.get) == "GET /x?y=z HTTP/1.1\r\n\(host)\r\n")
        #expect(try await head(.put) == "PUT /x?y=z HTTP/1.1\r\n\(host)Content-Length: 0\r\n\r\n")
        let own = [
            HTTPHeader("host", "h"), HTTPHeader("Content-Length", "9"), HTTPHeader("Transfer-Encoding", "chunked"),
        ]
        #expect(
            try await head(.get, own)
                == "GET /x?y=z HTTP/1.1\r\nhost: h\r\nUser-Agent: slipway\r\nConnection: close\r\n\r\n")
    }

    @Test("a cancelled task ends its request at once")
    func cancellation() async throws {
        let server = try RawServer([.waitForClose])
        let task = Task { await fetch(HTTPRequest(.get, .local(server.port), "/"), within: .seconds(60)) }
        try await Task.sleep(for: .milliseconds(100))
        task.cancel()
        #expect(await task.value.kind == .connectionLost)
    }

    @Test("nobody listens: the kernel's refusal")
    func refused() async throws {
        let server = try RawServer([])
        server.stop()
        let request = HTTPRequest(.get, .local(server.port), "/")
        #expect(await fetch(request).kind == .cannotConnect(.connectionRefused))
        let description = await fetch(request).failure?.description
        #expect(description == "http://127.0.0.1:\(server.port)/: Connection refused")
    }

    @Test("a request leaves by the link it names, and one that is not there is ENODEV")
    func interface() async throws {
        let server = try RawServer([.readHead, .text(Self.ok + "Content-Length: 0\r\n\r\n")])
        var request = HTTPRequest(.get, .local(server.port), "/")
        request.endpoint.interface = "lo"
        #expect(try await fetch(request).get().status == 200)
        for missing in ["nonesuch0", "", "a-name-that-is-far-too-long"] {
            request.endpoint.interface = missing
            #expect(await fetch(request).kind == .cannotConnect(Errno(rawValue: 19)), "\(missing)")
        }
    }

    @Test(
        "a request that HTTP cannot say is not sent",
        arguments: [
            HTTPRequest(.get, HTTPEndpoint(address: "metadata.google.internal"), "/"),
            HTTPRequest(.get, HTTPEndpoint(address: ""), "/"),
            HTTPRequest(.get, HTTPEndpoint(address: "127.0.0.1\u{0}"), "/"),
            HTTPRequest(.get, .local(0), "/"), HTTPRequest(.get, .local(65_536), "/"),
            HTTPRequest(.get, .local(-1), "/"),
            HTTPRequest(.get, .local(80), ""), HTTPRequest(.get, .local(80), "x"),
            HTTPRequest(.get, .local(80), "/a b"), HTTPRequest(.get, .local(80), "/\r\nX: y"),
            HTTPRequest(.get, .local(80), "/é"),
            HTTPRequest(.get, .local(80), "/", headers: [HTTPHeader("a b", "c")]),
            HTTPRequest(.get, .local(80), "/", headers: [HTTPHeader("", "c")]),
            HTTPRequest(.get, .local(80), "/", headers: [HTTPHeader("a", "b\r\nc: d")]),
        ])
    func invalid(_ request: HTTPRequest) async throws { #expect(await fetch(request).kind == .invalidRequest) }
}

@Suite("LiveHTTP's descriptors")
struct LiveHTTPDescriptorTests {
    @Test("after a batch of requests, each ending otherwise, no descriptor is left")
    func noLeak() async {
        await #expect(processExitsWith: .success) {
            try bringLoopbackUp()
            let scripts: [[RawServer.Step]] = [
                [.readHead, .text("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")],
                [.readHead, .text("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok")],
                [.readHead, .text("nonsense\r\n\r\n"), .waitForClose],
                [.readHead, .text("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nok"), .waitForClose],
                [.reset], [.waitForClose],
            ]
            _ = await fetch(HTTPRequest(.get, .local(1), "/"))  // NIO's own: its epoll, timer and event descriptors
            let before = try openDescriptorCount()
            for script in scripts {
                let server = try RawServer(script)
                for _ in 0..<4 {
                    var request = HTTPRequest(.get, .local(server.port), "/", bodyLimit: 1000)
                    _ = await fetch(request, within: .milliseconds(100))
                    request.endpoint.interface = "nonesuch0"
                    _ = await fetch(request)
                }
                let endpoint = HTTPEndpoint.local(server.port)
                let task = Task { await fetch(HTTPRequest(.get, endpoint, "/")) }
                task.cancel()
                _ = await task.value
                server.stop()
                _ = await fetch(HTTPRequest(.get, endpoint, "/"))
            }
            #expect(try openDescriptorCount() == before)
        }
    }
}
