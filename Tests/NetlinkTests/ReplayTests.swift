import Kernel
import Netlink
import SystemPackage
import Testing

/// A deadline that no replay needs.
var soon: Deadline { Deadline(in: .seconds(10)) }

@Suite("Recording and replaying netlink")
struct ReplayTests {
    private static func request(_ type: Int, _ body: [UInt8] = [], flags: NetlinkFlags = []) -> NetlinkRequest {
        var request = NetlinkRequest("list", "things", type: type, flags: flags)
        request.body.append(bytes: body)
        return request
    }

    private static func types(
        _ connection: inout NetlinkConnection, _ request: NetlinkRequest
    ) throws(NetlinkError) -> [Int] {
        try connection.dump(request, until: soon, into: []) {
            (all: inout [Int], message, _) throws(NetlinkError) in all.append(Int(message.type))
        }.value
    }

    /// What a scripted kernel's answers to some dumps are as a capture.
    private static func recorded(
        _ requests: [NetlinkRequest], _ respond: @escaping @Sendable (Int, UInt32) -> [ScriptedTransport.Answer]
    ) -> NetlinkCapture {
        let recording = RecordingTransport(before: ScriptedTransport(respond), .route)
        var connection = NetlinkConnection(recording)
        for request in requests { _ = try? types(&connection, request) }
        return recording.capture
    }

    @Test("a recording has every datagram of the kernel's in both directions, in order, with time")
    func recording() throws {
        let transport = ScriptedTransport { _, sequence in
            [
                .init(bytes: message(66, sequence), sender: 77), .init(bytes: message(20, sequence)),
                .init(bytes: end(sequence)),
            ]
        }
        let recording = RecordingTransport(before: transport, .generic)
        #expect(recording.port == transport.port)
        var connection = NetlinkConnection(recording)
        #expect(try Self.types(&connection, Self.request(18, [1, 2, 3, 4])) == [20])
        let passed = recording.capture.datagrams
        #expect(passed.map(\.direction) == [.toKernel, .toUser, .toUser])
        #expect(passed.allSatisfy { $0.family == .generic && $0.time > 1_700_000_000_000_000_000 && !$0.isTruncated })
        #expect(passed.map(\.time) == passed.map(\.time).sorted())
        #expect(passed[0].bytes.count == 20 && passed[0].bytes.suffix(4) == [1, 2, 3, 4])
        #expect(passed[1].bytes.count == 16)
    }

    @Test("what could not be sent was not, and what did not fit is kept with its size")
    func failures() throws {
        let recording = RecordingTransport(before: DeafTransport(), .route)
        #expect(throws: NetlinkError(.timedOut, operation: "wait")) { try recording.send([1], until: soon) }
        #expect(recording.capture == NetlinkCapture())
        var buffer = [UInt8](repeating: 0, count: 4)
        _ = try recording.receive(into: &buffer, until: soon)
        #expect(recording.capture.datagrams.map(\.bytes) == [[1, 2, 3, 4]])
        #expect(recording.capture.datagrams.map(\.byteCount) == [1000])
    }

    @Test("a replay answers another connection's request, whatever its numbers are")
    func replay() throws {
        let capture = Self.recorded([Self.request(18, [1, 2, 3, 4])]) { _, sequence in
            [.init(bytes: message(20, sequence) + message(21, sequence)), .init(bytes: end(sequence))]
        }
        let replay = try ReplayNetlink(NetlinkCapture(pcap: capture.pcap()))
        for _ in 0..<2 {
            let transport = replay.transport(.route)
            #expect(transport.port != 4242)
            var connection = NetlinkConnection(transport)
            for _ in 0..<3 { #expect(try Self.types(&connection, Self.request(18, [1, 2, 3, 4])) == [20, 21]) }
        }
        #expect(replay.unanswered == [])
    }

    @Test("what was never recorded is an error that names the request, and is listed")
    func unrecorded() throws {
        let capture = Self.recorded([Self.request(18, [1, 2, 3, 4])]) { _, sequence in [.init(bytes: end(sequence))] }
        let replay = try ReplayNetlink(capture)
        // Another body, type, flag and family are another request each.
        for (family, request) in [
            (NetlinkSocket.Family.route, Self.request(18, [1, 2, 3, 5])), (.route, Self.request(18)),
            (.route, Self.request(22, [1, 2, 3, 4])), (.route, Self.request(18, [1, 2, 3, 4], flags: .acknowledge)),
            (.generic, Self.request(18, [1, 2, 3, 4])),
        ] {
            var connection = NetlinkConnection(replay.transport(family))
            let error = #expect(throws: NetlinkError.self) { _ = try Self.types(&connection, request) }
            guard case .unrecorded(let words) = error?.kind else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(error?.operation == "list" && error?.subject == "things")
            #expect(words.contains("type \(request.type)") && replay.unanswered.contains(words))
        }
        #expect(replay.unanswered.count == 5)
        #expect(
            replay.unanswered.first == "the request of type 18, flags 0x301, body 01020305 of netlink family 0")
        let transport = replay.transport(.route)
        #expect(throws: NetlinkError.self) { try transport.send([1, 2, 3], until: soon) }
        var buffer = [UInt8](repeating: 0, count: 16)
        #expect(throws: NetlinkError.self) { try transport.receive(into: &buffer, until: soon) }
        #expect(replay.unanswered.suffix(2).map { $0.prefix(20) } == ["3 bytes that are no ", "more than was record"])
    }

    @Test("answers come in the order in which they were recorded, and the last one repeats")
    func order() throws {
        let request = Self.request(18)
        let capture = Self.recorded([request, request, Self.request(22), request]) { attempt, sequence in
            [.init(bytes: message(20 + attempt, sequence)), .init(bytes: end(sequence))]
        }
        let replay = try ReplayNetlink(capture)
        var first = NetlinkConnection(replay.transport(.route))
        #expect(try Self.types(&first, request) == [21])
        // The order is the host's, not a transport's.
        var second = NetlinkConnection(replay.transport(.route))
        #expect(try Self.types(&second, request) == [22])
        #expect(try Self.types(&first, request) == [24])
        #expect(try Self.types(&first, request) == [24])
        #expect(try Self.types(&first, Self.request(22)) == [23])
    }

    @Test("an answer that broke off is left out where a whole one follows, and is an error where none does")
    func broken() throws {
        let large = [UInt8](repeating: 1, count: 40_000)
        let capture = Self.recorded([Self.request(18)]) { attempt, sequence in
            [.init(bytes: message(19 + attempt, sequence, body: large)), .init(bytes: end(sequence))]
        }
        #expect(capture.datagrams.map(\.isTruncated) == [false, true, false, false, false, false])
        var connection = NetlinkConnection(try ReplayNetlink(capture).transport(.route))
        #expect(try Self.types(&connection, Self.request(18)) == [21])

        let replay = try ReplayNetlink(NetlinkCapture(Array(capture.datagrams.suffix(3).dropLast())))
        var other = NetlinkConnection(replay.transport(.route))
        let error = #expect(throws: NetlinkError.self) { _ = try Self.types(&other, Self.request(18)) }
        guard case .unrecorded(let words) = error?.kind else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(words.hasPrefix("more than was recorded of the request of type 18") && replay.unanswered == [words])
    }

    @Test("a refusal is replayed with the request's header that it echoes renumbered")
    func refusal() throws {
        let transport = ScriptedTransport { _, sequence in
            [.init(bytes: message(2, sequence, flags: [], body: [0xef, 0xff, 0xff, 0xff] + message(24, sequence)))]
        }
        let recording = RecordingTransport(before: transport, .route)
        var connection = NetlinkConnection(recording)
        #expect(throws: NetlinkError.self) { try connection.execute(Self.request(24), until: soon) }
        let replay = try ReplayNetlink(recording.capture).transport(.route)
        let asked = try Self.request(24, flags: .acknowledge).encoded(sequence: 99, port: replay.port)
        try replay.send(asked, until: soon)
        var buffer = [UInt8](repeating: 0, count: 100)
        #expect(try replay.receive(into: &buffer, until: soon) == ReceivedDatagram(byteCount: 36, sender: 0))
        #expect(
            Array(buffer.prefix(36))
                == message(
                    2, 99, port: replay.port, flags: [],
                    body: [0xef, 0xff, 0xff, 0xff] + message(24, 99, port: replay.port)))
        var again = NetlinkConnection(replay)
        let error = #expect(throws: NetlinkError.self) { try again.execute(Self.request(24), until: soon) }
        #expect(error?.kind == .refused && error?.errno == .fileExists)
    }

    @Test("a batch's messages are answered each by its own number")
    func batch() throws {
        let batch = try [40, 41].map { sequence -> [UInt8] in
            try Self.request(24, [UInt8(sequence == 40 ? 1 : 2), 0, 0, 0], flags: .acknowledge)
                .encoded(sequence: UInt32(sequence), port: 5)
        }
        func capture(_ datagrams: [(NetlinkCapture.Direction, [UInt8])]) -> NetlinkCapture {
            NetlinkCapture(datagrams.map { .init(time: 1, direction: $0, family: .route, bytes: $1) })
        }
        let replay = try ReplayNetlink(
            capture([
                (.toKernel, batch[0] + batch[1]), (.toUser, end(40, type: 2, port: 5)),
                (.toUser, end(41, errno: 17, type: 2, port: 5)),
            ])
        ).transport(.route)
        let again = try [70, 90].enumerated().map { place, sequence in
            try Self.request(24, [UInt8(place + 1), 0, 0, 0], flags: .acknowledge)
                .encoded(sequence: UInt32(sequence), port: replay.port)
        }
        try replay.send(again[0] + again[1], until: soon)
        var buffer = [UInt8](repeating: 0, count: 100)
        for expected in [end(70, type: 2, port: replay.port), end(90, errno: 17, type: 2, port: replay.port)] {
            let count = try replay.receive(into: &buffer, until: soon).byteCount
            #expect(Array(buffer.prefix(count)) == expected)
        }
    }

    @Test("in a capture of several processes each is answered with its own, though their numbers are the same")
    func processes() throws {
        // iproute2 leaves the port id of its requests 0, and begins to count with the seconds since 1970.
        let list = try Self.request(18, flags: .dump).encoded(sequence: 7, port: 0)
        let other = try Self.request(22, flags: .dump).encoded(sequence: 7, port: 0)
        let datagrams: [(NetlinkCapture.Direction, [UInt8])] = [
            (.toKernel, list), (.toUser, message(16, 7, port: 100)), (.toUser, message(17, 0, port: 0)),
            (.toKernel, other), (.toUser, message(20, 7, port: 200)), (.toUser, end(7, port: 100)),
            (.toUser, end(7, port: 200)),
        ]
        let replay = try ReplayNetlink(
            NetlinkCapture(datagrams.map { .init(time: 1, direction: $0, family: .route, bytes: $1) }))
        var connection = NetlinkConnection(replay.transport(.route))
        #expect(try Self.types(&connection, Self.request(18)) == [16])
        #expect(try Self.types(&connection, Self.request(22)) == [20])
        #expect(replay.unanswered == [])
    }

    @Test("beside played notifications the recording goes forward: no answer is older than what was received before")
    func notifications() throws {
        let capture = try Self.withNotifications()
        // The second answer to 18 is skipped once 22 was answered, which was later; the last one repeats.
        let asking = try Self.played(
            capture, ["now", "18", "now", "now", "22", "now", "now", "18", "now", "18", "now"])
        #expect(asking == [nil, 16, 30, nil, 20, 31, nil, 18, 32, 18, nil])
        // Whoever waits is told at once, and then asks a kernel that has come so far.
        let waiting = try Self.played(capture, ["wait", "18", "wait", "wait", "18"])
        #expect(waiting == [30, 17, 31, 32, 18])
    }

    /// Requests 18, 18, 22 and 18, each with an answer, and notifications after the first, the second and the last.
    private static func withNotifications() throws -> NetlinkCapture {
        var datagrams: [NetlinkCapture.Datagram] = []
        func add(_ direction: NetlinkCapture.Direction, _ bytes: [UInt8]) {
            datagrams.append(.init(time: 1, direction: direction, family: .route, bytes: bytes))
        }
        for (sequence, type, answer, notification) in [
            (1, 18, 16, 30), (2, 18, 17, 31), (3, 22, 20, 0), (4, 18, 18, 32),
        ] as [(UInt32, Int, Int, Int)] {
            add(.toKernel, try request(type, flags: .dump).encoded(sequence: sequence, port: 9))
            add(.toUser, message(answer, sequence, port: 9) + end(sequence, port: 9))
            if notification != 0 { add(.toUser, message(notification, 0, port: 0)) }
        }
        return NetlinkCapture(datagrams)
    }

    /// The types of what comes of each step: a notification that is there now or is waited for, or the answer to a request of that type.
    private static func played(_ capture: NetlinkCapture, _ steps: [String]) throws -> [Int?] {
        let replay = try ReplayNetlink(capture)
        let notifications = replay.notifications(.route)
        var connection = NetlinkConnection(replay.transport(.route))
        var result: [Int?] = []
        for step in steps {
            if let type = Int(step) {
                result.append(try types(&connection, request(type)).first)
            } else {
                result.append(try received(notifications, until: step == "now" ? Deadline(in: .zero) : soon))
            }
        }
        return result
    }

    private static func received(_ notifications: ReplayNotifications, until deadline: Deadline) throws -> Int? {
        var buffer = [UInt8](repeating: 0, count: 100)
        do throws(NetlinkError) {
            _ = try notifications.receive(into: &buffer, until: deadline)
        } catch {
            if error.kind == .timedOut { return nil }
            throw error
        }
        // nlmsg_type, one byte of which is 0.
        return Int(buffer[4]) + Int(buffer[5])
    }

    @Test("a host without netlink says why")
    func absent() {
        for absence in [NetlinkAbsence.directory, .recording] {
            #expect(throws: NetlinkError(.unavailable(absence), operation: "open", subject: "netlink")) {
                _ = try AbsentNetlink(absence).open(.route)
            }
            let recording = RecordingNetlink(before: AbsentNetlink(absence))
            #expect(throws: NetlinkError.self) { _ = try recording.open(.route) }
            #expect(recording.capture == nil)
        }
        #expect(
            NetlinkError(.unavailable(.directory), operation: "open", subject: "netlink").description
                == "open netlink: a directory has no kernel to ask")
    }
}

/// Sends nothing, and receives a datagram that is larger than any buffer.
private struct DeafTransport: NetlinkTransport {
    let port: UInt32 = 1
    func send(_ datagram: [UInt8], until deadline: Deadline) throws(NetlinkError) {
        throw NetlinkError(.timedOut, operation: "wait")
    }
    func receive(into buffer: inout [UInt8], until deadline: Deadline) throws(NetlinkError) -> ReceivedDatagram {
        for position in buffer.indices { buffer[position] = UInt8(truncatingIfNeeded: position + 1) }
        return ReceivedDatagram(byteCount: 1000, sender: 0)
    }
}
