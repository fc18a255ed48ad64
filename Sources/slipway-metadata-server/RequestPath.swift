/// The names between the slashes of a request's target, decoded; the query is left out.
///
/// There is no such value for a name that begins with a dot (so none for `..`), or that has a slash or a zero in it after
/// decoding: a path that exists is harmless.
struct RequestPath: Hashable, Sendable {
    let components: [String]
    /// A directory was meant.
    let endsInSlash: Bool

    init?(target: String) {
        guard target.utf8.first == 0x2f else { return nil }
        let path = target.prefix { $0 != "?" && $0 != "#" }
        var components: [String] = []
        for raw in path.split(separator: "/") {
            guard let name = Self.decoded(raw), name.utf8.first != 0x2e, !name.utf8.contains(0x2f),
                !name.utf8.contains(0)
            else { return nil }
            components.append(name)
        }
        self.components = components
        endsInSlash = path.utf8.last == 0x2f
    }

    /// As the host's files have it.
    var text: String { "/" + components.joined(separator: "/") }

    static func == (left: RequestPath, right: RequestPath) -> Bool { left.components == right.components }
    func hash(into hasher: inout Hasher) { hasher.combine(components) }

    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte != 0x25 {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap({ Character(UnicodeScalar($0)).hexDigitValue }),
                let low = rest.popFirst().flatMap({ Character(UnicodeScalar($0)).hexDigitValue })
            else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
