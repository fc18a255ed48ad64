import DHCP
import Kernel
import TestSupport
import Testing

@Suite("The DHCPv4 client")
struct ClientTests {
    private func acquire(_ server: ScriptedServer, in time: Duration = .seconds(20)) throws(DHCPError) -> Lease {
        try DHCPv4Client(server, mac: clientMAC, hostname: "node").acquire(until: Deadline(in: time))
    }

    @Test("each message says what its state asks for")
    func messages() throws {
        let server = ScriptedServer { message, number in [answer(message, number == 1 ? .offer : .acknowledgement)] }
        let lease = try acquire(server)
        #expect(lease.address.description == "10.9.0.100/24" && lease.duration == .seconds(3600))
        #expect(lease.renewal == .seconds(1800) && lease.rebinding == .seconds(3150))
        let sent = server.sent
        #expect(sent.map { $0.type } == [.discover, .request] && sent[0].transaction == sent[1].transaction)
        for message in sent {
            #expect(message.seconds == 0 && message.clientAddress == .any && !message.wantsBroadcast)
            #expect(message.options[.clientIdentifier] == [1] + clientMAC.bytes)
            #expect(message.options[.maximumMessageSize] == [0x05, 0xc0] && message.options[.vendorClass] != nil)
            #expect(message.options[.hostName] == Array("node".utf8))
            // Classless routes before what they void; no name asked for while one is sent.
            let wanted = try #require(message.options[.parameterRequestList])
            let first = try #require(wanted.firstIndex(of: 121))
            #expect(try first < #require(wanted.firstIndex(of: 3)) && first < #require(wanted.firstIndex(of: 33)))
            #expect(!wanted.contains(12))
        }
        #expect(sent[0].options[.rapidCommit] == [] && sent[0].options[.requestedAddress] == nil)
        #expect(sent[1].options[.requestedAddress] == [10, 9, 0, 100] && sent[1].options[.rapidCommit] == nil)
        #expect(sent[1].options[.serverIdentifier] == [10, 9, 0, 1])
    }

    @Test("an acknowledgement that nobody asked for is taken only as a rapid commit")
    func rapidCommit() throws {
        let lease = try acquire(
            ScriptedServer { message, _ in [answer(message, .acknowledgement) { $0.options[.rapidCommit] = [] }] })
        #expect(lease.server == serverAddress)
        #expect(throws: DHCPError.self) {
            try acquire(ScriptedServer { message, _ in [answer(message, .acknowledgement)] }, in: .milliseconds(50))
        }
    }

    @Test("a refusal starts anew under another transaction, not at once")
    func refusal() throws {
        let server = ScriptedServer { message, number in
            switch number {
            case 1: [answer(message, .offer)]
            case 2: [answer(message, .refusal, server: IPv4Address(rawValue: 1 << 24 | 1)), answer(message, .refusal)]
            case 3: [answer(message, .offer)]
            default: [answer(message, .acknowledgement)]
            }
        }
        let start = MonotonicTime.now()
        _ = try acquire(server)
        #expect(MonotonicTime.now().since(start) > .milliseconds(990))
        #expect(server.sent.map { $0.type } == [.discover, .request, .discover, .request])
        #expect(server.sent[2].transaction != server.sent[0].transaction && server.sent[2].seconds == 1)
        #expect(server.sent[3].seconds == 1)
        #expect(server.transactions == [server.sent[0].transaction, server.sent[2].transaction])
    }

    @Test("a refusal that lasts is what the error says, with the server's cleaned words")
    func refusedForEver() {
        let server = ScriptedServer { message, _ in
            [
                message.type == .discover
                    ? answer(message, .offer)
                    : answer(message, .refusal) { $0.options[.message] = Array("go\u{1b}[2J away".utf8) }
            ]
        }
        let error = #expect(throws: DHCPError.self) { try acquire(server, in: .milliseconds(300)) }
        #expect(error?.kind == .timedOut(.refused(by: serverAddress)) && error?.serverMessage == "go?[2J away")
    }

    @Test("an offer without a confirmation is what the error says")
    func noAcknowledgement() {
        let server = ScriptedServer { message, _ in message.type == .discover ? [answer(message, .offer)] : [] }
        let error = #expect(throws: DHCPError.self) { try acquire(server, in: .milliseconds(100)) }
        #expect(error?.kind == .timedOut(.noAcknowledgement(from: serverAddress)))
    }

    @Test("silence is asked again after four seconds, within one")
    func retransmission() throws {
        let server = ScriptedServer { message, number in
            number == 1 ? [] : [answer(message, .acknowledgement) { $0.options[.rapidCommit] = [] }]
        }
        let start = MonotonicTime.now()
        _ = try acquire(server)
        #expect(MonotonicTime.now().since(start) >= .milliseconds(2990))
        #expect(server.sent[0].transaction == server.sent[1].transaction && server.sent[1].seconds >= 2)
    }

    @Test("a malicious server's answers are passed over")
    func malicious() throws {
        let server = ScriptedServer { message, number in
            guard number == 1 else {
                return [
                    answer(message, .acknowledgement, server: IPv4Address(rawValue: 0x0a09_0002)),
                    answer(message, .acknowledgement) { $0.transaction ^= 1 },
                    answer(message, .acknowledgement) { $0.yourAddress = .broadcast },
                    answer(message, .acknowledgement) { $0.options[.leaseTime] = [0, 0, 0, 0] },
                    answer(message, .acknowledgement) { $0.options[.leaseTime] = nil },
                    answer(message, .acknowledgement),
                ]
            }
            var damagedPacket = answer(message, .offer).bytes
            damagedPacket[40] ^= 1
            return [
                ReceivedPacket(bytes: [], checksumIsPartial: false), packet([]),
                packet([UInt8](repeating: 255, count: 300)),
                ReceivedPacket(bytes: damagedPacket, checksumIsPartial: false),
                answer(message, .offer) { $0.operation = .request },
                answer(message, .offer) { $0.hardwareAddress = .broadcast },
                answer(message, .offer) { $0.yourAddress = .any },
                answer(message, .offer) { $0.yourAddress = IPv4Address(rawValue: 0x7f00_0001) },
                answer(message, .offer) { $0.options[.serverIdentifier] = nil },
                answer(message, .offer) { $0.options[.serverIdentifier] = [10, 9, 0] },
                answer(message, .offer) { $0.type = nil }, answer(message, .refusal), answer(message, .discover),
                answer(message, .offer),
            ]
        }
        #expect(try acquire(server).server == serverAddress)
        #expect(server.sent.count == 2)
    }

    @Test("a flood of garbage ends at the deadline")
    func flood() {
        let server = ScriptedServer { message, _ in
            (0..<50_000).map { _ in answer(message, .offer) { $0.options[.serverIdentifier] = nil } }
        }
        #expect(throws: DHCPError.self) { try acquire(server, in: .milliseconds(100)) }
    }
}
