import Kernel
import RouteDocuments
import RouteNetlink
import TestSupport
import Testing

@Suite("WireGuard's configuration file")
struct WireGuardFileTests {
    private struct NoHost: Error {}

    private func parse(_ text: String) throws -> WireGuardDevice {
        try WireGuardFile.parse(Array(text.utf8), links: LinkDirectory()) { host, _ in
            guard host == "test.wireguard.com" else { throw NoHost() }
            return .v4(IPv4Address(rawValue: 0xc000_0263))
        }
    }

    /// The example of wg(8).
    private let example = """
        [Interface]
        PrivateKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=
        ListenPort = 51820

        [Peer]
        PublicKey = xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=
        Endpoint = 192.95.5.67:1234
        AllowedIPs = 10.192.122.3/32, 10.192.124.1/24

        [Peer]
        PublicKey = TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=
        Endpoint = [2607:5300:60:6b0::c05f:543]:2468
        AllowedIPs = 10.192.122.4/32, 192.168.0.0/16

        [Peer]
        PublicKey = gN65BkIKy1eCE9pP1wdc8ROUtkHLF2PfAqYdyYBz6EA=
        Endpoint = test.wireguard.com:18981
        AllowedIPs = 10.10.10.230/32
        """

    @Test("the manual's example is read as the manual explains it")
    func manual() throws {
        let device = try parse(example)
        #expect(device.privateKey?.base64 == "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=")
        #expect(device.listenPort == 51_820 && device.firewallMark == nil)
        #expect(
            device.peers.map(\.publicKey.base64) == [
                "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=", "TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=",
                "gN65BkIKy1eCE9pP1wdc8ROUtkHLF2PfAqYdyYBz6EA=",
            ])
        #expect(
            device.peers.map { $0.endpoint?.description } == [
                "192.95.5.67:1234", "[2607:5300:60:6b0::c05f:543]:2468", "192.0.2.99:18981",
            ])
        #expect(
            device.peers.map { $0.allowedAddresses.map(\.description) } == [
                ["10.192.122.3/32", "10.192.124.0/24"], ["10.192.122.4/32", "192.168.0.0/16"], ["10.10.10.230/32"],
            ])
        #expect(device.peers.allSatisfy { $0.presharedKey == nil && $0.keepaliveSeconds == nil })
    }

    @Test("case, white space, line ends and comments do not count; what is off is nothing")
    func forms() throws {
        let key = "TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0="
        let device = try parse(
            "# all\r\n[ interface ]#x\r\n\tFWMARK=0xFF\r\nlistenport = 0\r\n[PEER]\r\npublickey\t= \(key)  # who\r\n"
                + "presharedkey = \(String(repeating: "A", count: 43))=\r\nPersistentKeepalive = OFF\r\nAllowedIPs =\r\n"
                + "AllowedIPs = ::/0,10.0.0.1\r\nAllowedIPs=fd00::1/008\r\nEndpoint = ::1:5")
        #expect(device.firewallMark == 255 && device.listenPort == 0 && device.privateKey == nil)
        let peer = try #require(device.peers.first)
        #expect(peer.publicKey.base64 == key && peer.presharedKey == nil && peer.keepaliveSeconds == nil)
        #expect(peer.allowedAddresses.map(\.description) == ["::/0", "10.0.0.1/32", "fd00::/8"])
        #expect(peer.endpoint?.description == "[::1]:5")
        #expect(try parse("[Interface]\nFwMark = off").firewallMark == nil)
        #expect(try parse("[Interface]\nFwMark = 4294967295").firewallMark == .max)
        #expect(
            try parse("[Peer]\nPublicKey=\(key)\nPersistentKeepalive = 65535").peers.first?.keepaliveSeconds == 65_535)
        #expect(try parse("\n# nothing\n") == WireGuardDevice())
    }

    @Test("what cannot be is an error with its line, and never with a key")
    func errors() throws {
        let key = "TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0="
        let peer = "[Peer]\nPublicKey=\(key)\n"
        for (text, line, words) in [
            ("ListenPort=1", 1, ["ListenPort", "[Interface]"]), ("[Interface]\n\nListenPort = 65536", 3, ["65536"]),
            ("[Interface]\nListenPort = -1", 2, ["-1"]), ("[Interface]\nListenPort = ", 2, ["ListenPort"]),
            ("[Interface]\nListenPort = 0x5", 2, ["0x5"]), ("[Interface]\nFwMark = 0x1ffffffff", 2, ["0x1ffffffff"]),
            ("[Interface]\nFwMark = 0x", 2, ["FwMark"]), ("[Interface]\nFwMark = ff", 2, ["ff"]),
            ("[Interface]\nPrivateKey = \(key)=", 2, ["PrivateKey", "44"]),
            ("[Interface]\nPrivateKey =", 2, ["PrivateKey"]),
            ("[Interface]\n\(key)", 2, ["KEY = VALUE"]),
            ("[Interface]\nAddress = 10.0.0.1/24", 2, ["Address", "[Interface]"]),
            ("[Interface]\nPublicKey = \(key)", 2, ["PublicKey"]),
            ("[Peer]\nAllowedIPs = 10.0.0.0/8\n", 1, ["PublicKey"]),
            ("\(peer)AllowedIPs = 10.0.0.0/33", 3, ["10.0.0.0/33"]),
            ("\(peer)AllowedIPs = 10.0.0.0/8,", 3, ["AllowedIPs"]),
            ("\(peer)AllowedIPs = +10.0.0.0/8", 3, ["+10.0.0.0/8"]),
            ("\(peer)AllowedIPs = fd00::/129", 3, ["fd00::/129"]),
            ("\(peer)Endpoint = 10.0.0.1", 3, ["10.0.0.1"]), ("\(peer)Endpoint = 10.0.0.1:65536", 3, ["65536"]),
            ("\(peer)Endpoint = [::1]5", 3, ["[::1]5"]), ("\(peer)Endpoint = :5", 3, [":5"]),
            ("\(peer)Endpoint = [fe80::1%eth7]:5", 3, ["eth7"]), ("\(peer)PersistentKeepalive = 65536", 3, ["65536"]),
            ("\(peer)PersistentKeepalive = soon", 3, ["soon"]),
            ("\(peer)PreSharedKey = x\(key.dropFirst())x", 3, ["PreSharedKey"]),
            ("\(peer)\n\(peer)", 4, ["line 1"]),
            ("[Interface]\nListenPort = \(key)", 2, ["ListenPort"]), ("\(peer)Endpoint = \(key)", 3, ["Endpoint"]),
        ] as [(String, Int, [String])] {
            let error = #expect(throws: WordError.self, "\(text)") { try parse(text) }
            #expect(error?.line == line, "\(text): \(error?.description ?? "")")
            for word in words { #expect(error?.description.contains(word) == true, "\(error?.description ?? "")") }
            #expect(
                error?.description.contains(key.dropFirst().dropLast()) == false && error?.hint?.contains(key) != true)
            #expect(error?.description.hasPrefix("line \(line): ") == true)
        }
        #expect(throws: NoHost.self) { try parse("\(peer)Endpoint = other.example:5") }
    }

    @Test("every prefix and thousands of damaged files neither trap nor loop")
    func damage() {
        var random = SeededGenerator(seed: 0x17e)
        let whole = Array(example.utf8)
        var count = 0
        func read(_ bytes: [UInt8]) {
            let device = try? WireGuardFile.parse(bytes, links: LinkDirectory()) { _, _ in throw NoHost() }
            if device != nil { count += 1 }
        }
        for length in 0...whole.count { read(Array(whole.prefix(length))) }
        for _ in 0..<5_000 { read(random.damaged(whole)) }
        #expect(count > 10)
    }
}
