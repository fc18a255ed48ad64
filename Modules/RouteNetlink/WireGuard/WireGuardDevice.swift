internal import CKernel
internal import Kernel
public import Netlink

/// A WireGuard interface, as the kernel tells of it (WGDEVICE_A_*, linux/wireguard.h).
public struct WireGuardDevice: Hashable, Sendable {
    public var linkIndex: Int32 = 0
    public var linkName = ""
    /// Nil where none is set.
    public var privateKey: WireGuardSecretKey?
    /// Nil without a private key.
    public var publicKey: WireGuardPublicKey?
    /// The UDP port; 0 while it is down and none was given.
    public var listenPort: UInt16 = 0
    /// What its own packets are marked with (SO_MARK); nil is nothing.
    public var firewallMark: UInt32?
    /// In the kernel's order.
    public var peers: [WireGuardPeer] = []

    public init() {}

    /// Joins one message of the dump to those before it. The first has the device; each may begin with the rest of the allowed
    /// addresses of the peer that the one before ended with.
    public mutating func merge(_ attributes: AttributeSet) throws(NetlinkError) {
        linkIndex = attributes[WGDEVICE_A_IFINDEX.rawValue] ?? linkIndex
        linkName = attributes[text: WGDEVICE_A_IFNAME.rawValue] ?? linkName
        listenPort = attributes[WGDEVICE_A_LISTEN_PORT.rawValue] ?? listenPort
        if let mark: UInt32 = attributes[WGDEVICE_A_FWMARK.rawValue] { firewallMark = mark == 0 ? nil : mark }
        if let key = attributes.payload(WGDEVICE_A_PRIVATE_KEY.rawValue).flatMap({ WireGuardSecretKey(bytes: $0) }) {
            privateKey = key.isNone ? nil : key
        }
        if let key = attributes.payload(WGDEVICE_A_PUBLIC_KEY.rawValue).flatMap({ WireGuardPublicKey(bytes: $0) }) {
            publicKey = key.bytes.allSatisfy { $0 == 0 } ? nil : key
        }
        for entry in attributes.elements(WGDEVICE_A_PEERS.rawValue) {
            let peer = try WireGuardPeer(entry)
            if let last = peers.last, last.publicKey == peer.publicKey {
                peers[peers.count - 1].allowedAddresses += peer.allowedAddresses
            } else {
                peers.append(peer)
            }
        }
    }
}
