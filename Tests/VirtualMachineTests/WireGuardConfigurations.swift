import FoundationEssentials
import TestSupport

/// Keys and configuration files for the tests of WireGuard, the same on every run.
struct WireGuardConfigurations {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func key() -> String {
        Data((0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }).base64EncodedString()
    }

    /// A [Peer] section's values; nil is left out of the file.
    struct Peer {
        var publicKey: String
        var presharedKey: String?
        var endpoint: String?
        var keepalive: String?
        var allowed: [String] = []

        var text: String {
            var lines = ["[Peer]", "PublicKey = \(publicKey)"]
            if let presharedKey { lines.append("PresharedKey=\(presharedKey)") }
            if let endpoint { lines.append("  Endpoint = \(endpoint) # comment") }
            if let keepalive { lines.append("persistentkeepalive = \(keepalive)") }
            // Several lines join.
            for start in stride(from: 0, to: allowed.count, by: 40) {
                lines.append("AllowedIPs = " + allowed[start..<min(start + 40, allowed.count)].joined(separator: ", "))
            }
            return lines.joined(separator: "\n")
        }
    }

    struct File {
        var interface: [String]
        var peers: [Peer]
        var bytes: [UInt8] {
            Array((["[Interface]"] + interface + [""] + peers.map { $0.text + "\n" }).joined(separator: "\n").utf8)
        }
    }

    /// 300 peers of both families, some with preshared keys, some with keepalives; one in twenty has dozens of addresses, and one has
    /// more than a message of netlink's holds.
    mutating func large() -> File {
        var peers: [Peer] = []
        for number in 0..<300 {
            var peer = Peer(publicKey: key())
            if number % 3 == 0 { peer.presharedKey = key() }
            if number % 4 != 3 {
                peer.endpoint =
                    number % 2 == 0
                    ? "192.0.2.\(number % 250 + 1):\(1_000 + number)" : "[2001:db8::\(number)]:\(2_000 + number)"
            }
            if number % 5 == 0 { peer.keepalive = "\(number + 1)" }
            let count = number == 150 ? 1_500 : number % 20 == 7 ? 60 : number % 5
            for place in 0..<count {
                let group = String(place, radix: 16)
                peer.allowed.append(
                    place % 2 == 0 || number == 150
                        ? "fd00:\(String(number, radix: 16)):\(group)::/48"
                        : "10.\(number / 250).\(number % 250).\(place)/32")
            }
            peers.append(peer)
        }
        return File(interface: ["PrivateKey = \(key())", "ListenPort = 51820", "FwMark = 0x2a"], peers: peers)
    }

    /// Changes of every sort to what ``large()`` made.
    mutating func changed(_ file: File) -> File {
        var file = file
        file.interface = ["PrivateKey = \(key())", "ListenPort = 51999", "FwMark = off"]
        file.peers.removeSubrange(20..<45)
        for number in 0..<20 { file.peers[number].presharedKey = number % 2 == 0 ? nil : key() }
        for number in 50..<60 { file.peers[number].keepalive = number % 2 == 0 ? "off" : "7" }
        for number in 60..<70 where file.peers[number].endpoint != nil {
            file.peers[number].endpoint = "198.51.100.\(number):9"
        }
        // Fewer addresses; others; none; and some that another peer had.
        file.peers[80].allowed = []
        file.peers[81].allowed = ["10.200.0.0/16", "fd00:200::/32"]
        file.peers[82].allowed.append("0.0.0.0/0")
        let moved = file.peers[83].allowed
        file.peers[83].allowed = ["10.201.0.0/16"]
        file.peers[84].allowed += moved
        let long = file.peers.firstIndex { $0.allowed.count > 1_000 } ?? 0
        file.peers[long].allowed.removeFirst(700)
        file.peers[long].allowed.append("fd00:ffff::/32")
        for number in 0..<10 { file.peers.append(Peer(publicKey: key(), allowed: ["10.202.\(number).0/24"])) }
        return file
    }
}
