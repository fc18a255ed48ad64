/// A kind of hardware or service whose modules are wanted together.
package enum ModuleClass: String, CaseIterable, Sendable {
    /// Disks and what stacks on them.
    case storage
    /// Ethernet and virtual links; no radios.
    case network
    /// What the machine is made of: buses and their controllers, entropy, TPM, watchdogs.
    case bus
    /// Keyboards and power buttons, for a console.
    case input
    /// File systems with the character sets and checksums that they ask for by name.
    case filesystems
    /// Every module of the tree.
    case all

    /// By its name, or by a short form: `net`, `fs`.
    package init?(word: String) {
        switch word {
        case "net": self = .network
        case "fs": self = .filesystems
        default: self.init(rawValue: word)
        }
    }

    /// Whether a module at `path` (`kernel/drivers/ata/ahci.ko`) is of this class by its place.
    func holds(path: String) -> Bool {
        if self == .all { return true }
        // depmod's search order: what a vendor puts into updates/ or extra/ has the kernel's own folders below it.
        let place = path.split(separator: "/").dropFirst().joined(separator: "/")
        guard folders.contains(where: { place.hasPrefix($0) }) else { return false }
        return !excluded.contains { place.hasPrefix($0) }
    }

    /// Prefixes below `kernel/`: of a folder, or of a file's name.
    private var folders: [String] {
        switch self {
        case .storage:
            [
                "block/", "drivers/ata/", "drivers/block/", "drivers/cdrom/", "drivers/dax/", "drivers/firewire/",
                "drivers/md/", "drivers/memstick/", "drivers/message/fusion/", "drivers/misc/cardreader/",
                "drivers/mmc/", "drivers/nvdimm/", "drivers/nvme/", "drivers/scsi/", "drivers/ufs/",
                "drivers/usb/storage/",
            ]
        case .network:
            [
                "drivers/net/", "net/802/", "net/8021q/", "net/bridge/bridge.", "net/core/failover.", "net/ipv6/ipv6.",
                "net/llc/", "net/packet/", "net/vmw_vsock/",
            ]
        case .bus:
            [
                "drivers/bus/", "drivers/char/hw_random/", "drivers/char/ipmi/", "drivers/char/tpm/",
                "drivers/char/virtio_console.", "drivers/clk/", "drivers/cxl/", "drivers/dma/", "drivers/extcon/",
                "drivers/firmware/", "drivers/gpio/", "drivers/hv/", "drivers/i2c/busses/", "drivers/iommu/",
                "drivers/mailbox/", "drivers/mfd/", "drivers/misc/vmw_vmci/", "drivers/pci/", "drivers/phy/",
                "drivers/pinctrl/", "drivers/ptp/", "drivers/regulator/", "drivers/reset/", "drivers/rtc/",
                "drivers/soc/", "drivers/spi/", "drivers/thunderbolt/", "drivers/tty/serial/", "drivers/usb/c67x00/",
                "drivers/usb/cdns3/", "drivers/usb/chipidea/", "drivers/usb/common/", "drivers/usb/core/",
                "drivers/usb/dwc2/", "drivers/usb/dwc3/", "drivers/usb/host/", "drivers/usb/isp1760/",
                "drivers/usb/musb/", "drivers/usb/phy/", "drivers/usb/roles/", "drivers/usb/typec/", "drivers/virt/",
                "drivers/virtio/", "drivers/watchdog/", "drivers/xen/",
            ]
        case .input:
            [
                "drivers/acpi/button.", "drivers/hid/", "drivers/input/evdev.", "drivers/input/keyboard/",
                "drivers/input/serio/", "drivers/input/misc/xen-kbdfront.", "drivers/platform/surface/",
            ]
        case .filesystems:
            [
                "fs/btrfs/", "fs/configfs/", "fs/efivarfs/", "fs/erofs/", "fs/exfat/", "fs/ext2/", "fs/ext4/",
                "fs/f2fs/", "fs/fat/", "fs/fuse/", "fs/isofs/", "fs/jbd2/", "fs/overlayfs/", "fs/squashfs/",
                "fs/udf/", "fs/xfs/",
            ]
        case .all: []
        }
    }

    /// Below those, what a node has no use for or what drags much in.
    private var excluded: [String] {
        switch self {
        case .storage: ["drivers/scsi/pcmcia/", "drivers/block/drbd/"]
        case .network:
            [
                "drivers/net/arcnet/", "drivers/net/can/", "drivers/net/fddi/", "drivers/net/hamradio/",
                "drivers/net/ieee802154/", "drivers/net/plip/", "drivers/net/slip/", "drivers/net/wan/",
                "drivers/net/wireless/", "drivers/net/wwan/",
            ]
        case .bus: ["drivers/dma/dmatest.", "drivers/pci/pci-stub.", "drivers/pci/endpoint/"]
        case .input: ["drivers/hid/amd-sfh-hid/", "drivers/hid/intel-ish-hid/"]
        case .filesystems, .all: []
        }
    }

    /// Names and aliases that the kernel asks for by request_module once these modules run; those that a kernel does
    /// not have, or has builtin, are no error.
    var requestedByName: [String] {
        switch self {
        case .storage: ["xts", "ecb", "cbc", "essiv", "aes", "sha256", "crct10dif", "crc64-rocksoft"]
        case .network: ["tls", "sch_fq", "sch_fq_codel", "tcp_bbr"]
        case .filesystems:
            [
                "nls_cp437", "nls_ascii", "nls_utf8", "nls_iso8859-1", "crc32", "crc32c", "libcrc32c", "xxhash64",
                "sha256", "blake2b-256", "zstd", "lzo", "lz4",
            ]
        case .bus, .input, .all: []
        }
    }
}
