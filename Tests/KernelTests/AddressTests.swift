import Glibc
import Kernel
import TestSupport
import Testing

@Suite("Addresses")
struct AddressTests {
    @Test(
        "IPv6 text is RFC 5952's",
        arguments: [
            ("2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("::", "::"), ("0:0:0:0:0:0:0:1", "::1"), ("1::", "1::"),
            ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
            ("FE80::ABCD", "fe80::abcd"), ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
            ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
        ])
    func canonical(text: String, canonical: String) {
        #expect(IPv6Address(text)?.description == canonical)
    }

    @Test(
        "what is no address is none",
        arguments: [
            "", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4::5:6:7:8", "12345::", "::g", "1::2::3",
            ":1::2",
            "1::2:", "::1.2.3", "1.2.3.4::", "::1.2.3.4:5", "fe80::1%eth0", "[::1]", "1.2.3", "1.2.3.4.5", "256.1.1.1",
            "01.2.3.4",
            "1..2.3", "1.2.3.4 ", " 1.2.3.4", "+1.2.3.4", "1.2.3.-4", "0x1.2.3.4",
        ])
    func refused(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test("random addresses and damaged texts are what inet_pton and inet_ntop say")
    func independent() {
        var random = SeededGenerator(seed: 0x5eed)
        let alphabet = Array("0123456789abcdefF:.:".utf8)
        for _ in 0..<20_000 {
            // Runs of zeros are what shortening is about.
            let bytes = (0..<8).flatMap { _ -> [UInt8] in
                UInt8.random(in: 0...2, using: &random) == 0
                    ? [0, .random(in: 0...1, using: &random)] : [0x20, .random(in: 0...255, using: &random)]
            }
            let address = IPv6Address(bytes: bytes)
            // glibc writes ::1.2.3.4 for IPv4-compatible addresses, which RFC 4291 withdrew.
            if bytes.prefix(12).contains(where: { $0 != 0 }) { #expect(address?.description == presentation(bytes)) }
            var text = Array((address?.description ?? "").utf8)
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                text[Int.random(in: text.indices, using: &random)] =
                    alphabet[Int.random(in: alphabet.indices, using: &random)]
            }
            let damaged = String(decoding: text, as: UTF8.self)
            #expect(IPv6Address(damaged)?.bytes == network(damaged, AF_INET6, 16), "\(damaged)")
            let dotted = (0..<4).map { _ in "\(Int.random(in: 0...280, using: &random))" }.joined(separator: ".")
            #expect(IPv4Address(dotted)?.bytes == network(dotted, AF_INET, 4), "\(dotted)")
        }
    }

    @Test("a prefix knows its network, its broadcast and what it contains")
    func prefixes() throws {
        let prefix = try #require(IPPrefix("10.1.2.3/20"))
        #expect(prefix.network.description == "10.1.0.0/20" && prefix.broadcast?.description == "10.1.15.255")
        #expect(prefix.contains(.v4(IPv4Address(rawValue: 0x0a01_0f01))) && !prefix.contains(.v4(.any)))
        #expect(!prefix.contains(.v6(.any)) && IPPrefix.defaultIPv4.contains(prefix.address))
        #expect(IPPrefix("2001:db8:1:2:3:4:5:6/63")?.network.description == "2001:db8:1:2::/63")
        #expect(IPPrefix("2001:db8:1:2:ff:4:5:6/72")?.network.description == "2001:db8:1:2::/72")
        #expect(IPPrefix("10.0.0.1/31")?.broadcast == nil && IPPrefix("::1/128")?.broadcast == nil)
        for text in [
            "10.0.0.1", "10.0.0.1/33", "::/129", "10.0.0.1/", "10.0.0.1/+8", "10.0.0.1/08", "10.0.0.1/8/8", "/8",
        ] {
            #expect(IPPrefix(text) == nil, "\(text)")
        }
    }

    @Test("masks and prefix lengths are each other's inverse; a mask with holes has none")
    func masks() {
        for length in 0...32 { #expect(IPv4Address(maskOfLength: length).prefixLengthOfMask == length) }
        #expect(IPv4Address("255.0.255.0")?.prefixLengthOfMask == nil)
        #expect(IPv4Address(maskOfLength: 99) == .broadcast && IPv4Address(maskOfLength: -1) == .any)
    }

    @Test("MAC addresses come in colons or hyphens and go out in colons")
    func hardware() {
        #expect(MACAddress("52:54:00:AB:cd:ef")?.description == "52:54:00:ab:cd:ef")
        #expect(MACAddress("52-54-00-12-34-56")?.bytes == [0x52, 0x54, 0, 0x12, 0x34, 0x56])
        for text in [
            "", "52:54:00:12:34", "52:54:00:12:34:5", "52:54-00:12:34:56", "52.54.00.12.34.56", "5g:54:00:12:34:56",
        ] {
            #expect(MACAddress(text) == nil, "\(text)")
        }
        #expect(MACAddress.broadcast.isMulticast && MACAddress(bytes: [1, 2, 3]) == nil)
    }
}

private func presentation(_ bytes: [UInt8]) -> String? {
    var text = [CChar](repeating: 0, count: 64)
    // SAFETY: sixteen bytes are read and at most 64 written.
    guard unsafe inet_ntop(AF_INET6, bytes, &text, 64) != nil else { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

private func network(_ text: String, _ family: Int32, _ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    // SAFETY: the family's size is written.
    return unsafe inet_pton(family, text, &bytes) == 1 ? bytes : nil
}
