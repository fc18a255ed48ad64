/// Which words of a command line are credentials, by their names: `token=…`, `--password …`, `https://user:pass@host`.
enum CredentialWords {
    private static let marks = ["token", "password", "passwd", "passphrase", "secret", "credential", "config-inline"]
    // "key" inside a name is also "keyboard" and "keymap".
    private static let endings = ["key", "keys", "psk", "auth", "pass"]

    static func redacted(_ words: [String]) -> [String] {
        var result: [String] = []
        var nextIsSecret = false
        for word in words {
            if nextIsSecret, !word.hasPrefix("-") {
                result.append(Redaction.mark)
                nextIsSecret = false
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = parts.first.map(String.init) ?? word
            nextIsSecret = parts.count == 1 && word.hasPrefix("-") && isSecret(name)
            if parts.count == 2, isSecret(name) {
                result.append(name + "=" + Redaction.mark + (name.hasPrefix("\"") ? "\"" : ""))
            } else {
                result.append(withoutUserInfo(word))
            }
        }
        return result
    }

    private static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return marks.contains { name.contains($0) } || endings.contains { name.hasSuffix($0) }
    }

    /// `scheme://user:password@host` without what stands before the `@`.
    private static func withoutUserInfo(_ word: String) -> String {
        let bytes = Array(word.utf8)
        let sign = Array("://".utf8)
        guard bytes.count > sign.count,
            let start = (0...bytes.count - sign.count).first(where: { bytes.dropFirst($0).starts(with: sign) })
        else { return word }
        let head = bytes.prefix(start + sign.count)
        let rest = bytes.dropFirst(start + sign.count)
        let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        guard let at = authority.lastIndex(of: UInt8(ascii: "@")) else { return word }
        return String(decoding: head, as: UTF8.self) + Redaction.mark + String(decoding: bytes[at...], as: UTF8.self)
    }
}
