public import Kernel
internal import SystemPackage

/// An item that whoever started QEMU gave the machine: `-fw_cfg name=opt/org.slipway/userdata,file=…`, read where the kernel shows it
/// (Documentation/ABI/testing/sysfs-firmware-qemu_fw_cfg).
public struct FirmwareItem: Hashable, Sendable {
    /// `opt/org.slipway/userdata`.
    public let name: String

    public init(_ name: String) { self.name = "opt/org.slipway/\(name)" }

    public var path: String { "/sys/firmware/qemu_fw_cfg/by_name/\(name)/raw" }

    /// The bytes; nil where there is no such item. A longer one than `limit` is an error.
    public func contents(
        in host: HostRoot, of platform: PlatformName, limit: Int
    ) throws(PlatformError) -> [UInt8]? {
        let bytes: [UInt8]
        do throws(OSError) {
            bytes = try host.contents(of: FilePath(path), limit: limit + 1)
        } catch {
            if error.errno == .noSuchFileOrDirectory || error.errno == .notDirectory { return nil }
            throw PlatformError(.unreadable(error), platform: platform, url: path)
        }
        guard bytes.count <= limit else {
            throw PlatformError(
                .nonsense("\(name) is longer than \(limit) bytes"), platform: platform, url: path,
                hint: "make the item smaller")
        }
        return bytes
    }
}

extension HostRoot {
    /// The machine's identity in the firmware's tables (SMBIOS, type 1); nil where it is not told, or is what makers leave there.
    public func machineUUID() -> String? {
        guard let text = firmwareText("product_uuid")?.lowercased() else { return nil }
        let digits = text.filter { $0 != "-" }
        guard text.utf8.count == 36, digits.allSatisfy(\.isHexDigit), Set(digits).count > 1 else { return nil }
        return text
    }

    /// The serial number, likewise.
    public func machineSerial() -> String? { firmwareText("product_serial") }

    /// A text of SMBIOS; what makers leave where nobody writes is none.
    public func firmwareText(_ file: String) -> String? {
        guard let text = textIfPresent(FilePath("/sys/class/dmi/id").appending(file), limit: 1024), !text.isEmpty,
            !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f })
        else { return nil }
        let fillers: Set<String> = [
            "none", "n/a", "na", "not specified", "not applicable", "default string", "system serial number",
            "system product name", "to be filled by o.e.m.", "unknown", "0", "0123456789", "oem",
        ]
        return fillers.contains(text.lowercased()) ? nil : text
    }
}
