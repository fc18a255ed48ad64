/// The name of a value that host and guest share: `guestinfo.metadata`.
public struct GuestInfoKey: Hashable, Sendable, CustomStringConvertible {
    /// With `guestinfo.` before it.
    public let name: String

    /// Letters of a whole name. The host documents no limit; its configuration file has shorter ones.
    public static let maximumLength = 256
    private static let prefix = "guestinfo."

    /// A name with or without `guestinfo.` before it. Throws where it is empty, longer than ``maximumLength`` or has other letters
    /// than printable ASCII without spaces: a space would end it in the host's command.
    public init(_ name: String) throws(GuestRPCError) {
        let whole = name.hasPrefix(Self.prefix) ? name : Self.prefix + name
        guard whole.utf8.count > Self.prefix.utf8.count, whole.utf8.count <= Self.maximumLength,
            whole.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else { throw GuestRPCError(.unsendable(.key), operation: "guestinfo") }
        self.name = whole
    }

    private init(known name: String) { self.name = Self.prefix + name }

    /// cloud-init's metadata: YAML or JSON with `instance-id`, `local-hostname`, `network`.
    public static let metadata = GuestInfoKey(known: "metadata")
    /// cloud-init's user data.
    public static let userData = GuestInfoKey(known: "userdata")
    /// cloud-init's vendor data.
    public static let vendorData = GuestInfoKey(known: "vendordata")
    /// The OVF environment, an XML document that vCenter writes for a vApp at power-on.
    public static let ovfEnvironment = GuestInfoKey(known: "ovfEnv")

    /// Where the encoding of the value is named: `guestinfo.userdata.encoding`.
    public var encoding: GuestInfoKey { GuestInfoKey(known: String(name.dropFirst(Self.prefix.count)) + ".encoding") }

    public var description: String { name }
}

/// A value with what is needed to read it.
public struct GuestInfoItem: Hashable, Sendable {
    public let key: GuestInfoKey
    /// As the host has it, not decoded.
    public let value: [UInt8]
    /// How the value is encoded, in the host's words, lowercase and without spaces around: `base64`, `b64`, `gzip+base64`, `gz+b64`;
    /// nil where nothing, or only space, is said.
    public let encoding: String?

    public init(key: GuestInfoKey, value: [UInt8], encoding: String? = nil) {
        self.key = key
        self.value = value
        self.encoding = encoding
    }

    /// What stands where a value was taken away: an empty YAML document, so that cloud-init still reads it.
    public static let placeholder: [UInt8] = Array("---".utf8)

    /// Whether a value says nothing: it is empty, space, or the placeholder with or without space behind it.
    ///
    /// A guest cannot make a value empty; what it can do is set it to a space (cloud-init's DataSourceVMware).
    public static func isBlank(_ value: [UInt8]) -> Bool {
        let end = (value.lastIndex { !isSpace($0) } ?? -1) + 1
        return end == 0 || value.prefix(end).elementsEqual(placeholder)
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
}
