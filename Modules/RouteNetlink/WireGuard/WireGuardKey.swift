internal import CKernel
internal import Netlink

/// A key of WireGuard's: 32 bytes of Curve25519, or a shared secret of as many.
///
/// Two types say what it is: a ``WireGuardPublicKey`` may be shown to anybody, a ``WireGuardSecretKey`` shows itself only when asked.
public protocol WireGuardKey: Hashable, Sendable, CustomStringConvertible {
    /// Exactly 32.
    var bytes: [UInt8] { get }
    /// Nil unless there are 32.
    init?(bytes: some Collection<UInt8>)
}

extension WireGuardKey {
    /// WG_KEY_LEN.
    public static var byteCount: Int { Int(WG_KEY_LEN) }

    /// The 44 characters that `wg` prints and takes; nil for anything else, and where bits past the last byte are set.
    public init?(base64 text: some StringProtocol) {
        guard let bytes = Self.decode(Array(text.utf8)) else { return nil }
        self.init(bytes: bytes)
    }

    /// The text that `wg` prints.
    public var base64: String {
        let alphabet = Self.alphabet
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            let word = part.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - part.count))
            for place in 0..<4 {
                let digit = Int(word >> (18 - 6 * UInt32(place)) & 63)
                text.append(place <= part.count ? alphabet[digit] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static var alphabet: [UInt8] {
        Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    }

    private static func decode(_ text: [UInt8]) -> [UInt8]? {
        guard text.count == 44, text[43] == UInt8(ascii: "=") else { return nil }
        let alphabet = alphabet
        var bytes: [UInt8] = []
        var word: UInt32 = 0
        for (place, character) in text.dropLast().enumerated() {
            guard let digit = alphabet.firstIndex(of: character) else { return nil }
            word = word << 6 | UInt32(digit)
            if place % 4 == 3 {
                bytes += [
                    UInt8(truncatingIfNeeded: word >> 16), UInt8(truncatingIfNeeded: word >> 8),
                    UInt8(truncatingIfNeeded: word),
                ]
                word = 0
            }
        }
        // Three digits are left: 18 bits, of which the last two are none of the key's.
        guard word & 3 == 0 else { return nil }
        return bytes + [UInt8(truncatingIfNeeded: word >> 10), UInt8(truncatingIfNeeded: word >> 2)]
    }
}

/// A public key: who a device or a peer is.
public struct WireGuardPublicKey: WireGuardKey, LosslessStringConvertible {
    public let bytes: [UInt8]

    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = Array(bytes)
    }

    public init?(_ description: String) { self.init(base64: description) }
    public var description: String { base64 }
}

/// A private or a preshared key. Neither its description nor its reflection tells it; ``WireGuardKey/base64`` does.
public struct WireGuardSecretKey: WireGuardKey, CustomDebugStringConvertible, CustomReflectable {
    public let bytes: [UInt8]

    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = Array(bytes)
    }

    /// All zeros: no key. The kernel takes it as the wish to remove one.
    public static let none = WireGuardSecretKey()
    private init() { bytes = [UInt8](repeating: 0, count: Self.byteCount) }
    public var isNone: Bool { bytes.allSatisfy { $0 == 0 } }
    /// Out of a recording, which has a mark for the key and not the key itself: there was one, and it is not known.
    public var isRedacted: Bool { RedactedBytes.matches(bytes) }

    /// As the kernel keeps a private key, and tells it: a scalar of Curve25519, whose first and last bits are given (RFC 7748, section 5).
    public var clamped: WireGuardSecretKey {
        guard !isNone, let first = bytes.first, let last = bytes.last else { return self }
        return WireGuardSecretKey(bytes: [first & 0xf8] + bytes.dropFirst().dropLast() + [last & 0x7f | 0x40]) ?? self
    }

    public var description: String { "<redacted>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
