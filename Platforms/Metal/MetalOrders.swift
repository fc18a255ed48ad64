internal import Kernel
internal import Platform
internal import SystemPackage

/// Where a machine's owner says that its configuration is: words on the kernel's command line, `slipway.config=…`, or the same without
/// `slipway.` in the SMBIOS serial number, `slipway;config=…;config-digest=…`. The command line goes before.
struct MetalOrders: Hashable {
    private(set) var values: [String: String] = [:]

    static let names = ["config", "config-digest", "config-inline", "hostname"]
    /// No configuration itself: a serial number is shown to anybody who asks.
    private static let serialNames = ["config", "config-digest", "hostname"]

    init(_ host: HostRoot) {
        if let serial = host.machineSerial() {
            let parts = serial.split(separator: ";")
            if parts.first?.lowercased() == "slipway" {
                for part in parts.dropFirst().prefix(16) {
                    let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
                    if pair.count == 2, Self.serialNames.contains(pair[0]) { values[pair[0]] = pair[1] }
                }
            }
        }
        let line = KernelCommandLine(host.textIfPresent("/proc/cmdline") ?? "")
        let said = Self.names.compactMap { name in line["slipway.\(name)"].map { (name, $0) } }
        // A document of the command line's is not the one whose digest the serial number has.
        if said.contains(where: { $0.0 == "config" || $0.0 == "config-inline" }) {
            for name in Self.names where name.hasPrefix("config") { values[name] = nil }
        }
        for (name, value) in said where !value.isEmpty { values[name] = value }
    }

    subscript(name: String) -> String? { values[name] }

    /// `${uuid}`, `${serial}`, `${mac}` and `${hostname}` of a URL, escaped (RFC 3986, section 2.1).
    static func fill(_ template: String, _ machine: MetalMachine) throws(PlatformError) -> String {
        var result = ""
        var rest = template[...]
        while let start = rest.firstRange(of: "${") {
            result += rest[..<start.lowerBound]
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
                throw unusable("slipway.config has a ${ without its }", template)
            }
            let name = String(rest[start.upperBound..<end])
            let value: String?
            switch name {
            case "uuid": value = machine.uuid
            case "serial": value = machine.serial
            case "mac": value = machine.mac?.description
            case "hostname": value = machine.hostName
            default:
                throw unusable("slipway.config has ${\(name)}, which is none of uuid, serial, mac, hostname", template)
            }
            guard let value else {
                throw unusable("slipway.config wants ${\(name)}, which this machine does not have", template)
            }
            result += value.percentEncoded
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    private static func unusable(_ problem: String, _ template: String) -> PlatformError {
        PlatformError(
            .unusable(problem), platform: .metal, url: template,
            hint: "correct slipway.config= on the kernel's command line")
    }
}

/// What a machine is known by before anybody tells it.
struct MetalMachine: Hashable {
    var uuid: String?
    var serial: String?
    var mac: MACAddress?
    var hostName: String?

    /// The MAC address is that of the link that the machine was started by (PXELINUX's `BOOTIF=01-…`), else of the first of `links`, else
    /// of the first link with a carrier, else of the first.
    init(_ host: HostRoot, _ orders: MetalOrders, links: [String]) {
        uuid = host.machineUUID()
        let isOrder = host.machineSerial()?.lowercased().hasPrefix("slipway;") == true
        serial = isOrder ? nil : host.machineSerial()
        let devices = host.machineLinks()
        let line = KernelCommandLine(host.textIfPresent("/proc/cmdline") ?? "")
        let booted = line["BOOTIF"].flatMap { text -> MACAddress? in
            // 01 is Ethernet (ARP's hardware type).
            MACAddress(text.utf8.count == 20 && text.hasPrefix("01-") ? String(text.dropFirst(3)) : text)
        }
        mac =
            booted ?? links.compactMap { name in devices.first { $0.name == name }?.mac }.first
            ?? devices.first {
                host.textIfPresent(FilePath("/sys/class/net").appending($0.name).appending("carrier"), limit: 8) == "1"
            }?.mac
            ?? devices.first?.mac
        let current = host.textIfPresent("/proc/sys/kernel/hostname", limit: 256)
        hostName =
            orders["hostname"]
            ?? current.flatMap { ["", "(none)", "localhost", "localhost.localdomain"].contains($0) ? nil : $0 }
    }
}
