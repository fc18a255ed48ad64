import DHCP
import Kernel
import Testing

@Suite("The decisions of an acquisition")
struct AcquisitionTests {
    private let client = DHCPv4Client.Identity(
        hardwareAddress: clientMAC, identifier: .hardwareAddress(clientMAC), hostName: nil)

    private func reply(
        to message: DHCPv4Message, _ type: DHCPv4Message.MessageType
    ) throws -> DHCPv4Message {
        try DHCPv4Message(decoding: UDPPacket(decoding: answer(message, type).bytes).payload)
    }

    @Test(
        "discoveries come 4, 8, 16, 32, 64, 64 s apart, within one, and say for how long",
        arguments: 0..<50 as Range<UInt64>)
    func backoff(seed: UInt64) {
        let start = MonotonicTime(nanoseconds: 1_000_000_000)
        var now = start
        var acquisition = Acquisition(client, seed: seed, now: now)
        #expect(acquisition.nextSend == now)
        for seconds in [4, 8, 16, 32, 64, 64] {
            let message = acquisition.send(at: now)
            #expect(message.type == .discover && message.transaction == acquisition.transaction)
            #expect(Int64(message.seconds) == now.since(start).components.seconds)
            let wait = acquisition.nextSend.since(now)
            #expect(wait >= .seconds(seconds - 1) && wait <= .seconds(seconds + 1))
            now = acquisition.nextSend
        }
    }

    @Test("a request is sent four times with the discovery's secs, then discovery starts anew")
    func requests() throws {
        var now = MonotonicTime(nanoseconds: 0)
        var acquisition = Acquisition(client, seed: 1, now: now)
        _ = acquisition.send(at: now)
        now = acquisition.nextSend
        let discovery = acquisition.send(at: now)
        #expect(acquisition.receive(try reply(to: discovery, .offer), at: now) == .send)
        for seconds in [4, 8, 16, 32] {
            let message = acquisition.send(at: now)
            #expect(message.type == .request && message.seconds == discovery.seconds)
            #expect(message.transaction == discovery.transaction)
            let wait = acquisition.nextSend.since(now)
            #expect(wait >= .seconds(seconds - 1) && wait <= .seconds(seconds + 1))
            now = acquisition.nextSend
        }
        let again = acquisition.send(at: now)
        #expect(again.type == .discover && again.transaction != discovery.transaction && again.seconds > 60)
        // A late answer to the old transaction means nothing.
        #expect(acquisition.receive(try reply(to: discovery, .acknowledgement), at: now) == .wait)
        #expect(acquisition.progress == .noAcknowledgement(from: serverAddress))
    }

    @Test("a server that goes on refusing is asked ever less often")
    func refusals() throws {
        var now = MonotonicTime(nanoseconds: 0)
        var acquisition = Acquisition(client, seed: 1, now: now)
        for seconds in [1, 2, 4, 8, 16, 32, 64, 64] {
            let discovery = acquisition.send(at: now)
            #expect(acquisition.receive(try reply(to: discovery, .offer), at: now) == .send)
            let request = acquisition.send(at: now)
            #expect(acquisition.receive(try reply(to: request, .refusal), at: now) == .wait)
            #expect(acquisition.nextSend.since(now) == .seconds(seconds))
            // In the pause nothing is taken.
            #expect(acquisition.receive(try reply(to: request, .offer), at: now) == .wait)
            now = acquisition.nextSend
        }
    }

    @Test("what could not leave is tried again soon and is no step of the backoff")
    func couldNotSend() {
        let now = MonotonicTime(nanoseconds: 0)
        var acquisition = Acquisition(client, seed: 1, now: now)
        for _ in 0..<10 {
            _ = acquisition.send(at: now)
            acquisition.couldNotSend(at: now)
            #expect(acquisition.nextSend.since(now) == .milliseconds(100))
        }
        _ = acquisition.send(at: now)
        #expect(acquisition.nextSend.since(now) <= .seconds(5))
    }

    @Test("a lease counts from its request, and times that make no sense become the defaults")
    func times() throws {
        let now = MonotonicTime(nanoseconds: 5)
        for (first, second) in [
            ([0, 0, 14, 16], [0, 0, 1, 0]), ([0, 0, 0, 0], [0, 0, 1, 0]), ([1], [255, 255, 255, 255]),
        ] {
            var acquisition = Acquisition(client, seed: 1, now: now)
            var message = try reply(to: acquisition.send(at: now), .acknowledgement)
            message.options[.rapidCommit] = []
            message.options[.renewalTime] = first.map { UInt8($0) }
            message.options[.rebindingTime] = second.map { UInt8($0) }
            guard case .bound(let lease) = acquisition.receive(message, at: now.advanced(by: .seconds(1))) else {
                Issue.record("no lease")
                continue
            }
            #expect(lease.start == now && lease.renewal == .seconds(1800) && lease.rebinding == .seconds(3150))
        }
    }
}
