internal import Kernel

/// What is taken out of a recording before it is written.
public struct Redaction: Sendable {
    /// What stands where something was taken out.
    public static let mark = "<redacted>"

    /// What becomes of a body.
    public enum Transform: Hashable, Sendable {
        /// All of it goes.
        case whole
        /// The values of a command line's words that look like credentials go.
        case credentialsInWords
        /// Of an environment (`environ`, zero bytes between), every value goes but that of `container`, which detection reads.
        case environmentValues
    }

    /// A transform for the paths of a pattern.
    public struct Rule: Hashable, Sendable {
        /// Path components; `*` is any one, `**` any number of them.
        public let pattern: String
        public let transform: Transform

        public init(_ pattern: String, _ transform: Transform) {
            self.pattern = pattern
            self.transform = transform
        }
    }

    public let rules: [Rule]

    public init(_ rules: [Rule]) { self.rules = rules }

    /// Credentials and payloads: the default.
    public static let secrets = Redaction([
        Rule("/proc/cmdline", .credentialsInWords),
        Rule("/proc/*/cmdline", .credentialsInWords),
        Rule("/proc/*/environ", .environmentValues),
        // A VM's configuration and user data come this way.
        Rule("/sys/firmware/qemu_fw_cfg/**/raw", .whole),
    ])

    /// The default, and what tells this one machine from its like.
    public static let secretsAndSerialNumbers = Redaction(
        secrets.rules
            + ["product_serial", "product_uuid", "board_serial", "chassis_serial"].flatMap {
                [Rule("/sys/class/dmi/id/\($0)", .whole), Rule("/sys/devices/virtual/dmi/id/\($0)", .whole)]
            }
            + [
                // The raw tables hold the same strings.
                Rule("/sys/firmware/dmi/tables/*", .whole),
                Rule("/sys/firmware/dmi/entries/**/raw", .whole),
                Rule("/sys/**/serial", .whole),
                Rule("/sys/**/serial_number", .whole),
                Rule("/sys/**/wwid", .whole),
                // An NVMe namespace's.
                Rule("/sys/**/eui", .whole),
                Rule("/sys/**/nguid", .whole),
            ])

    /// Redacts `plane`, and answers with the paths whose bytes are not the host's any more, sorted.
    func apply(to plane: inout FilePlane) -> [String] {
        var changed: [String] = []
        for (path, body) in plane.bodies {
            var new = body
            for rule in rules where Self.matches(path, rule.pattern) {
                new = Self.redacted(new, by: rule.transform)
            }
            guard new.bytes != body.bytes else { continue }
            plane.bodies[path] = new
            changed.append(path)
        }
        return changed.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func redacted(_ body: FilePlane.Body, by transform: Transform) -> FilePlane.Body {
        switch transform {
        case .whole:
            if body.bytes.isEmpty { return body }
            return FilePlane.Body(bytes: Array("\(mark)\n".utf8))
        case .credentialsInWords:
            let text = String(decoding: body.bytes, as: UTF8.self)
            let words = KernelCommandLine(text).words
            let clean = CredentialWords.redacted(words)
            // A command line without credentials keeps its bytes, its white space included.
            guard clean != words else { return body }
            let end = body.bytes.last == 0x0a ? "\n" : ""
            return FilePlane.Body(
                bytes: Array((clean.joined(separator: " ") + end).utf8), isTruncated: body.isTruncated)
        case .environmentValues:
            let variables = body.bytes.split(separator: 0).map { variable -> [UInt8] in
                let name = variable.prefix { $0 != UInt8(ascii: "=") }
                if name.elementsEqual("container".utf8) || name.count == variable.count { return Array(variable) }
                return Array(name) + Array("=\(mark)".utf8)
            }
            return FilePlane.Body(bytes: Array(variables.joined(separator: [0])), isTruncated: body.isTruncated)
        }
    }

    static func matches(_ path: String, _ pattern: String) -> Bool {
        matches(path.split(separator: "/")[...], pattern.split(separator: "/")[...])
    }

    private static func matches(_ path: ArraySlice<Substring>, _ pattern: ArraySlice<Substring>) -> Bool {
        guard let first = pattern.first else { return path.isEmpty }
        let rest = pattern.dropFirst()
        if first == "**" {
            return (0...path.count).contains { matches(path.dropFirst($0), rest) }
        }
        guard let component = path.first, first == "*" || first == component else { return false }
        return matches(path.dropFirst(), rest)
    }
}
