import DHCP
import Kernel
import TestSupport
import Testing

@Suite("DHCPv4 messages")
struct MessageTests {
    private var sample: DHCPv4Message {
        var message = DHCPv4Message(
            .reply, transaction: 0x0102_0304, hardwareAddress: clientMAC, seconds: 7, wantsBroadcast: true,
            yourAddress: IPv4Address(rawValue: 0x0a00_0002), serverName: "boot", bootFile: "pxelinux.0")
        message.type = .offer
        message.options[.leaseTime] = [0, 0, 1, 0]
        message.options[.rapidCommit] = []
        message.options[.classlessRoutes] = (0..<60).flatMap { [24, 10, 0, $0, 10, 0, 0, 1] as [UInt8] }
        message.options[.domainSearch] = [1, 97, 0]
        return message
    }

    /// A message whose options field is as given.
    private func raw(_ options: [UInt8], file: [UInt8] = [], name: [UInt8] = []) -> [UInt8] {
        var bytes = DHCPv4Message(.reply, transaction: 1, hardwareAddress: clientMAC).encoded
        bytes.replaceSubrange(44..<44 + name.count, with: name)
        bytes.replaceSubrange(108..<108 + file.count, with: file)
        return Array(bytes.prefix(240)) + options
    }

    @Test("what is encoded decodes to the same, an option of 480 bytes included")
    func roundTrip() throws {
        #expect(try DHCPv4Message(decoding: sample.encoded) == sample)
        #expect(DHCPv4Message(.request, transaction: 1, hardwareAddress: clientMAC).encoded.count == 300)
    }

    @Test("every prefix is a message of fewer options or an error")
    func prefixes() {
        let bytes = sample.encoded
        for count in 0..<bytes.count {
            let decoded = try? DHCPv4Message(decoding: bytes.prefix(count))
            if decoded != nil { #expect(count >= 240) }
        }
        #expect(throws: DHCPError(.malformed(.truncated), operation: "decode", offset: 239)) {
            try DHCPv4Message(decoding: bytes.prefix(239))
        }
    }

    @Test("an option that goes past its field, or lacks its length, is an error")
    func pastEnd() {
        for options: [UInt8] in [[51], [51, 4], [51, 4, 0, 0, 0], [12, 255], [0, 0, 53]] {
            #expect(throws: DHCPError.self, "\(options)") { try DHCPv4Message(decoding: raw(options)) }
        }
        #expect(throws: DHCPError(.malformed(.badCookie), operation: "decode", offset: 236)) {
            var bytes = sample.encoded
            bytes[236] = 0
            _ = try DHCPv4Message(decoding: bytes)
        }
    }

    @Test("overloaded fields hold options, file before sname, and parts are joined")
    func overload() throws {
        let bytes = raw(
            [52, 1, 3, 15, 3] + Array("exa".utf8) + [255], file: [15, 2] + Array("mp".utf8) + [255, 9, 9],
            name: [0, 15, 2] + Array("le".utf8) + [52, 1, 0, 255])
        let message = try DHCPv4Message(decoding: bytes)
        #expect(
            message.options.name(.domainName) == "example" && message.bootFile.isEmpty && message.serverName.isEmpty)
        let plain = try DHCPv4Message(decoding: raw([255], file: Array("kernel".utf8)))
        #expect(plain.bootFile == "kernel" && plain.options.codes.isEmpty)
    }

    @Test("names that could not stand in resolv.conf are as good as absent")
    func names() {
        var options = DHCPv4Options()
        let cases: [(String, String?)] = [
            ("example.org", "example.org"), ("example.org.", "example.org"), ("node_1\0", "node_1"), ("", nil),
            ("a b", nil),
            ("a\nnameserver 6.6.6.6", nil), (".", nil), ("a..b", nil), ("-a", nil), ("é", nil),
            (String(repeating: "a", count: 64), nil),
        ]
        for (text, expected) in cases {
            options[.domainName] = Array(text.utf8)
            #expect(options.name(.domainName) == expected, "\(text)")
        }
    }

    @Test("search lists follow pointers back, never forward or round")
    func searchDomains() {
        var options = DHCPv4Options()
        let cases: [([UInt8], [String])] = [
            (
                [3, 101, 110, 103, 5, 97, 112, 112, 108, 101, 3, 99, 111, 109, 0, 4, 109, 97, 114, 107, 0xc0, 4],
                ["eng.apple.com", "mark.apple.com"]
            ),
            ([0xc0, 0], []), ([1, 97, 0xc0, 0], []), ([1, 97, 0xc0, 4, 1, 98, 0], []), ([1, 97], []), ([5, 97, 0], []),
            ([0x80, 1, 0], []), ([0xc0], []), ([], []), ([0], []), ([1, 10, 0], []), ([3, 97, 46, 98, 0], []),
        ]
        for (bytes, expected) in cases {
            options[.domainSearch] = bytes
            #expect(options.searchDomains == expected, "\(bytes)")
        }
    }

    @Test("classless routes are taken whole or not at all, and 249 stands in")
    func classlessRoutes() throws {
        var options = DHCPv4Options()
        let broken: [[UInt8]] = [[], [33, 1, 2, 3, 4, 5, 0, 0, 0, 1], [24, 10, 0, 0, 1, 1], [0, 1, 2, 3], [8]]
        for bytes in broken {
            options[.classlessRoutes] = bytes
            #expect(options.classlessRoutes == nil, "\(bytes)")
        }
        options[.microsoftClasslessRoutes] = [20, 10, 1, 0xff, 10, 0, 0, 1]
        #expect(
            options.classlessRoutes == [
                Lease.Route(destination: try #require(IPPrefix("10.1.240.0/20")), gateway: IPv4Address("10.0.0.1"))
            ])
    }

    @Test("a hundred thousand damaged packets neither trap nor loop")
    func damage() {
        let message = sample.encoded
        let whole = packet(message).bytes
        var random = SeededGenerator(seed: 0x5eed)
        var survivors = 0
        for round in 0..<100_000 {
            let bytes = random.damaged(round % 2 == 0 ? whole : message)
            let payload =
                round % 2 == 0
                ? (try? UDPPacket(decoding: bytes, checksumIsPartial: round % 4 == 0))?.payload ?? [] : bytes
            guard let message = try? DHCPv4Message(decoding: payload) else { continue }
            survivors += 1
            _ = message.options.searchDomains
            _ = message.options.classlessRoutes
            _ = message.options.classfulRoutes
            for code in message.options.codes {
                _ = (message.options.addresses(code), message.options.name(code), message.options.words(code))
                _ = message.options.word(code)
            }
        }
        #expect(survivors > 1000)
    }
}

@Suite("UDP in IPv4")
struct PacketTests {
    private let sample = UDPPacket(
        source: serverAddress, destination: .broadcast, sourcePort: 67, destinationPort: 68, payload: [1, 2, 3])

    @Test("what is encoded decodes to the same, with what Ethernet padded")
    func roundTrip() throws {
        #expect(try UDPPacket(decoding: sample.encoded) == sample)
        #expect(try UDPPacket(decoding: sample.encoded + [UInt8](repeating: 0xee, count: 29)) == sample)
    }

    @Test("every prefix is an error, and so is every flipped bit")
    func damage() {
        let bytes = sample.encoded
        for count in 0..<bytes.count {
            #expect(throws: DHCPError.self) { try UDPPacket(decoding: bytes.prefix(count)) }
        }
        for bit in 0..<bytes.count * 8 {
            var bytes = bytes
            bytes[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: DHCPError.self, "\(bit)") { try UDPPacket(decoding: bytes) }
        }
    }

    @Test("a partial checksum, and none, are taken")
    func partial() throws {
        var bytes = sample.encoded
        bytes[26] ^= 0xff
        #expect(throws: DHCPError(.malformed(.badChecksum), operation: "decode", offset: 26)) {
            try UDPPacket(decoding: bytes)
        }
        #expect(try UDPPacket(decoding: bytes, checksumIsPartial: true) == sample)
        bytes.replaceSubrange(26..<28, with: [0, 0])
        #expect(try UDPPacket(decoding: bytes) == sample)
    }

    @Test("fragments, other protocols and other versions are refused")
    func others() {
        for (offset, value) in [(6, 0x20), (7, 1), (9, 6), (0, 0x65), (0, 0x44)] as [(Int, UInt8)] {
            var bytes = sample.encoded
            bytes[offset] = value
            #expect(
                throws: DHCPError(
                    .malformed(.notUDP), operation: "decode",
                    offset: offset == 0 && value == 0x44 ? 2 : offset & ~1 == 6 ? 6 : offset)
            ) {
                try UDPPacket(decoding: bytes)
            }
        }
    }
}
