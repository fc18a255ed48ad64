import Kernel
import Netlink
import SystemPackage
import Testing

@Suite("A netlink connection")
struct ConnectionTests {
    private func dump(_ transport: ScriptedTransport, in time: Duration = .seconds(5)) throws(NetlinkError)
        -> NetlinkConnection.Dump<[Int]>
    {
        var connection = NetlinkConnection(transport)
        return try dump(&connection, in: time)
    }

    private func dump(_ connection: inout NetlinkConnection, in time: Duration = .seconds(5)) throws(NetlinkError)
        -> NetlinkConnection.Dump<[Int]>
    {
        try connection.dump(NetlinkRequest("list", "things", type: 18), until: Deadline(in: time), into: []) {
            (all: inout [Int], message, _) throws(NetlinkError) in all.append(Int(message.type))
        }
    }

    @Test("only the kernel's messages for our port and request are taken")
    func addressing() throws {
        let transport = ScriptedTransport { _, sequence in
            [
                .init(bytes: message(66, sequence), sender: 77), .init(bytes: message(67, sequence &- 1)),
                .init(bytes: message(68, sequence, port: 1)), .init(bytes: end(sequence, errno: 1), sender: 77),
                .init(bytes: message(69, 0, port: 0)), .init(bytes: []),
                .init(bytes: message(20, sequence) + message(21, sequence)), .init(bytes: end(sequence)),
            ]
        }
        let outcome = try dump(transport)
        #expect(outcome.value == [20, 21] && outcome.isConsistent)
    }

    @Test("a dump's end may have an empty body")
    func emptyDone() throws {
        let transport = ScriptedTransport { _, sequence in [.init(bytes: message(20, sequence) + message(3, sequence))]
        }
        #expect(try dump(transport).value == [20])
    }

    @Test("a torn dump starts again, and what it gave first is forgotten")
    func torn() throws {
        let transport = ScriptedTransport { attempt, sequence in
            let flags: NetlinkFlags = attempt < 3 ? [.multipart, .dumpInterrupted] : .multipart
            return [.init(bytes: message(20 + attempt, sequence, flags: flags)), .init(bytes: end(sequence))]
        }
        let outcome = try dump(transport)
        #expect(outcome.value == [23] && outcome.isConsistent && transport.sentCount == 3)
    }

    @Test("a dump that is torn for ever ends with what there is, and says so")
    func tornForever() throws {
        let transport = ScriptedTransport { _, sequence in
            [.init(bytes: message(20, sequence) + end(sequence, flags: [.multipart, .dumpInterrupted]))]
        }
        let outcome = try dump(transport)
        #expect(outcome.value == [20] && !outcome.isConsistent && transport.sentCount == 8)
    }

    @Test("a datagram larger than the buffer is asked for again with a larger one")
    func truncation() throws {
        let transport = ScriptedTransport { _, sequence in
            [
                .init(bytes: message(20, sequence, body: [UInt8](repeating: 1, count: 200_000))),
                .init(bytes: end(sequence)),
            ]
        }
        #expect(try dump(transport).value == [20])
        #expect(transport.sentCount == 2)
    }

    @Test("a datagram past all reason is an error")
    func tooLarge() {
        let transport = ScriptedTransport { _, sequence in
            [.init(bytes: message(20, sequence, body: [UInt8](repeating: 1, count: 17 << 20)))]
        }
        #expect(throws: NetlinkError.self) { try dump(transport) }
    }

    @Test("silence ends at the deadline with the request's name")
    func silence() {
        #expect(throws: NetlinkError(.timedOut, operation: "list", subject: "things")) {
            try dump(ScriptedTransport { _, _ in [] }, in: .milliseconds(50))
        }
    }

    @Test("a dump given up is read to its end before the next")
    func abandoned() throws {
        // The second request is answered with the end of the first before its own.
        let transport = ScriptedTransport { attempt, sequence in
            attempt == 1
                ? [.init(bytes: message(20, sequence))]
                : [.init(bytes: message(21, sequence)), .init(bytes: end(sequence))]
        }
        var connection = NetlinkConnection(transport)
        #expect(throws: NetlinkError(.timedOut, operation: "list", subject: "things")) {
            try dump(&connection, in: .milliseconds(30))
        }
        #expect(throws: NetlinkError(.timedOut, operation: "finish dump")) {
            try dump(&connection, in: .milliseconds(30))
        }
        #expect(transport.sentCount == 1)
    }

    @Test("a defect in one message is thrown after the dump's end, and the next dump works")
    func defect() throws {
        let transport = ScriptedTransport { _, sequence in
            [.init(bytes: message(20, sequence)), .init(bytes: message(21, sequence) + end(sequence))]
        }
        var connection = NetlinkConnection(transport)
        let request = NetlinkRequest("list", "things", type: 18)
        #expect(throws: NetlinkError(.malformed(.tooShort(1)), operation: "list", subject: "things", offset: 3)) {
            _ = try connection.dump(request, until: Deadline(in: .seconds(1)), into: 0) {
                (_: inout Int, _, _) throws(NetlinkError) in
                throw NetlinkError(.malformed(.tooShort(1)), operation: "decode", offset: 3)
            }
        }
        #expect(try dump(&connection).value == [20, 21])
    }

    @Test("the kernel's words, its offset and its errno are kept", arguments: [false, true])
    func extendedAcknowledgement(isCapped: Bool) throws {
        let transport = ScriptedTransport { _, sequence in
            var flags: NetlinkFlags = .extendedAcknowledgement
            if isCapped { flags.insert(.capped) }
            var answer = NetlinkRequest("test", type: 2)
            answer.flags = flags
            answer.body.append(bytes: [0xef, 0xff, 0xff, 0xff])
            // The echoed header says 20 bytes; they are there where the answer is not capped.
            answer.body.append(bytes: [20] + [UInt8](repeating: 0, count: isCapped ? 15 : 19))
            answer.body.attribute(1, text: "what a pity")
            answer.body.attribute(2, integer: UInt32(36))
            answer.body.attribute(5, integer: UInt32(5))
            return [.init(bytes: (try? answer.encoded(sequence: sequence, port: 4242)) ?? [])]
        }
        var connection = NetlinkConnection(transport)
        let expected = NetlinkError(
            .refused, operation: "add", subject: "route default", errno: .fileExists, kernelMessage: "what a pity",
            offset: 36, missingAttribute: 5)
        #expect(throws: expected) {
            try connection.execute(
                NetlinkRequest("add", "route default", type: 24), until: Deadline(in: .seconds(1)))
        }
        #expect(
            expected.description
                == "add route default: File exists (the kernel says: what a pity) (attribute 5 is missing) (at byte 36)"
        )
    }

    @Test("nothing is sent after the deadline")
    func tooLate() {
        let transport = ScriptedTransport { _, _ in [] }
        var connection = NetlinkConnection(transport)
        #expect(throws: NetlinkError(.timedOut, operation: "add", subject: "x")) {
            try connection.execute(NetlinkRequest("add", "x", type: 24), until: Deadline(in: .zero))
        }
        #expect(transport.sentCount == 0)
    }

    @Test("a get without an answer is an error, one with an answer gives it")
    func get() throws {
        let transport = ScriptedTransport { attempt, sequence in
            (attempt == 1 ? [] : [.init(bytes: message(20, sequence))]) + [.init(bytes: end(sequence, type: 2))]
        }
        var connection = NetlinkConnection(transport)
        let request = NetlinkRequest("get", "thing", type: 18)
        #expect(throws: NetlinkError(.malformed(.noAnswer), operation: "get", subject: "thing")) {
            _ = try connection.get(request, until: Deadline(in: .seconds(1))) { message, _ in message.type }
        }
        #expect(try connection.get(request, until: Deadline(in: .seconds(1))) { message, _ in message.type } == 20)
    }
}
