internal import CCrypto

/// A public key: RSA or Ed25519.
public struct PublicKey: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case rsa(bits: Int)
        case ed25519
    }

    /// What the signature is a signature of: the bytes themselves, or their digest.
    enum Scheme {
        /// RFC 8017, RSASSA-PKCS1-v1_5.
        case rsa(Digest)
        case ed25519
    }

    /// Of RSA, in bits: shorter ones are refused; longer ones than the most would cost time.
    static let leastBits = 2048
    static let mostBits = 8192

    public let kind: Kind
    /// SubjectPublicKeyInfo (RFC 5280, 4.1), DER.
    let encoded: [UInt8]

    /// A SubjectPublicKeyInfo; nil where it is none, or of another kind of key.
    init?(subjectPublicKeyInfo der: [UInt8]) {
        let kind: Kind? = Libcrypto.run {
            guard let key = PublicKeyObject(der: der) else { return nil }
            if key.isA("RSA") { return .rsa(bits: key.bits) }
            return key.isA("ED25519") ? .ed25519 : nil
        }
        guard let kind else { return nil }
        self.kind = kind
        encoded = der
    }

    /// An RSA key by its numbers, the highest byte first.
    init?(modulus: [UInt8], exponent: [UInt8]) {
        guard modulus.count <= Self.mostBits / 8 + 1, exponent.count <= 8 else { return nil }
        // rsaEncryption, its parameters NULL (RFC 3279, 2.3.1).
        let algorithm = DER.element(BERElement.objectIdentifier, [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01])
        self.init(
            subjectPublicKeyInfo: DER.sequence(
                DER.sequence(algorithm, DER.element(BERElement.null, [])),
                DER.bitString(DER.sequence(DER.integer(modulus), DER.integer(exponent)))))
        // An even exponent or 1 makes no key; RFC 8017 wants 3 at the least.
        let value = exponent.drop { $0 == 0 }
        guard let last = value.last, last & 1 == 1, value.count > 1 || last >= 3 else { return nil }
    }

    /// The 32 bytes of RFC 8032.
    init?(ed25519 raw: [UInt8]) {
        guard raw.count == 32 else { return nil }
        // id-Ed25519 without parameters (RFC 8410, 3).
        let algorithm = DER.element(BERElement.objectIdentifier, [0x2b, 0x65, 0x70])
        self.init(subjectPublicKeyInfo: DER.sequence(DER.sequence(algorithm), DER.bitString(raw)))
    }

    /// Throws where an RSA key's length is out of bounds.
    func checkLength(_ name: String, _ subject: String) throws(TrustError) {
        guard case .rsa(let bits) = kind else { return }
        guard bits >= Self.leastBits else {
            throw TrustError(subject, .weakKey(name, bits: bits, leastBits: Self.leastBits))
        }
        guard bits <= Self.mostBits else { throw TrustError(subject, .unsupported(algorithm: "an RSA key of \(bits) bits")) }
    }

    /// Whether `signature` is this key's over `message`.
    func verifies(_ signature: [UInt8], over message: [UInt8], _ scheme: Scheme) -> Bool {
        switch (kind, scheme) {
        case (.rsa, .rsa(let digest)):
            Libcrypto.run {
                PublicKeyObject(der: encoded)?.verifies(signature, over: message, digest: digest) ?? false
            }
        case (.ed25519, .ed25519):
            signature.count == 64
                && Libcrypto.run {
                    PublicKeyObject(der: encoded)?.verifies(signature, over: message, digest: nil) ?? false
                }
        default: false
        }
    }
}

/// libcrypto's own key.
@safe private final class PublicKeyObject {
    private let pointer: OpaquePointer

    init?(der: [UInt8]) {
        let pointer = unsafe Libcrypto.decoded(
            der, { unsafe d2i_PUBKEY(nil, $0, $1) }, free: { unsafe EVP_PKEY_free($0) })
        guard let pointer = unsafe pointer else { return nil }
        unsafe self.pointer = pointer
    }

    deinit { unsafe EVP_PKEY_free(pointer) }

    var bits: Int { unsafe Int(EVP_PKEY_get_bits(pointer)) }

    func isA(_ name: String) -> Bool { unsafe EVP_PKEY_is_a(pointer, name) == 1 }

    /// With RSA the padding is PKCS #1 v1.5, the default.
    func verifies(_ signature: [UInt8], over message: [UInt8], digest: Digest?) -> Bool {
        guard let context = unsafe EVP_MD_CTX_new() else { return false }
        defer { unsafe EVP_MD_CTX_free(context) }
        let method = unsafe digest?.method
        if digest != nil, unsafe method == nil { return false }
        guard unsafe EVP_DigestVerifyInit(context, nil, method, nil, pointer) == 1 else { return false }
        return unsafe signature.withUnsafeBufferPointer { signature in
            unsafe message.withUnsafeBufferPointer { message in
                // SAFETY: both live through the call, their lengths beside them.
                unsafe EVP_DigestVerify(
                    context, signature.baseAddress, signature.count, message.baseAddress, message.count) == 1
            }
        }
    }
}
