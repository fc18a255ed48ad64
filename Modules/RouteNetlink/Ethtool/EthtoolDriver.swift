internal import CKernel
internal import Netlink

/// What the driver says of itself (struct ethtool_drvinfo, linux/ethtool.h), or as much of it as sysfs has.
public struct EthtoolDriver: Hashable, Sendable {
    /// `virtio_net`.
    public let name: String
    /// Of the driver; since Linux 5.5 mostly the kernel's. Nil out of sysfs, for a driver may say anything here.
    public let version: String?
    /// Nil where it gives none.
    public let firmwareVersion: String?
    /// Where the device is: `0000:00:02.0`; nil where it gives none.
    public let bus: String?
    /// Nil where it gives none.
    public let expansionROMVersion: String?
    /// How many statistics of its own it counts; nil out of sysfs, as the numbers that follow.
    public let statisticsCount: UInt32?
    /// How many tests of itself it has.
    public let testCount: UInt32?
    /// How many flags of its own it has.
    public let privateFlagCount: UInt32?
    /// Bytes of its EEPROM that can be read.
    public let eepromSize: UInt32?
    /// MODULE_VERSION of its module, out of sysfs alone; nil where it gives none.
    public let moduleVersion: String?
    /// Bytes of its registers that can be read.
    public let registerDumpSize: UInt32?

    init(of link: String, by socket: NetlinkSocket) throws(NetlinkError) {
        var raw = ethtool_drvinfo()
        try socket.control("SIOCETHTOOL", on: "link \(link)") {
            // SAFETY: the struct lives through the call, which copies the name.
            unsafe sw_ethtool_driver($0, link, &raw)
        }
        name = text(raw.driver) ?? ""
        version = text(raw.version) ?? ""
        firmwareVersion = text(raw.fw_version)
        bus = text(raw.bus_info)
        expansionROMVersion = text(raw.erom_version)
        statisticsCount = raw.n_stats
        testCount = raw.testinfo_len
        privateFlagCount = raw.n_priv_flags
        eepromSize = raw.eedump_len
        registerDumpSize = raw.regdump_len
        moduleVersion = nil
    }

    init(name: String, bus: String?, moduleVersion: String? = nil) {
        self.name = name
        self.bus = bus
        self.moduleVersion = moduleVersion
        version = nil
        firmwareVersion = nil
        expansionROMVersion = nil
        statisticsCount = nil
        testCount = nil
        privateFlagCount = nil
        eepromSize = nil
        registerDumpSize = nil
    }
}

/// The text before the first NUL of a fixed field; nil where there is none.
private func text<Field>(_ field: Field) -> String? {
    // SAFETY: the bytes of a local array of char.
    let text = unsafe withUnsafeBytes(of: field) { unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return text.isEmpty ? nil : text
}
