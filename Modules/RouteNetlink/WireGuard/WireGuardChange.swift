internal import CKernel
public import Kernel
internal import Netlink

/// What is to become of a WireGuard interface: nil leaves a thing as it is.
public struct WireGuardChange: Hashable, Sendable {
    /// ``WireGuardSecretKey/none`` removes it. The kernel drops a peer that has the same public key.
    public var privateKey: WireGuardSecretKey?
    /// 0 lets the kernel choose.
    public var listenPort: UInt16?
    /// 0 is none.
    public var firewallMark: UInt32?
    /// WGDEVICE_F_REPLACE_PEERS: all peers that are there go first.
    public var replacesPeers = false
    public var peers: [Peer] = []

    public init() {}

    /// What is to become of a peer.
    public struct Peer: Hashable, Sendable {
        public var publicKey: WireGuardPublicKey
        /// WGPEER_F_REMOVE_ME.
        public var removes = false
        /// WGPEER_F_UPDATE_ONLY: one that is not there is not made (Linux 5.6 and 5.4.19).
        public var updatesOnly = false
        /// ``WireGuardSecretKey/none`` removes it.
        public var presharedKey: WireGuardSecretKey?
        public var endpoint: WireGuardEndpoint?
        /// 0 is none.
        public var keepaliveSeconds: UInt16?
        /// WGPEER_F_REPLACE_ALLOWEDIPS: all allowed addresses that are there go first.
        public var replacesAllowedAddresses = false
        /// They move here from any other peer that has them.
        public var allowedAddresses: [IPPrefix] = []

        public init(_ publicKey: WireGuardPublicKey) { self.publicKey = publicKey }
    }

    /// Sets all of it: what a device is becomes what another is to be. Keys that a recording redacted are left as they are there.
    public init(_ device: WireGuardDevice) {
        privateKey = device.privateKey ?? WireGuardSecretKey.none
        if device.privateKey?.isRedacted == true { privateKey = nil }
        listenPort = device.listenPort
        firewallMark = device.firewallMark ?? 0
        replacesPeers = true
        peers = device.peers.map { peer in
            var change = Peer(peer.publicKey)
            change.presharedKey = peer.presharedKey ?? WireGuardSecretKey.none
            if peer.presharedKey?.isRedacted == true { change.presharedKey = nil }
            change.endpoint = peer.endpoint
            change.keepaliveSeconds = peer.keepaliveSeconds ?? 0
            change.replacesAllowedAddresses = true
            change.allowedAddresses = peer.allowedAddresses
            return change
        }
    }

    // MARK: Messages

    /// The bodies of the messages that say it, each of no more than `limit` bytes behind the header. The flags that empty a list
    /// stand in its first message alone; a peer whose addresses do not fit goes on in the next.
    func bodies(_ link: LinkReference, limit: Int = 16_384) -> [MessageWriter] {
        var splitter = Splitter(link: link, limit: limit)
        if let privateKey { splitter.head.attribute(WGDEVICE_A_PRIVATE_KEY.rawValue, bytes: privateKey.bytes) }
        if let listenPort { splitter.head.attribute(WGDEVICE_A_LISTEN_PORT.rawValue, integer: listenPort) }
        if let firewallMark { splitter.head.attribute(WGDEVICE_A_FWMARK.rawValue, integer: firewallMark) }
        if replacesPeers {
            splitter.head.attribute(WGDEVICE_A_FLAGS.rawValue, integer: WGDEVICE_F_REPLACE_PEERS.rawValue)
        }
        for peer in peers { splitter.add(peer) }
        return splitter.finish()
    }

    private struct Splitter {
        let link: LinkReference
        let limit: Int
        /// The device's own attributes of the message in the making.
        var head = MessageWriter()
        /// Its peers.
        private var peers = AttributeSet()
        private var done: [MessageWriter] = []

        init(link: LinkReference, limit: Int) {
            self.link = link
            self.limit = limit
            open()
        }

        private mutating func open() {
            head = MessageWriter()
            peers = AttributeSet()
            head.attribute(link, index: WGDEVICE_A_IFINDEX.rawValue, name: WGDEVICE_A_IFNAME.rawValue)
        }

        private mutating func close() {
            if !peers.isEmpty { head.nest(WGDEVICE_A_PEERS.rawValue) { $0.append(peers) } }
            done.append(head)
            open()
        }

        private var room: Int { limit - head.bytes.count - peers.bytes.count - 4 }

        mutating func add(_ peer: Peer) {
            var rest = peer.allowedAddresses[...]
            var isFirst = true
            repeat {
                let frame = isFirst ? peer.frame : peer.continuation
                // A peer's frame and one address at the least, or it begins a message of its own.
                let least = frame.bytes.count + 4 + (rest.isEmpty ? 0 : Peer.largestAddress + 4)
                if least > room, !peers.isEmpty { close() }
                var left = room - frame.bytes.count - 8
                var part = AttributeSet()
                while let address = rest.first, part.isEmpty || left >= Peer.largestAddress {
                    let before = part.bytes.count
                    part.append { Peer.write(address, to: &$0) }
                    left -= part.bytes.count - before
                    rest = rest.dropFirst()
                }
                peers.append { writer in
                    writer.nest(0) {
                        $0.append(frame)
                        if !part.isEmpty { $0.nest(WGPEER_A_ALLOWEDIPS.rawValue) { $0.append(part) } }
                    }
                }
                isFirst = false
            } while !rest.isEmpty
        }

        mutating func finish() -> [MessageWriter] {
            close()
            return done
        }
    }
}

extension WireGuardChange.Peer {
    /// The nest, the family, sixteen bytes of address and the length.
    fileprivate static var largestAddress: Int { 4 + 8 + 20 + 8 }

    /// All but the allowed addresses.
    fileprivate var frame: AttributeSet {
        var set = AttributeSet()
        set[bytes: WGPEER_A_PUBLIC_KEY.rawValue] = publicKey.bytes
        var flags: UInt32 = 0
        if removes { flags |= WGPEER_F_REMOVE_ME.rawValue }
        if updatesOnly { flags |= WGPEER_F_UPDATE_ONLY.rawValue }
        if replacesAllowedAddresses { flags |= WGPEER_F_REPLACE_ALLOWEDIPS.rawValue }
        if flags != 0 { set[WGPEER_A_FLAGS.rawValue, as: UInt32.self] = flags }
        set[bytes: WGPEER_A_PRESHARED_KEY.rawValue] = presharedKey?.bytes
        set[bytes: WGPEER_A_ENDPOINT.rawValue] = endpoint?.bytes
        set[WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL.rawValue, as: UInt16.self] = keepaliveSeconds
        return set
    }

    /// Who it is, for more addresses of one that a message before has begun.
    fileprivate var continuation: AttributeSet {
        var set = AttributeSet()
        set[bytes: WGPEER_A_PUBLIC_KEY.rawValue] = publicKey.bytes
        if updatesOnly { set[WGPEER_A_FLAGS.rawValue, as: UInt32.self] = WGPEER_F_UPDATE_ONLY.rawValue }
        return set
    }

    fileprivate static func write(_ prefix: IPPrefix, to writer: inout MessageWriter) {
        writer.nest(0) {
            $0.attribute(
                WGALLOWEDIP_A_FAMILY.rawValue, integer: UInt16(prefix.address.isIPv4 ? AF_INET : AF_INET6))
            $0.attribute(WGALLOWEDIP_A_IPADDR.rawValue, address: prefix.address)
            $0.attribute(WGALLOWEDIP_A_CIDR_MASK.rawValue, integer: UInt8(truncatingIfNeeded: prefix.length))
        }
    }
}
