internal import Kernel
internal import SystemPackage

/// What a machine's owner says on the kernel's command line or in the SMBIOS serial number: `ds=nocloud;s=http://10.0.0.1/;i=node-1`
/// (cloud-init's documentation of NoCloud).
struct SeedLine: Hashable {
    /// By their long names: `instance-id`, `local-hostname`, `seedfrom`; others as they are written.
    private(set) var values: [String: String] = [:]
    /// Whether anything of the kind is said, with values or without.
    private(set) var isThere = false

    private static let longNames = ["h": "local-hostname", "i": "instance-id", "s": "seedfrom"]

    /// The command line goes before the serial number.
    init(_ host: HostRoot) {
        if let serial = host.textIfPresent("/sys/class/dmi/id/product_serial", limit: 4096) { add(serial) }
        for word in KernelCommandLine(host.textIfPresent("/proc/cmdline") ?? "").words {
            add(word.filter { $0 != "\"" })
        }
        values["seedfrom"] = values["seedfrom"].map { Self.expand($0, of: host) }
    }

    /// One word; what is of another kind says nothing. Later values replace earlier ones.
    private mutating func add(_ word: String) {
        var parts = word.split(separator: ";", omittingEmptySubsequences: true)
        guard let first = parts.first?.lowercased(), first == "ds=nocloud" || first == "ds=nocloud-net" else { return }
        parts.removeFirst()
        isThere = true
        for part in parts.prefix(64) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard pair.count == 2, !pair[0].isEmpty else { continue }
            values[Self.longNames[pair[0]] ?? pair[0]] = pair[1]
        }
    }

    /// The variables of cloud-init's table, and the files that have them.
    private static let variables = [
        "baseboard-asset-tag": "board_asset_tag", "baseboard-manufacturer": "board_vendor",
        "baseboard-product-name": "board_name", "baseboard-serial-number": "board_serial",
        "baseboard-version": "board_version", "bios-release-date": "bios_date", "bios-vendor": "bios_vendor",
        "bios-version": "bios_version", "chassis-asset-tag": "chassis_asset_tag",
        "chassis-manufacturer": "chassis_vendor", "chassis-serial-number": "chassis_serial",
        "chassis-version": "chassis_version", "system-manufacturer": "sys_vendor",
        "system-product-name": "product_name", "system-serial-number": "product_serial",
        "system-uuid": "product_uuid", "system-version": "product_version",
    ]

    /// `__dmi.system-uuid__` in a URL is the table's value, escaped (RFC 3986, section 2.1); an unknown one stays.
    private static func expand(_ text: String, of host: HostRoot) -> String {
        var result = text
        for (name, file) in variables where result.contains("__dmi.\(name)__") {
            let value = host.textIfPresent(FilePath("/sys/class/dmi/id").appending(file), limit: 4096) ?? ""
            result = result.replacing("__dmi.\(name)__", with: value.percentEncoded)
        }
        return result
    }
}

extension String {
    /// As one segment of a path, or one value of a query: all but RFC 3986's unreserved characters escaped.
    public var percentEncoded: String {
        utf8.map { byte in
            let character = Character(UnicodeScalar(byte))
            if byte < 0x80, character.isLetter || character.isNumber || "-._~".contains(character) {
                return String(character)
            }
            let digits = String(byte, radix: 16, uppercase: true)
            return digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
        }.joined()
    }
}
