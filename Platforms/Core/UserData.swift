internal import Compression
internal import Documents

/// A payload as it was served, and unpacked.
public struct UserData: Hashable, Sendable {
    /// A part of a MIME payload that holds bytes.
    public struct Part: Hashable, Sendable {
        /// As written, in lower case and without parameters: `text/cloud-config`, `text/x-shellscript`, `application/gzip`, ….
        public let contentType: String
        /// As written, nil where nothing is. Not a path to be trusted.
        public let fileName: String?
        /// What was taken off, the outermost first: `base64`, `quoted-printable`, `gzip`.
        public let encodings: [String]
        public let bytes: [UInt8]

        public init(contentType: String, fileName: String?, encodings: [String], bytes: [UInt8]) {
            self.contentType = contentType
            self.fileName = fileName
            self.encodings = encodings
            self.bytes = bytes
        }

        /// The type to treat it by: that of its first line where the written one says nothing of the content, as cloud-init has it.
        public var payloadType: String { PayloadType.effective(of: contentType, bytes) }
    }

    /// The most that a payload may be, as served, at each step, and all parts together, in bytes.
    public static let limit = 4 << 20
    /// The most that compressed bytes may grow by, once they are more than 64 KiB. Text grows tenfold; deflate ends at 1,032.
    public static let ratioLimit = 200
    /// Encodings around each other.
    static let layerLimit = 4

    /// What a platform calls an encoding beside the payload (VMware's `guestinfo.userdata.encoding`, GCP's
    /// `user-data-encoding`), and what it is, the outermost first.
    public static let encodingLabels: [String: [String]] = [
        "base64": ["base64"], "b64": ["base64"],
        "gzip+base64": ["base64", "gzip"], "gz+base64": ["base64", "gzip"],
        "gzip+b64": ["base64", "gzip"], "gz+b64": ["base64", "gzip"],
    ]

    /// As served.
    public let raw: [UInt8]
    /// Without the encodings. Of a MIME message all of it, before it is split.
    public let decoded: [UInt8]
    /// What was found around it, the outermost first: `base64`, `gzip`, `zstd`.
    public let encodings: [String]
    /// Of a MIME message its parts, in order; else none.
    public let parts: [Part]

    /// Unpacks what is recognized by its first bytes: gzip, zstd, and base64 around either (which a tool that encodes twice
    /// leaves). Other base64 is left, for many a plain payload is valid base64 too.
    ///
    /// - Parameters:
    ///   - encoding: what the platform says beside it, one of `encodingLabels` in any case; nil or empty where it says nothing.
    ///   - isText: the platform carries text alone, so that whatever is base64 as a whole is taken for it (cloud-init does so
    ///     for Hetzner).
    public init(_ raw: [UInt8], encoding: String? = nil, isText: Bool = false) throws(UserDataError) {
        var unpacking = Unpacking(bytes: raw)
        try unpacking.checkSize()
        let label = (encoding ?? "").filter { !$0.isWhitespace }.lowercased()
        if !label.isEmpty {
            guard let said = Self.encodingLabels[label] else { throw UserDataError(.unknownEncoding(label)) }
            for layer in said { try unpacking.takeOff(layer) }
        } else if isText, !unpacking.bytes.isEmpty, unpacking.isWhollyBase64 {
            try unpacking.takeOff("base64")
        }
        try unpacking.takeOffAll()
        self.raw = raw
        decoded = unpacking.bytes
        encodings = unpacking.encodings
        parts = try Self.parts(of: decoded, within: encodings)
    }

    private static func parts(of bytes: [UInt8], within encodings: [String]) throws(UserDataError) -> [Part] {
        guard MIMEMessage.isMessage(bytes) else { return [] }
        let message: MIMEMessage
        do throws(DocumentError) { message = try MIMEMessage(bytes) } catch {
            throw UserDataError(.document(error), within: encodings)
        }
        var parts: [Part] = []
        var left = limit
        for (index, part) in message.parts.enumerated() {
            let isEncoded = !["", "7bit", "8bit", "binary"].contains(part.transferEncoding)
            var unpacking = Unpacking(
                bytes: part.bytes, encodings: isEncoded ? [part.transferEncoding] : [], part: index + 1, limit: left)
            // What begins as gzip is no text, whatever it is called; a binary part is left as it is.
            if PayloadType.gzip.contains(part.contentType)
                || part.contentType.hasPrefix("text/") && Gzip.isMember(part.bytes)
            {
                try unpacking.takeOff("gzip")
            }
            try unpacking.checkSize()
            left -= unpacking.bytes.count
            parts.append(
                Part(
                    contentType: part.contentType, fileName: part.fileName, encodings: unpacking.encodings,
                    bytes: unpacking.bytes))
        }
        return parts
    }
}
