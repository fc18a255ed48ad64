import Kernel
import Netlink
import RouteNetlink
import TestSupport
import Testing

@Suite("The difference between two configurations of WireGuard")
struct WireGuardDifferenceTests {
    /// What the kernel makes of a change (set_device and set_peer, drivers/net/wireguard/netlink.c; Linux 6.1).
    private static func apply(_ change: WireGuardChange, to device: WireGuardDevice) -> WireGuardDevice {
        var device = device
        if let key = change.privateKey { device.privateKey = key.isNone ? nil : key }
        if let port = change.listenPort { device.listenPort = port }
        if let mark = change.firewallMark { device.firewallMark = mark == 0 ? nil : mark }
        if change.replacesPeers { device.peers = [] }
        for change in change.peers {
            var place = device.peers.firstIndex { $0.publicKey == change.publicKey }
            if change.removes {
                if let place { device.peers.remove(at: place) }
                continue
            }
            if place == nil {
                device.peers.append(WireGuardPeer(change.publicKey))
                place = device.peers.count - 1
            }
            guard let place else { continue }
            if let key = change.presharedKey { device.peers[place].presharedKey = key.isNone ? nil : key }
            if let endpoint = change.endpoint { device.peers[place].endpoint = endpoint }
            if let seconds = change.keepaliveSeconds {
                device.peers[place].keepaliveSeconds = seconds == 0 ? nil : seconds
            }
            if change.replacesAllowedAddresses { device.peers[place].allowedAddresses = [] }
            for address in change.allowedAddresses {
                for other in device.peers.indices {
                    device.peers[other].allowedAddresses.removeAll { $0 == address.network }
                }
                device.peers[place].allowedAddresses.append(address.network)
            }
        }
        return device
    }

    /// Without the orders, which a change does not keep.
    private static func meaning(_ device: WireGuardDevice) -> WireGuardDevice {
        var device = device
        device.peers.sort { $0.publicKey.base64 < $1.publicKey.base64 }
        for place in device.peers.indices {
            device.peers[place].allowedAddresses.sort { "\($0)" < "\($1)" }
        }
        return device
    }

    private static func random(_ random: inout SeededGenerator) -> WireGuardDevice {
        func secret() -> WireGuardSecretKey? {
            Bool.random(using: &random)
                ? nil : WireGuardSecretKey(bytes: [UInt8](repeating: .random(in: 1...3, using: &random), count: 32))
        }
        var device = WireGuardDevice()
        device.privateKey = secret()
        device.listenPort = .random(in: 1...3, using: &random)
        device.firewallMark = Bool.random(using: &random) ? nil : .random(in: 1...2, using: &random)
        var free = (0..<24).compactMap { IPPrefix("10.\($0).0.0/16") }
        for number in UInt8(1)...8 where Bool.random(using: &random) {
            guard let key = WireGuardPublicKey(bytes: [UInt8](repeating: number, count: 32)) else { continue }
            var peer = WireGuardPeer(key)
            peer.presharedKey = secret()
            peer.keepaliveSeconds = Bool.random(using: &random) ? nil : 25
            peer.endpoint = WireGuardEndpoint(.v4(IPv4Address(rawValue: .random(in: 1...3, using: &random))), port: 9)
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                guard let place = free.indices.randomElement(using: &random) else { break }
                peer.allowedAddresses.append(free.remove(at: place))
            }
            device.peers.append(peer)
        }
        device.peers.shuffle(using: &random)
        return device
    }

    @Test("applied, it makes one what the other is; then nothing differs, and peers that are alike were not spoken of")
    func sound() {
        var random = SeededGenerator(seed: 0xd1f)
        for _ in 0..<2_000 {
            let (present, wanted) = (Self.random(&random), Self.random(&random))
            let change = WireGuardChange(from: present, to: wanted)
            let result = Self.apply(change, to: present)
            #expect(Self.meaning(result) == Self.meaning(wanted))
            #expect(WireGuardChange(from: result, to: wanted).isEmpty)
            #expect(WireGuardChange(from: wanted, to: wanted).isEmpty)
            let spoken = change.peers.map(\.publicKey)
            #expect(Set(spoken).count == spoken.count && !change.replacesPeers)
            let alike = Self.meaning(present).peers.filter { Self.meaning(wanted).peers.contains($0) }
            #expect(alike.allSatisfy { !spoken.contains($0.publicKey) })
        }
    }

    @Test("a port and an endpoint that are left open stay; a redacted key is no wish; the device is no peer of its own")
    func open() throws {
        let key = try #require(WireGuardSecretKey(bytes: [UInt8](repeating: 5, count: 32)))
        let redacted = try #require(WireGuardSecretKey(bytes: RedactedBytes.replacing(count: 32)))
        let own = try #require(WireGuardPublicKey(bytes: [UInt8](repeating: 8, count: 32)))
        let other = try #require(WireGuardPublicKey(bytes: [UInt8](repeating: 9, count: 32)))
        #expect(redacted.isRedacted && !key.isRedacted && !WireGuardSecretKey.none.isRedacted)
        var device = WireGuardDevice()
        (device.privateKey, device.publicKey, device.listenPort) = (key, own, 7)
        var peer = WireGuardPeer(other)
        (peer.presharedKey, peer.endpoint) = (key, WireGuardEndpoint(.v4(.any), port: 3))
        device.peers = [peer]
        var wanted = device
        wanted.listenPort = 0
        wanted.privateKey = redacted
        wanted.peers[0].endpoint = nil
        wanted.peers[0].presharedKey = redacted
        wanted.peers.append(WireGuardPeer(own))
        #expect(WireGuardChange(from: device, to: wanted).isEmpty)
        let whole = WireGuardChange(wanted)
        #expect(whole.privateKey == nil && whole.peers.first?.presharedKey == nil && whole.replacesPeers)
        // With a new key the device is another.
        wanted.privateKey = nil
        let change = WireGuardChange(from: device, to: wanted)
        #expect(change.privateKey == WireGuardSecretKey.none && change.peers.map(\.publicKey) == [own])
    }

    @Test(
        "an address that goes over to another peer is taken out of nobody's list first; the later peer has what two want"
    )
    func moves() throws {
        let keys = try (1...3).map { try #require(WireGuardPublicKey(bytes: [UInt8](repeating: $0, count: 32))) }
        let addresses = try ["10.0.0.0/8", "11.0.0.0/8", "12.0.0.0/8"].map { try #require(IPPrefix($0)) }
        var device = WireGuardDevice()
        device.peers = keys.map { WireGuardPeer($0) }
        device.peers[0].allowedAddresses = [addresses[0], addresses[1]]
        var wanted = device
        wanted.peers[0].allowedAddresses = [addresses[1], addresses[2]]
        wanted.peers[1].allowedAddresses = [addresses[0], addresses[2]]
        var change = WireGuardChange(from: device, to: wanted)
        #expect(change.peers.map(\.publicKey) == [keys[1]])
        #expect(change.peers.first?.replacesAllowedAddresses == false)
        #expect(change.peers.first?.allowedAddresses == [addresses[0], addresses[2]])
        // To nobody: the list is said anew.
        wanted.peers[0].allowedAddresses = [addresses[1]]
        wanted.peers[1].allowedAddresses = []
        change = WireGuardChange(from: device, to: wanted)
        #expect(change.peers.first?.replacesAllowedAddresses == true)
        #expect(change.peers.first?.allowedAddresses == [addresses[1]])
    }
}
