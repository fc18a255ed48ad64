import Kernel
import Netlink
import Recordings
import SystemPackage
import TestSupport
import Testing

@Suite("Keys in a capture")
struct NetlinkSecretsTests {
    private static let privateKey = (0..<32).map { UInt8(truncatingIfNeeded: 0xa0 + $0 * 3) }
    private static let firstShared = (0..<32).map { UInt8(truncatingIfNeeded: 0x11 + $0 * 5) }
    private static let secondShared = (0..<32).map { UInt8(truncatingIfNeeded: 0x37 + $0 * 7) }
    private static let publicKey = (0..<32).map { UInt8(truncatingIfNeeded: 0x53 + $0 * 11) }
    private static let nested: UInt16 = 0x8000

    /// A device with one peer: WG_CMD_GET_DEVICE's answer (linux/wireguard.h), after the genlmsghdr.
    private static func device(_ key: [UInt8]?, shared: [UInt8]) -> [UInt8] {
        let peer = attribute(1, publicKey) + attribute(2, shared) + attribute(4, [UInt8](repeating: 7, count: 16))
        return [0, 1, 0, 0] + attribute(1, [3, 0, 0, 0]) + attribute(2, Array("wg0\0".utf8))
            + (key.map { attribute(3, $0) } ?? []) + attribute(8 | nested, attribute(0 | nested, peer))
    }

    private static func family(_ number: UInt16, _ name: String) -> [UInt8] {
        [1, 2, 0, 0] + attribute(1, [UInt8(number & 0xff), UInt8(number >> 8)]) + attribute(2, Array(name.utf8) + [0])
    }

    /// The datagrams of a capture, recorded as a host's that passes them through; the recording and its archive.
    private static func recorded(
        _ family: NetlinkSocket.Family, _ request: (type: Int, body: [UInt8]),
        refused: Bool = false, answers: [(type: Int, body: [UInt8])]
    ) throws -> (Recording, [UInt8]) {
        let host = Host(
            HostRoot(directory: "/nonesuch"), netlink: ScriptedNetlink { _, _, _ in refused ? nil : answers })
        let type = request.type
        let body = request.body
        let verb = ReadingVerb("keys") { host in
            var connection = NetlinkConnection(try host.netlink.open(family))
            var request = NetlinkRequest("list", "keys", type: type)
            request.body.append(bytes: body)
            // In hexadecimal, as a careless verb may print them.
            return try connection.dump(request, until: Deadline(in: .seconds(5)), into: "") {
                (all: inout String, message, bytes) throws(NetlinkError) in
                all += bodyBytes(message, bytes).map(hex).joined() + "\n"
            }.value
        }
        let recording = try Recorder().record([verb], of: host, date: 7)
        return (recording, try recording.archive())
    }

    private static func expectGone(
        _ secrets: [[UInt8]], from archive: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for secret in secrets {
            #expect(!archive.contains(bytes: secret), sourceLocation: sourceLocation)
            let text = Array(secret.map(hex).joined().utf8)
            #expect(!archive.contains(bytes: text), sourceLocation: sourceLocation)
            // Half of a key is too much as well.
            #expect(!archive.contains(bytes: Array(secret.prefix(8))), sourceLocation: sourceLocation)
        }
    }

    /// With zeros where a mark is.
    private static func withoutMarks(_ bytes: [UInt8]) -> [UInt8] {
        let mark = Array("<redacted>".utf8)
        var bytes = bytes
        for start in bytes.indices.dropLast(mark.count - 1) where bytes[start..<start + mark.count].elementsEqual(mark)
        {
            bytes.replaceSubrange(start..<start + mark.count, with: [UInt8](repeating: 0, count: mark.count))
        }
        return bytes
    }

    @Test("WireGuard's private and preshared keys are nowhere in the archive; all else is, in its place")
    func wireGuard() throws {
        // A split dump: the second message goes on with the peers, and has no private key.
        let messages = [
            Self.device(Self.privateKey, shared: Self.firstShared), Self.device(nil, shared: Self.secondShared),
        ]
        let (recording, archive) = try Self.recorded(
            .generic, (0x15, [0, 1, 0, 0] + attribute(1, [3, 0, 0, 0])),
            answers: [(16, Self.family(0x15, "wireguard"))] + messages.map { (0x15, $0) })
        Self.expectGone([Self.privateKey, Self.firstShared, Self.secondShared], from: archive)
        #expect(archive.contains(bytes: Self.publicKey) && archive.contains(bytes: Array("wg0".utf8)))
        #expect(
            recording.manifest.redacted == [
                "netlink.pcap WGDEVICE_A_PRIVATE_KEY", "netlink.pcap WGPEER_A_PRESHARED_KEY",
            ])
        // Lengths and all other bytes are as they were.
        let mark = Array("<redacted>".utf8) + [UInt8](repeating: 0, count: 22)
        let kept = recording.netlink?.datagrams.filter { $0.direction == .toUser }.map { Array($0.bytes.dropFirst(16)) }
        #expect(kept?.dropFirst().prefix(2) == [Self.device(mark, shared: mark), Self.device(nil, shared: mark)])
        #expect(recording.answers["keys"]?.contains(Self.publicKey.map(hex).joined()) == true)
    }

    @Test("a request that sets keys is redacted too, and the echo of one that was refused", arguments: [false, true])
    func requests(refused: Bool) throws {
        let (recording, archive) = try Self.recorded(
            .generic, (0x15, Self.device(Self.privateKey, shared: Self.firstShared)), refused: refused,
            answers: [(16, Self.family(0x15, "wireguard"))])
        #expect(recording.netlink?.datagrams.count ?? 0 >= 2)
        Self.expectGone([Self.privateKey, Self.firstShared], from: archive)
        #expect(archive.contains(bytes: Self.publicKey))
    }

    @Test("a family that the capture does not name may have keys; one that it names keeps its bytes")
    func names() throws {
        for (number, name, isRedacted): (UInt16, String, Bool) in [(0x16, "wireguard", true), (0x15, "ethtool", false)]
        {
            let (recording, archive) = try Self.recorded(
                .generic, (0x15, [0, 1, 0, 0]),
                answers: [
                    (16, Self.family(number, name)), (0x15, Self.device(Self.privateKey, shared: Self.firstShared)),
                ])
            #expect(recording.manifest.redacted.isEmpty == !isRedacted)
            #expect(archive.contains(bytes: Self.privateKey) == !isRedacted)
        }
        // Routes have attributes of the same numbers and no keys.
        let (recording, archive) = try Self.recorded(
            .route, (18, []), answers: [(16, Self.device(Self.privateKey, shared: Self.firstShared))])
        #expect(recording.manifest.redacted == [] && archive.contains(bytes: Self.privateKey))
    }

    @Test("MACsec's, SRv6's and IPsec's keys go as well")
    func others() throws {
        let key = Self.privateKey
        let sa: UInt16 = 3
        let cases: [(NetlinkSocket.Family, Int, [UInt8], String)] = [
            (.generic, 0x15, [0, 1, 0, 0] + attribute(sa | Self.nested, attribute(4, key)), "MACSEC_SA_ATTR_KEY"),
            (.generic, 0x16, [0, 1, 0, 0] + attribute(4, key), "SEG6_ATTR_SECRET"),
            // XFRM_MSG_NEWSA, struct xfrm_usersa_info, then XFRMA_ALG_CRYPT: a name of 64 bytes, bits, the key.
            (
                .ipsec, 16,
                [UInt8](repeating: 1, count: 224)
                    + attribute(2, [UInt8](repeating: 0x61, count: 64) + [0, 1, 0, 0] + key),
                "XFRMA_ALG_CRYPT"
            ),
            (
                .ipsec, 16,
                [UInt8](repeating: 1, count: 224)
                    + attribute(18, [UInt8](repeating: 0x61, count: 64) + [0, 1, 0, 0, 64, 0, 0, 0] + key),
                "XFRMA_ALG_AEAD"
            ),
        ]
        for (family, type, body, name) in cases {
            let (recording, archive) = try Self.recorded(
                family, (type + 10, [0, 0, 0, 0]),
                answers: [(16, Self.family(0x15, "macsec")), (16, Self.family(0x16, "SEG6")), (type, body)])
            Self.expectGone([key], from: archive)
            #expect(recording.manifest.redacted.contains("netlink.pcap \(name)"), "\(recording.manifest.redacted)")
            if family == .ipsec { #expect(archive.contains(bytes: [UInt8](repeating: 0x61, count: 64))) }
        }
    }

    @Test("keys in cut and broken messages go, however they are broken")
    func damage() throws {
        let names = message(16, 9, Self.family(0x15, "wireguard"))
        let whole = message(0x15, 9, Self.device(Self.privateKey, shared: Self.firstShared))
        var random = SeededGenerator(seed: 0xcafe)
        for round in 0..<600 {
            // Every prefix; then lengths that lie, in the header and in the attributes before the keys.
            var bytes = round < whole.count ? Array(whole.prefix(round)) : whole
            if round >= whole.count {
                let places = [0, 1, 20, 28, 36, 37, 72, 73, 76, 77]
                for _ in 0..<2 {
                    bytes[places.randomElement(using: &random) ?? 0] = UInt8.random(in: 0...255, using: &random)
                }
            }
            let capture = NetlinkCapture([
                .init(time: 1, direction: .toUser, family: .generic, bytes: names),
                .init(time: 1, direction: .toUser, family: .generic, bytes: bytes, byteCount: whole.count),
            ])
            let passing = PassingNetlink(capture: capture)
            let verb = ReadingVerb("keys") { host in
                let transport = try host.netlink.open(.generic)
                var buffer = [UInt8](repeating: 0, count: 4096)
                for _ in capture.datagrams {
                    _ = try transport.receive(into: &buffer, until: Deadline(in: .seconds(1)))
                }
                return ""
            }
            let host = Host(HostRoot(directory: "/nonesuch"), netlink: passing)
            let recording = try Recorder().record([verb], of: host, date: 7)
            // Nothing moves, and what changes becomes zero or the mark.
            let kept = recording.netlink?.datagrams.map(\.bytes) ?? []
            #expect(kept.count == 2 && kept.first == names && kept.last?.count == bytes.count)
            #expect(zip(Self.withoutMarks(kept.last ?? []), bytes).allSatisfy { $0 == $1 || $0 == 0 })
            // An attribute whose length lies may cover what follows it, so that the key is another attribute's bytes: only
            // the prefixes are sure to be found where they are.
            if round < whole.count {
                try Self.expectGone([Self.privateKey, Self.firstShared], from: recording.archive())
            }
        }
    }
}

/// Gives the datagrams of a capture to whoever receives.
private struct PassingNetlink: NetlinkSource {
    let capture: NetlinkCapture

    func open(_ family: NetlinkSocket.Family) throws(NetlinkError) -> any NetlinkTransport { Transport(capture) }

    private final class Transport: NetlinkTransport {
        let port: UInt32 = 1
        private let queue: Monitor<[NetlinkCapture.Datagram]>
        init(_ capture: NetlinkCapture) { queue = Monitor(capture.datagrams) }
        func send(_ datagram: [UInt8], until deadline: Deadline) throws(NetlinkError) {}
        func receive(
            into buffer: inout [UInt8], until deadline: Deadline
        ) throws(NetlinkError) -> ReceivedDatagram {
            let next = queue.with { $0.isEmpty ? nil : $0.removeFirst() }
            guard let next else { throw NetlinkError(.timedOut, operation: "wait") }
            buffer.replaceSubrange(0..<next.bytes.count, with: next.bytes)
            return ReceivedDatagram(byteCount: next.bytes.count, sender: 0)
        }
    }
}

/// Two digits of a byte.
private func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }
