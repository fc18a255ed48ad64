import Glibc
import Kernel
import Netlink
import RouteNetlink
import TestSupport
import Testing

@Suite("WireGuard over netlink")
struct WireGuardTests {
    @Test("a key's text is base64's, judged by base64(1), and no other text is a key")
    func keys() throws {
        var random = SeededGenerator(seed: 0x3b)
        let scratch = try TemporaryDirectory()
        for _ in 0..<20 {
            let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
            try scratch.write("key", bytes)
            let text = try run("base64 -w0 \(scratch.path)/key").text
            let key = try #require(WireGuardPublicKey(bytes: bytes))
            #expect(key.description == text && WireGuardPublicKey(text) == key)
            #expect(WireGuardSecretKey(base64: text)?.bytes == bytes)
        }
        let good = String(repeating: "A", count: 43) + "="
        #expect(WireGuardPublicKey(good) != nil)
        for bad in [
            "", "A", String(good.dropLast()), good + "=", "B" + good, good.replacingFirst("A", with: "-"),
            String(repeating: "A", count: 42) + "B=", String(repeating: "A", count: 44),
        ] { #expect(WireGuardPublicKey(bad) == nil, "\(bad)") }
        #expect(WireGuardPublicKey(bytes: [UInt8](repeating: 1, count: 31)) == nil)
    }

    @Test("no description, dump or interpolation of a device tells a secret key")
    func redaction() throws {
        let secret = try #require(WireGuardSecretKey(bytes: [UInt8](repeating: 0x5a, count: 32)))
        var device = WireGuardDevice()
        device.privateKey = secret
        var peer = WireGuardPeer(try #require(WireGuardPublicKey(bytes: [UInt8](repeating: 7, count: 32))))
        peer.presharedKey = secret
        device.peers = [peer]
        var text = "\(secret) \(device) \(String(reflecting: device)) \(String(reflecting: WireGuardChange(device)))"
        dump(device, to: &text)
        dump(WireGuardChange(device), to: &text)
        #expect(text.contains("<redacted>") && text.contains(peer.publicKey.base64))
        #expect(!text.contains("WlpaWlpa") && !text.contains("90, 90") && !text.contains("5a5a"))
    }

    @Test("peers and allowed addresses that are split over messages are joined")
    func joined() throws {
        func key(_ number: UInt8) -> [UInt8] { [UInt8](repeating: number, count: 32) }
        func address(_ writer: inout MessageWriter, _ bytes: [UInt8], _ length: UInt8) {
            writer.nest(0) {
                $0.attribute(1, integer: UInt16(bytes.count == 4 ? AF_INET : AF_INET6))
                $0.attribute(2, bytes: bytes)
                $0.attribute(3, integer: length)
            }
        }
        let v6: [UInt8] = [0xfe, 0x80] + [UInt8](repeating: 0, count: 13) + [1]
        var first = AttributeSet()
        first[1, as: UInt32.self] = 7
        first[text: 2] = "wg0"
        first[bytes: 3] = key(9)
        first[bytes: 4] = key(8)
        first[6, as: UInt16.self] = 51_820
        first[7, as: UInt32.self] = 0
        first.append { writer in
            writer.nest(8) { writer in
                writer.nest(0) {
                    $0.attribute(1, bytes: key(1))
                    $0.attribute(2, bytes: key(0))
                    // sockaddr_in6 of port 0x1234, flow 1, scope 3.
                    $0.attribute(4, bytes: [10, 0, 0x12, 0x34, 0, 0, 0, 1] + v6 + [3, 0, 0, 0])
                    $0.attribute(5, integer: UInt16(25))
                    $0.attribute(6, bytes: [5, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0])
                    $0.attribute(7, integer: UInt64(100))
                    $0.attribute(8, integer: UInt64(200))
                    $0.nest(9) { address(&$0, [10, 0, 0, 0], 8) }
                    $0.attribute(10, integer: UInt32(1))
                    $0.attribute(99, integer: UInt32(0xabcd))
                }
            }
        }
        var second = AttributeSet()
        second[text: 2] = "wg0"
        second.append { writer in
            writer.nest(8) { writer in
                writer.nest(0) {
                    $0.attribute(1, bytes: key(1))
                    $0.nest(9) {
                        address(&$0, v6, 128)
                        address(&$0, [1, 2, 3, 4], 33)
                        address(&$0, [9, 9, 9, 9], 32)
                    }
                }
                writer.nest(0) { $0.attribute(1, bytes: key(2)) }
            }
        }
        var device = WireGuardDevice()
        try device.merge(first)
        try device.merge(second)
        #expect(device.linkIndex == 7 && device.linkName == "wg0" && device.listenPort == 51_820)
        #expect(device.privateKey?.bytes == key(9) && device.publicKey?.bytes == key(8) && device.firewallMark == nil)
        #expect(device.peers.map(\.publicKey.bytes) == [key(1), key(2)])
        let peer = try #require(device.peers.first)
        #expect(peer.presharedKey == nil && peer.keepaliveSeconds == 25 && peer.protocolVersion == 1)
        #expect(peer.endpoint?.description == "[fe80::1%3]:4660" && peer.endpoint?.flow == 1)
        #expect(
            peer.lastHandshake == .seconds(5) + .nanoseconds(6) && peer.bytesReceived == 100 && peer.bytesSent == 200)
        // A length of 33 is none of IPv4's, and is left out.
        #expect(peer.allowedAddresses.map(\.description) == ["10.0.0.0/8", "fe80::1/128", "9.9.9.9/32"])
        #expect(peer.others.types == [99])
        #expect(device.peers[1].endpoint == nil && device.peers[1].lastHandshake == nil)
    }

    @Test("a peer without a key is malformed; every prefix and thousands of damaged devices neither trap nor loop")
    func damage() {
        var whole = AttributeSet()
        whole.append { writer in
            writer.attribute(3, bytes: [UInt8](repeating: 1, count: 32))
            writer.nest(8) { writer in
                for number in UInt8(1)...3 {
                    writer.nest(0) {
                        $0.attribute(1, bytes: [UInt8](repeating: number, count: 32))
                        $0.attribute(4, bytes: [2, 0, 1, 2, 3, 4, 5, 6])
                        $0.attribute(6, bytes: [UInt8](repeating: 0x7f, count: 16))
                        $0.nest(9) {
                            $0.nest(0) {
                                $0.attribute(2, bytes: [1, 2, 3, 4])
                                $0.attribute(3, bytes: [8])
                            }
                        }
                    }
                }
            }
        }
        var nobody = AttributeSet()
        nobody.append { $0.nest(8) { $0.nest(0) { $0.attribute(5, integer: UInt16(1)) } } }
        var empty = WireGuardDevice()
        #expect(throws: NetlinkError.self) { try empty.merge(nobody) }
        var random = SeededGenerator(seed: 0x36)
        var count = 0
        func read(_ bytes: [UInt8]) {
            guard let set = try? AttributeSet(bytes) else { return }
            var device = WireGuardDevice()
            if (try? device.merge(set)) != nil { count += 1 }
        }
        for length in 0...whole.bytes.count { read(Array(whole.bytes.prefix(length))) }
        for _ in 0..<20_000 { read(random.damaged(whole.bytes)) }
        #expect(count > 2_000)
    }

    /// A WireGuard that answers acknowledgements alone, and keeps what it was sent.
    private final class Scripted: NetlinkTransport {
        let port: UInt32 = 7
        private let state = Monitor<(sent: [[UInt8]], queue: [[UInt8]])>(([], []))
        var sent: [[UInt8]] { state.with { $0.sent } }

        func send(_ datagram: [UInt8], until deadline: Deadline) throws(NetlinkError) {
            let sequence = datagram[8..<12].reversed().reduce(0) { $0 << 8 | UInt32($1) }
            var answers: [NetlinkRequest] = []
            if datagram[4] == 16 {
                var family = NetlinkRequest("family", type: 16)
                family.body.append(bytes: [1, 2, 0, 0])
                family.body.attribute(1, integer: UInt16(40))
                family.body.attribute(2, text: "wireguard")
                family.body.attribute(3, integer: UInt32(1))
                answers.append(family)
            }
            var end = NetlinkRequest("end", type: 2)
            end.flags = []
            end.body.append(bytes: [UInt8](repeating: 0, count: 20))
            answers.append(end)
            let bytes = answers.compactMap { try? $0.encoded(sequence: sequence, port: 7) }
            state.with {
                $0.sent.append(datagram)
                $0.queue += bytes
            }
        }

        func receive(into buffer: inout [UInt8], until deadline: Deadline) throws(NetlinkError) -> ReceivedDatagram {
            guard let bytes = state.wait(until: deadline, for: { $0.queue.isEmpty ? nil : $0.queue.removeFirst() })
            else { throw NetlinkError(.timedOut, operation: "wait") }
            buffer.replaceSubrange(0..<bytes.count, with: bytes)
            return ReceivedDatagram(byteCount: bytes.count, sender: 0)
        }
    }

    @Test("a large change goes in several messages, none too long, each list emptied once, and nothing lost")
    func split() throws {
        var change = WireGuardChange()
        change.replacesPeers = true
        change.listenPort = 1
        var expected = WireGuardDevice()
        for number in 0..<300 {
            let key = [UInt8(number & 0xff), UInt8(number >> 8)] + [UInt8](repeating: 3, count: 30)
            var peer = WireGuardChange.Peer(try #require(WireGuardPublicKey(bytes: key)))
            peer.replacesAllowedAddresses = true
            peer.endpoint = WireGuardEndpoint(.v4(IPv4Address(rawValue: 0x0a00_0000 + UInt32(number))), port: 9)
            // One of them has more addresses than a message holds.
            for place in 0..<(number == 150 ? 2_000 : number % 5) {
                let address = IPAddress.v6(IPv6Address(high: UInt64(number), low: UInt64(place)))
                peer.allowedAddresses.append(IPPrefix(host: address))
            }
            change.peers.append(peer)
            var kept = WireGuardPeer(peer.publicKey)
            kept.endpoint = peer.endpoint
            kept.allowedAddresses = peer.allowedAddresses
            expected.peers.append(kept)
        }
        expected.listenPort = 1
        expected.linkIndex = 5
        let transport = Scripted()
        var wireguard = try WireGuardConnection(transport, until: Deadline(in: .seconds(5)))
        try wireguard.change(.index(5), change, until: Deadline(in: .seconds(20)))
        let messages = Array(transport.sent.dropFirst())
        #expect(messages.count > 5 && messages.allSatisfy { $0.count <= 16_384 + 20 })
        var device = WireGuardDevice()
        var replaced = 0
        var emptied: [[UInt8]: Int] = [:]
        for datagram in messages {
            let generic = try GenericMessage(body: Array(datagram.dropFirst(16)))
            #expect(generic.command == 1 && datagram[4] == 40 && generic.attributes[1, as: UInt32.self] == 5)
            try device.merge(generic.attributes)
            if generic.attributes[5, as: UInt32.self] == 1 { replaced += 1 }
            for peer in generic.attributes.nested(8)?.allNested(0) ?? [] where peer[3, as: UInt32.self] == 2 {
                emptied[peer.payload(1) ?? [], default: 0] += 1
            }
        }
        #expect(device == expected && replaced == 1)
        #expect(emptied.count == 300 && emptied.values.allSatisfy { $0 == 1 })
    }
}

extension String {
    fileprivate func replacingFirst(_ old: Character, with new: Character) -> String {
        guard let place = firstIndex(of: old) else { return self }
        return self[..<place] + String(new) + self[index(after: place)...]
    }
}
