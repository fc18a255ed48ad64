internal import CCrypto
internal import Glibc

/// libcrypto's own certificate, for as long as something is asked of it.
@safe final class X509Object {
    let pointer: OpaquePointer

    /// Nil where the bytes are no certificate, or more than one.
    init?(der: [UInt8]) {
        let pointer = unsafe Libcrypto.decoded(der, { unsafe d2i_X509(nil, $0, $1) }, free: { unsafe X509_free($0) })
        guard let pointer = unsafe pointer else { return nil }
        unsafe self.pointer = pointer
    }

    deinit { unsafe X509_free(pointer) }

    /// `/C=US/O=…/CN=…`, what does not print escaped.
    var subject: String { unsafe Self.text(X509_get_subject_name(pointer)) }
    var issuer: String { unsafe Self.text(X509_get_issuer_name(pointer)) }

    var issuerEncoded: [UInt8] {
        unsafe Libcrypto.encoded { unsafe i2d_X509_NAME(X509_get_issuer_name(pointer), $0) }
    }
    /// With its identifier and length.
    var serialEncoded: [UInt8] {
        unsafe Libcrypto.encoded { unsafe i2d_ASN1_INTEGER(X509_get0_serialNumber(pointer), $0) }
    }
    var keyIdentifier: [UInt8] { unsafe Self.bytes(X509_get0_subject_key_id(pointer)) }

    var notBefore: UTCTime? { unsafe Self.time(X509_get0_notBefore(pointer)) }
    var notAfter: UTCTime? { unsafe Self.time(X509_get0_notAfter(pointer)) }

    /// Its SubjectPublicKeyInfo; empty where there is none that libcrypto can write.
    var publicKeyEncoded: [UInt8] {
        unsafe Libcrypto.encoded { unsafe i2d_X509_PUBKEY(X509_get_X509_PUBKEY(pointer), $0) }
    }

    /// Whether its own name issued it (EXFLAG_SI); that its own key signed it is not looked at.
    var isSelfIssued: Bool { X509Object.flags(self) & UInt32(EXFLAG_SI) != 0 }
    /// An extension that cannot be read.
    var isInvalid: Bool { X509Object.flags(self) & UInt32(EXFLAG_INVALID) != 0 }
    /// Whether what it says of its key's uses has signatures in it; so it is where it says nothing.
    var isForSignatures: Bool { unsafe X509_get_key_usage(pointer) & UInt32(KU_DIGITAL_SIGNATURE) != 0 }

    /// Whether it is of `domain`, or of a name below it.
    func isOf(_ domain: String) -> Bool {
        // libcrypto takes a name that begins with a point for all that end so.
        [domain, "." + domain].contains { name in
            let bytes = Array(name.utf8CString.dropLast())
            return unsafe bytes.withUnsafeBufferPointer { buffer in
                // SAFETY: the name lives through the call, with its length beside it.
                unsafe X509_check_host(pointer, buffer.baseAddress, buffer.count, 0, nil) == 1
            }
        }
    }

    private static func flags(_ object: X509Object) -> UInt32 { unsafe X509_get_extension_flags(object.pointer) }

    /// A name's DER in words; nil where it is none.
    static func nameText(der: [UInt8]) -> String? {
        let name = unsafe Libcrypto.decoded(
            der, { unsafe d2i_X509_NAME(nil, $0, $1) }, free: { unsafe X509_NAME_free($0) })
        guard let name = unsafe name else { return nil }
        defer { unsafe X509_NAME_free(name) }
        return unsafe text(name)
    }

    @unsafe private static func text(_ name: OpaquePointer?) -> String {
        // SAFETY: with no buffer given it makes one, which ends in zero and is ours to free.
        guard let line = unsafe X509_NAME_oneline(name, nil, 0) else { return "?" }
        defer { unsafe CRYPTO_free(line, nil, 0) }
        let text = unsafe String(cString: line)
        return text.utf8.count <= 256 ? text : String(text.prefix(255)) + "…"
    }

    @unsafe private static func bytes(_ string: UnsafePointer<ASN1_OCTET_STRING>?) -> [UInt8] {
        guard let string = unsafe string, let start = unsafe ASN1_STRING_get0_data(string) else { return [] }
        // SAFETY: the string has so many bytes, and lives as long as the certificate.
        return unsafe Array(UnsafeBufferPointer(start: start, count: max(0, Int(ASN1_STRING_length(string)))))
    }

    @unsafe private static func time(_ time: UnsafePointer<ASN1_TIME>?) -> UTCTime? {
        var parts = unsafe tm()
        guard let time = unsafe time, unsafe ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
        return unsafe UTCTime(
            year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday),
            hour: Int(parts.tm_hour), minute: Int(parts.tm_min), second: Int(parts.tm_sec))
    }
}
