import Fetch
import Kernel
import Platform
import TestSupport
import Testing

/// Where a fault is met: by which machine, at which of its requests.
struct FaultSite: CustomTestStringConvertible, Sendable {
    let fixture: String
    let line: String
    /// The same in the words of a person.
    let name: String

    var testDescription: String { name }
    var path: String { String(line.drop { $0 != "/" }) }

    static let token = FaultSite(
        fixture: "aws/two-nics", line: "PUT /latest/api/token", name: "the token of EC2")
    static let key = FaultSite(
        fixture: "aws/two-nics", line: "GET /latest/meta-data/instance-id", name: "a key of EC2, among others")
    static let tree = FaultSite(
        fixture: "gcp/single-nic", line: "GET /computeMetadata/v1/?recursive=true&alt=json",
        name: "Compute Engine's tree, the first contact")
    static let all = [token, key, tree]
}

/// A row: what the service does, and what the fetch must come to.
struct FaultRow: Sendable {
    enum Outcome: Sendable {
        /// The machine as the fixture has it, after so many requests of the site's.
        case whole(requests: Int)
        /// Exit 1, with words of the reason.
        case nonsense(String)
        /// Exit 1, the service's own no.
        case refused(Int)
        /// Exit 5; the status where one came.
        case timedOut(Int?)
    }
    let name: String
    let faults: FaultyService.Faults
    let outcome: Outcome
    /// What the fetch has; short where it is to pass.
    var time = Duration.seconds(30)
    /// False where a token, which may be any word, cannot be told from a wrong one.
    var isOfTokens = true

    private static let ok = "HTTP/1.1 200 OK\r\n"
    private static func pause(_ time: Duration) -> RawServer.Step { .trickle([], times: 1, every: time) }

    private static func spoilt(_ body: @escaping @Sendable (HTTPResponse) -> [RawServer.Step]) -> FaultyService.Fault {
        .spoilt(body)
    }
    /// The whole of an answer, byte by byte.
    private static func slowly(_ pause: Duration) -> FaultyService.Fault {
        spoilt { answer in
            (Array(answer.head().utf8) + answer.body).map { .trickle([$0], times: 1, every: pause) }
        }
    }
    /// An answer whose head says another length.
    private static func length(_ text: String, then: [RawServer.Step] = []) -> FaultyService.Fault {
        spoilt { answer in [.send(Array(answer.head(length: text).utf8) + answer.body)] + then }
    }
    /// An answer whose head says more than there is.
    private static func long(_ then: [RawServer.Step]) -> FaultyService.Fault {
        spoilt { answer in [.send(Array(answer.head(length: "\(answer.body.count + 100)").utf8) + answer.body)] + then }
    }
    /// The head and one byte.
    private static func cut(_ then: [RawServer.Step]) -> FaultyService.Fault {
        spoilt { answer in [.send(Array(answer.head().utf8) + answer.body.prefix(1))] + then }
    }
    private static let short = Duration.seconds(2)

    /// What ends a connection or stands still: it passes where it happens once, and is the deadline's where it always does.
    private static let troubles: [(name: String, fault: FaultyService.Fault)] = [
        ("reset instead of an answer", .steps([.reset])),
        ("closed instead of an answer", .steps([])),
        ("reset within the head", .steps([.text("HTTP/1.1 200 O"), .reset])),
        ("closed within the head", .steps([.text(ok + "Content-Le")])),
        ("reset within the body", cut([.reset])),
        ("closed within the body", cut([])),
        ("a Content-Length past the body's end", long([])),
        ("a chunked body without its last chunk", .text(ok + "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n")),
        ("silence", .steps([.waitForClose])),
        ("silence within the head", .steps([.text(ok), .waitForClose])),
        ("silence within the body", cut([.waitForClose])),
        ("a Content-Length past the body's end, and no end", long([.waitForClose])),
        ("one byte in 100 ms", slowly(.milliseconds(100))),
        (
            "nothing but 100 Continue",
            .steps([.trickle(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8), times: 1000, every: .milliseconds(20))])
        ),
        ("status 500", .status(500)), ("status 503", .status(503)), ("status 429", .status(429)),
        ("status 503, Retry-After: 0", .status(503, ["Retry-After": "0"])),
        ("status 503, a date to retry after", .status(503, ["Retry-After": "Wed, 25 Nov 2026 08:00:00 GMT"])),
        ("status 503, a Retry-After of nonsense", .status(503, ["Retry-After": "-99999999999999999999"])),
    ]

    private static let inPieces: FaultyService.Fault = spoilt { answer in
        let bytes = Array(answer.head().utf8) + answer.body
        return stride(from: 0, to: bytes.count, by: 256).map { start in
            .trickle(Array(bytes[start..<min(start + 256, bytes.count)]), times: 1, every: .milliseconds(20))
        }
    }
    private static let late: FaultyService.Fault = spoilt { answer in [pause(.milliseconds(400))] + answer.steps() }

    private static let passing: [FaultRow] =
        troubles.map { FaultRow(name: "\($0.name), once", faults: .once($0.fault), outcome: .whole(requests: 2)) } + [
            FaultRow(name: "a slow start", faults: .always(late), outcome: .whole(requests: 1)),
            FaultRow(name: "slow bytes in time", faults: .always(inPieces), outcome: .whole(requests: 1)),
            FaultRow(
                name: "two troubles, one after the other", faults: .once(.steps([.reset]), .status(503)),
                outcome: .whole(requests: 3)),
        ]

    private static let lasting: [FaultRow] = troubles.map { trouble in
        var status: Int?
        if case .status(let number, _) = trouble.fault { status = number }
        return FaultRow(
            name: "\(trouble.name), always", faults: .always(trouble.fault), outcome: .timedOut(status), time: short)
    }

    private static func endless(_ bytes: [UInt8]) -> RawServer.Step { .trickle(bytes, times: 1 << 20, every: .zero) }
    private static let flood = [UInt8](repeating: 0x20, count: 1 << 16)

    /// What no service of the platform ever answers, and the words for it: the end, at once.
    private static let nonsense: [(name: String, fault: FaultyService.Fault, words: String)] = [
        ("a Content-Length below zero", length("-1"), "not HTTP"),
        ("a Content-Length that is no number", length("0x10"), "not HTTP"),
        ("a Content-Length past all numbers", length("99999999999999999999999999"), "not HTTP"),
        ("a Content-Length past the limit", length("4194305", then: [.waitForClose]), "larger than"),
        ("two Content-Lengths", length("1\r\nContent-Length: 2"), "not HTTP"),
        ("a Content-Length of zero", length("0"), ""),
        ("another protocol", .text("SSH-2.0-OpenSSH_9.2\r\n"), "not HTTP"),
        ("a TLS record", .steps([.send([0x16, 3, 1, 0, 2, 1, 0]), .waitForClose]), "not HTTP"),
        ("a body past the limit, its length not said", .steps([.text(ok + "\r\n"), endless(flood)]), "larger than"),
        (
            "chunks without an end",
            .steps([
                .text(ok + "Transfer-Encoding: chunked\r\n\r\n"), endless(Array("10000\r\n".utf8) + flood + [13, 10]),
            ]), "larger than"
        ),
        ("a head without an end", .steps([.text(ok + "A: "), endless(flood)]), "larger than"),
        ("a captive portal's page", .body(Array("<html>Please log in</html>".utf8)), ""),
        ("bytes that are no text", .body([0xff, 0xfe, 0, 1]), ""),
        ("an empty body", .body([]), ""),
    ]

    private static let final: [FaultRow] =
        nonsense.map { FaultRow(name: $0.name, faults: .always($0.fault), outcome: .nonsense($0.words)) }
        + [
            // An identifier or a document, cut off; a token could be that word.
            FaultRow(
                name: "a Content-Length of a part", faults: .always(length("2")), outcome: .nonsense(""),
                isOfTokens: false),
            FaultRow(name: "status 403", faults: .always(.status(403)), outcome: .refused(403)),
            FaultRow(name: "status 405", faults: .always(.status(405)), outcome: .refused(405)),
        ]

    static func all(at site: FaultSite) -> [FaultRow] {
        (passing + lasting + final).filter { $0.isOfTokens || site.name != FaultSite.token.name }
    }
}
