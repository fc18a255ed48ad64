internal import Compression
internal import Documents

extension UserData {
    /// Bytes, and what has been taken off them.
    struct Unpacking {
        private(set) var bytes: [UInt8]
        private(set) var encodings: [String] = []
        private var layers = 0
        private let part: Int?
        private let limit: Int

        /// - Parameter limit: what may be left of the budget, at most `UserData.limit`.
        init(bytes: [UInt8], encodings: [String] = [], part: Int? = nil, limit: Int = UserData.limit) {
            self.bytes = bytes
            self.encodings = encodings
            self.part = part
            self.limit = limit
        }

        private func error(_ kind: UserDataError.Kind) -> UserDataError {
            UserDataError(kind, within: encodings, part: part)
        }

        func checkSize() throws(UserDataError) {
            guard bytes.count <= limit else { throw error(.tooLarge(limitInBytes: UserData.limit)) }
        }

        /// Takes off what is recognized, until nothing is.
        mutating func takeOffAll() throws(UserDataError) {
            while let next = recognized {
                guard layers < UserData.layerLimit else { throw error(.tooManyLayers(limit: UserData.layerLimit)) }
                try takeOff(next)
            }
        }

        /// Takes one off, as given: `base64`, `gzip` or `zstd`.
        mutating func takeOff(_ encoding: String) throws(UserDataError) {
            do {
                switch encoding {
                case "base64": bytes = try Base64.decode(bytes)
                case "gzip": bytes = try Gzip.decompress(bytes, limit: limit, ratio: UserData.ratioLimit)
                default: bytes = try Zstandard.decompress(bytes, limit: limit, ratio: UserData.ratioLimit)
                }
            } catch let problem as CompressionError {
                if case .outputTooLarge = problem { throw error(.tooLarge(limitInBytes: UserData.limit)) }
                throw error(.compression(problem))
            } catch let problem as DocumentError {
                throw error(.document(problem))
            } catch {
                throw self.error(.unknownEncoding(encoding))
            }
            encodings.append(encoding)
            layers += 1
        }

        private var recognized: String? {
            if isStart(of: Gzip.magic) { return "gzip" }
            if isStart(of: Zstandard.magic) { return "zstd" }
            return isPackedBase64 ? "base64" : nil
        }

        /// Bytes that end within the magic are cut off, not plain: neither magic is text from its second byte on.
        private func isStart(of magic: [UInt8]) -> Bool {
            bytes.count >= 2 && bytes.starts(with: magic.prefix(bytes.count))
        }

        /// Base64 around gzip or zstd by its first characters, whole or not: cut off somewhere, it is not plain text for that.
        private var isPackedBase64: Bool {
            let text = bytes.drop { $0 <= 0x20 }
            let isZstandard =
                text.starts(with: Array("KLUv/".utf8))
                && text.dropFirst(5).first.map { "QRSTUVWXYZabcdef".utf8.contains($0) } ?? true
            guard isZstandard || text.starts(with: Array("H4sI".utf8)) else { return false }
            // No blanks but line ends: words in its alphabet are no base64.
            return text.allSatisfy { Base64.takes($0) && $0 != 0x20 && $0 != 0x09 }
        }

        /// Base64 from end to end, in one line or in lines of one length, the last perhaps shorter: not a few words that are
        /// spelt in its alphabet.
        var isWhollyBase64: Bool {
            let lines = bytes.split(separator: 0x0a).map { $0.last == 0x0d ? $0.dropLast() : $0 }
            guard let width = lines.first?.count, lines.dropLast().allSatisfy({ $0.count == width }),
                let last = lines.last, last.count <= width,
                !bytes.contains(where: { $0 == 0x20 || $0 == 0x09 })
            else { return false }
            return (try? Base64.decode(bytes)) != nil
        }
    }
}
