internal import CKernel
public import Kernel
public import Netlink

/// A peer, as the kernel tells of it (WGPEER_A_*, linux/wireguard.h).
public struct WireGuardPeer: Hashable, Sendable {
    public var publicKey: WireGuardPublicKey
    /// Nil where there is none (the kernel says zeros).
    public var presharedKey: WireGuardSecretKey?
    /// Where it was heard from last, or where it is said to be; nil where neither is known.
    public var endpoint: WireGuardEndpoint?
    /// Seconds between packets that keep a way open; nil is none.
    public var keepaliveSeconds: UInt16?
    /// When the last handshake was done, since 1970; nil where there was none.
    public var lastHandshake: Duration?
    /// WGPEER_A_RX_BYTES.
    public var bytesReceived: UInt64
    /// WGPEER_A_TX_BYTES.
    public var bytesSent: UInt64
    /// The addresses that it may send from, and that are sent to it; in the kernel's order.
    public var allowedAddresses: [IPPrefix]
    /// WGPEER_A_PROTOCOL_VERSION; nil where the kernel does not say.
    public var protocolVersion: UInt32?
    /// What else the kernel said of it.
    public var others: AttributeSet

    public init(_ publicKey: WireGuardPublicKey) {
        self.publicKey = publicKey
        bytesReceived = 0
        bytesSent = 0
        allowedAddresses = []
        others = AttributeSet()
    }

    /// From one entry of WGDEVICE_A_PEERS; throws where it has no public key.
    init(_ attributes: AttributeSet) throws(NetlinkError) {
        guard let key = attributes.payload(WGPEER_A_PUBLIC_KEY.rawValue).flatMap({ WireGuardPublicKey(bytes: $0) })
        else { throw NetlinkError(.malformed(.tooShort(attributes.bytes.count)), operation: "decode", subject: "peer") }
        self.init(key)
        presharedKey = attributes.payload(WGPEER_A_PRESHARED_KEY.rawValue).flatMap { WireGuardSecretKey(bytes: $0) }
            .flatMap { $0.isNone ? nil : $0 }
        endpoint = attributes.payload(WGPEER_A_ENDPOINT.rawValue).flatMap { WireGuardEndpoint($0) }
        keepaliveSeconds = attributes[WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL.rawValue, as: UInt16.self]
            .flatMap { $0 == 0 ? nil : $0 }
        if let time = attributes.header(WGPEER_A_LAST_HANDSHAKE_TIME.rawValue, __kernel_timespec()),
            time.tv_sec != 0 || time.tv_nsec != 0
        {
            lastHandshake = Duration.seconds(Int64(time.tv_sec)) + Duration.nanoseconds(Int64(time.tv_nsec))
        }
        bytesReceived = attributes[WGPEER_A_RX_BYTES.rawValue] ?? 0
        bytesSent = attributes[WGPEER_A_TX_BYTES.rawValue] ?? 0
        protocolVersion = attributes[WGPEER_A_PROTOCOL_VERSION.rawValue]
        allowedAddresses = attributes.elements(WGPEER_A_ALLOWEDIPS.rawValue).compactMap { entry in
            guard let address = entry[address: WGALLOWEDIP_A_IPADDR.rawValue],
                let length: UInt8 = entry[WGALLOWEDIP_A_CIDR_MASK.rawValue]
            else { return nil }
            return IPPrefix(address, length: Int(length))
        }
        others = attributes
        for type in Set(attributes.types) where type <= Int(WGPEER_A_PROTOCOL_VERSION.rawValue) { others.remove(type) }
    }
}
