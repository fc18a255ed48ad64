import Kernel
import Netlink
import SystemPackage
import Testing

@Suite("Faults on the way")
struct FaultTests {
    /// A dump of three datagrams: 20 and 21, 22, the end.
    private static func script(_ attempt: Int, _ sequence: UInt32) -> [ScriptedTransport.Answer] {
        [
            .init(bytes: message(20, sequence) + message(21, sequence)), .init(bytes: message(22, sequence)),
            .init(bytes: end(sequence)),
        ]
    }

    private static func dump(
        _ connection: inout NetlinkConnection, in time: Duration = .seconds(10)
    ) throws(NetlinkError) -> NetlinkConnection.Dump<[Int]> {
        try connection.dump(NetlinkRequest("list", "things", type: 18), until: Deadline(in: time), into: []) {
            (all: inout [Int], message, _) throws(NetlinkError) in all.append(Int(message.type))
        }
    }

    private struct Case: Sendable, CustomTestStringConvertible {
        var faults: [NetlinkFault]
        var first: [Int] = [20, 21, 22]
        /// How often the kernel is asked for the first dump.
        var asked = 1
        var isConsistent = true
        var testDescription: String { "\(faults)" }
    }

    /// What comes out of a dump, and of the one after it, which nothing goes wrong with.
    private static let cases: [Case] = [
        Case(faults: []),
        Case(faults: [.init(.truncation, at: 1)], asked: 2),
        Case(faults: [.init(.truncation, at: 2)], asked: 2),
        Case(faults: [.init(.truncation, at: 1), .init(.truncation, at: 5)], asked: 3),
        Case(faults: [.init(.dumpInterrupted(message: nil), at: 1)], asked: 2),
        Case(faults: [.init(.dumpInterrupted(message: 1), at: 1)], asked: 2),
        Case(faults: [.init(.dumpInterrupted(message: 0), at: 3)], asked: 2),
        // There is no such message: nothing is marked.
        Case(faults: [.init(.dumpInterrupted(message: 2), at: 1)]),
        Case(
            faults: (0..<8).map { NetlinkFault(.dumpInterrupted(message: nil), at: 3 * $0 + 1) }, asked: 8,
            isConsistent: false),
        Case(faults: [.init(.foreignSender(77), at: 1), .init(.foreignSender(77), at: 3)]),
        Case(faults: (1...3).map { NetlinkFault(.staleSequence, at: $0) }),
        Case(faults: [.init(.swappedWithNext, at: 1)], first: [22, 20, 21]),
        // Netlink keeps the order of a socket's datagrams; where something breaks it, what follows the end is nobody's.
        Case(faults: [.init(.swappedWithNext, at: 2)], first: [20, 21]),
        // Nothing in a dump numbers its pieces: what came twice is there twice, what is gone is not.
        Case(faults: [.init(.duplicated, at: 2)], first: [20, 21, 22, 22]),
        Case(faults: [.init(.duplicated, at: 3)]),
        Case(faults: [.init(.dropped, at: 1)], first: [22]),
        Case(faults: [.init(.swappedWithNext, at: 1), .init(.duplicated, at: 2)], first: [22, 22, 20, 21]),
    ]

    @Test("a dump through a fault ends with what it must, and the next one is whole", arguments: cases)
    private func dumps(_ expected: Case) throws {
        let kernel = ScriptedTransport(Self.script)
        let transport = FaultTransport(before: kernel, expected.faults)
        var connection = NetlinkConnection(transport)
        let outcome = try Self.dump(&connection)
        #expect(outcome.value == expected.first && outcome.isConsistent == expected.isConsistent)
        #expect(kernel.sentCount == expected.asked)
        #expect(try Self.dump(&connection).value == [20, 21, 22])
        let impossible = expected.faults.contains { $0.effect == .dumpInterrupted(message: 2) }
        #expect(transport.isExhausted || impossible)
    }

    @Test("an overrun is an error by its type, wherever it strikes, and the next dump is whole", arguments: 1...3)
    func overrun(position: Int) throws {
        let transport = FaultTransport(before: ScriptedTransport(Self.script), [.init(.overrun, at: position)])
        var connection = NetlinkConnection(transport)
        let error = #expect(throws: NetlinkError.self) { _ = try Self.dump(&connection) }
        #expect(error?.kind == .overrun && error?.errno == .noBufferSpace && error?.operation == "list")
        #expect(transport.isExhausted)
        #expect(try Self.dump(&connection).value == [20, 21, 22])
    }

    @Test("an end that is lost, or never swaps back, is a timeout at the deadline")
    func lost() throws {
        for effect in [NetlinkFault.Effect.dropped, .swappedWithNext] {
            let transport = FaultTransport(before: ScriptedTransport(Self.script), [.init(effect, at: 3)])
            var connection = NetlinkConnection(transport)
            let start = MonotonicTime.now()
            let result = Result { () throws(NetlinkError) in
                try Self.dump(&connection, in: .milliseconds(60))
            }
            #expect(MonotonicTime.now().since(start) >= .milliseconds(60))
            // The swap waits for what never follows, and then gives the end late.
            if effect == .dropped {
                #expect(throws: NetlinkError(.timedOut, operation: "list", subject: "things")) { try result.get() }
            } else {
                #expect(try result.get().value == [20, 21, 22])
            }
        }
    }

    @Test("an acknowledgement that is foreign, stale or double acknowledges nothing else")
    func acknowledgements() throws {
        for effect in [NetlinkFault.Effect.foreignSender(5), .staleSequence, .duplicated] {
            let kernel = ScriptedTransport { attempt, sequence in
                [.init(bytes: end(sequence, errno: attempt == 2 ? 17 : 0, type: 2, flags: []))]
            }
            var connection = NetlinkConnection(
                FaultTransport(before: kernel, [.init(effect, at: 1), .init(effect, at: 2)]))
            let request = NetlinkRequest("add", "thing", type: 24)
            try connection.execute(request, until: soon)
            #expect(throws: NetlinkError(.refused, operation: "add", subject: "thing", errno: .fileExists)) {
                try connection.execute(request, until: soon)
            }
            try connection.execute(request, until: soon)
        }
    }

    @Test("a get whose answer is cut is asked for again; one that is cut for ever is too large")
    func get() throws {
        let kernel = ScriptedTransport { _, sequence in
            [.init(bytes: message(20, sequence, flags: [])), .init(bytes: end(sequence, type: 2, flags: []))]
        }
        for (faults, succeeds) in [([1], true), ([1, 3, 5], true), ((0..<8).map { 2 * $0 + 1 }, false)] {
            let transport = FaultTransport(before: kernel, faults.map { NetlinkFault(.truncation, at: $0) })
            var connection = NetlinkConnection(transport)
            let result = Result { () throws(NetlinkError) in
                try connection.get(NetlinkRequest("get", "thing", type: 18), until: soon) { message, _ in message.type }
            }
            #expect(transport.isExhausted)
            switch result {
            case .success(let type): #expect(succeeds && type == 20)
            case .failure(let error):
                guard case .malformed(.datagramTooLarge) = error.kind else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(!succeeds)
            }
        }
    }
}
