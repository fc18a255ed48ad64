import Glibc
import Netlink
import SystemPackage
import TestSupport
import Testing

@Suite("Captures as pcap files")
struct PcapTests {
    /// An RTM_GETLINK dump and its two answers, and a generic datagram that was cut.
    static let sample = NetlinkCapture([
        .init(
            time: 1_767_323_045_000_000_001, direction: .toKernel, family: .route,
            bytes: message(18, 7, flags: [.request, .dump], body: [UInt8](repeating: 0, count: 16))),
        .init(
            time: 1_767_323_045_123_456_789, direction: .toUser, family: .route,
            bytes: message(16, 7, body: [UInt8](repeating: 9, count: 33)) + message(16, 7)),
        .init(time: 1_767_323_046_999_999_999, direction: .toUser, family: .route, bytes: end(7)),
        .init(
            time: 0, direction: .toUser, family: .generic, bytes: Array(message(16, 9).prefix(10)), byteCount: 70_000),
    ])

    /// A file of one record, by hand from the format's description.
    private func file(
        swapped: Bool = false, magic: UInt32 = 0xa1b2_c3d4, major: UInt16 = 2, minor: UInt16 = 4,
        linkType: UInt32 = 253, packetType: UInt16 = 6, deviceType: UInt16 = 824, fraction: UInt32 = 250_000,
        length: UInt32? = nil, body: [UInt8] = message(16, 7)
    ) -> [UInt8] {
        func four(_ value: UInt32) -> [UInt8] {
            let low = (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
            return swapped ? low.reversed() : low
        }
        func two(_ value: UInt16) -> [UInt8] { swapped ? big(value) : big(value).reversed() }
        func big(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xff)] }
        let header: [UInt8] = four(magic) + two(major) + two(minor) + four(0) + four(0) + four(262_144)
        let lengths: [UInt8] = four(length ?? UInt32(16 + body.count)) + four(UInt32(16 + body.count))
        let cooked: [UInt8] = big(packetType) + big(deviceType) + [UInt8](repeating: 0, count: 10) + big(16)
        return header + four(linkType) + four(1_700_000_000) + four(fraction) + lengths + cooked + body
    }

    @Test("what is written is read back, to the nanosecond")
    func roundTrip() throws {
        let bytes = Self.sample.pcap()
        #expect(try NetlinkCapture(pcap: bytes) == Self.sample)
        #expect(try NetlinkCapture(pcap: NetlinkCapture().pcap()) == NetlinkCapture())
        #expect(Self.sample.pcap() == bytes)
    }

    @Test("the file's bytes are those of the format's description")
    func layout() throws {
        let bytes = NetlinkCapture([
            .init(time: 1_700_000_000_250_000_000, direction: .toUser, family: .generic, bytes: message(16, 7))
        ]).pcap()
        #expect(bytes == file(magic: 0xa1b2_3c4d, fraction: 250_000_000))
    }

    @Test("both byte orders and both units of time are read", arguments: [false, true], [false, true])
    func variants(swapped: Bool, nanoseconds: Bool) throws {
        let bytes = file(
            swapped: swapped, magic: nanoseconds ? 0xa1b2_3c4d : 0xa1b2_c3d4,
            fraction: nanoseconds ? 250_000_000 : 250_000)
        let capture = try NetlinkCapture(pcap: bytes)
        let expected = NetlinkCapture.Datagram(
            time: 1_700_000_000_250_000_000, direction: .toUser, family: .generic, bytes: message(16, 7))
        #expect(capture.datagrams == [expected] && capture.isForeignByteOrder == swapped)
        if swapped {
            #expect(throws: NetlinkError(.malformed(.capture(.foreignByteOrder)), operation: "replay")) {
                _ = try ReplayNetlink(capture)
            }
        }
    }

    @Test("the direction is nlmon's packet type, and the request flag's where a writer gave another")
    func direction() throws {
        let request = message(18, 7, flags: .request)
        for (type, body, expected): (UInt16, [UInt8], NetlinkCapture.Direction) in [
            (6, request, .toUser), (7, message(16, 7), .toKernel), (4, request, .toKernel),
            (0, message(16, 7), .toUser),
            (4, [], .toUser),
        ] {
            #expect(
                try NetlinkCapture(pcap: file(packetType: type, body: body)).datagrams.map(\.direction) == [expected])
        }
        // The flag is where the other byte order puts it.
        let swapped = file(
            swapped: true, packetType: 4, body: [0, 0, 0, 16, 0, 18, 0, 1] + [UInt8](repeating: 0, count: 8))
        #expect(try NetlinkCapture(pcap: swapped).datagrams.map(\.direction) == [.toKernel])
    }

    @Test("what is no capture of netlink is an error that says what it is, and where")
    func defects() {
        let cases: [([UInt8], CaptureDefect, Int)] = [
            ([], .truncated, 0), ([1, 2, 3], .truncated, 0), ([1, 2, 3, 4, 5], .notPcap(0x0403_0201), 0),
            ([0x0a, 0x0d, 0x0d, 0x0a] + [UInt8](repeating: 0, count: 24), .pcapng, 0),
            (file(major: 3), .version(major: 3, minor: 4), 4), (file(minor: 3), .version(major: 2, minor: 3), 4),
            (file(linkType: 1), .linkType(1), 20), (file(deviceType: 1), .deviceType(1), 42),
            (file(length: 15), .recordTooShort(15), 24), (file(length: 0), .recordTooShort(0), 24),
            (file(length: .max), .recordTooLarge(Int(UInt32.max)), 24), (file(length: 33), .truncated, 56),
            (file() + [0], .truncated, 72),
        ]
        for (bytes, defect, offset) in cases {
            #expect(throws: NetlinkError(.malformed(.capture(defect)), operation: "read capture", offset: offset)) {
                try NetlinkCapture(pcap: bytes)
            }
        }
        #expect(throws: Never.self) { try NetlinkCapture(pcap: file(linkType: 253 | 0xf000_0000)) }
    }

    @Test("every prefix of a capture is the datagrams that are whole, or an error")
    func prefixes() throws {
        let bytes = Self.sample.pcap()
        var ends: [Int: Int] = [24: 0]
        for (count, datagram) in Self.sample.datagrams.enumerated() {
            ends[(ends.keys.max() ?? 0) + 32 + datagram.bytes.count] = count + 1
        }
        for length in 0..<bytes.count {
            let prefix = Array(bytes.prefix(length))
            guard let count = ends[length] else {
                let error = #expect(throws: NetlinkError.self) { try NetlinkCapture(pcap: prefix) }
                #expect(error?.kind == .malformed(.capture(.truncated)) && (error?.offset ?? -1) <= length)
                continue
            }
            #expect(try NetlinkCapture(pcap: prefix).datagrams == Array(Self.sample.datagrams.prefix(count)))
        }
    }

    @Test("damaged captures are read or refused, written again, and replayed, without end or trap")
    func damage() throws {
        var random = SeededGenerator(seed: 0x5eed)
        let bytes = Self.sample.pcap()
        var read = 0
        for _ in 0..<20_000 {
            guard let capture = try? NetlinkCapture(pcap: random.damaged(bytes)) else { continue }
            read += 1
            var again = try NetlinkCapture(pcap: capture.pcap())
            // Times may be past a second's fraction, and lengths on the wire below those in the file: both are mended.
            #expect(again.datagrams.map(\.bytes) == capture.datagrams.map(\.bytes))
            again = try NetlinkCapture(pcap: again.pcap())
            guard let replay = try? ReplayNetlink(capture) else { continue }
            var connection = NetlinkConnection(replay.transport(.route))
            var request = NetlinkRequest("list", "links", type: 18)
            request.body.append(bytes: [UInt8](repeating: 0, count: 16))
            _ = try? connection.dump(request, until: soon, into: 0) { (count: inout Int, _, _) in count += 1 }
        }
        #expect(read > 2_000)
    }

    @Test(
        "tcpdump reads our file and writes the same bytes; what it writes in microseconds is read",
        .enabled(if: unsafe access("/usr/bin/tcpdump", X_OK) == 0, "needs tcpdump"))
    func tcpdump() throws {
        let directory = try TemporaryDirectory()
        try directory.write("ours.pcap", Self.sample.pcap())
        let exact = try run("tcpdump --nano -w - -r \(directory.path)/ours.pcap")
        #expect(exact.output == Self.sample.pcap() && exact.errors.contains("link-type NETLINK"))
        let rounded = try NetlinkCapture(pcap: run("tcpdump --micro -w - -r \(directory.path)/ours.pcap").output)
        var expected = Self.sample
        for position in expected.datagrams.indices { expected.datagrams[position].time /= 1000 }
        for position in expected.datagrams.indices { expected.datagrams[position].time *= 1000 }
        #expect(rounded == expected)
    }

    @Test("a datagram's size in memory cannot be smaller than its bytes, nor break the file")
    func sizes() throws {
        var datagram = NetlinkCapture.Datagram(
            time: .max, direction: .toUser, family: .route, bytes: [1, 2], byteCount: -5)
        #expect(datagram.byteCount == 2 && !datagram.isTruncated)
        datagram.byteCount = .max
        let read = try NetlinkCapture(pcap: NetlinkCapture([datagram]).pcap()).datagrams
        #expect(read.map(\.byteCount) == [Int(UInt32.max) - 16])
        datagram.time = .min
        datagram.byteCount = .min
        #expect(try NetlinkCapture(pcap: NetlinkCapture([datagram]).pcap()).datagrams.map(\.time) == [0])
    }
}
