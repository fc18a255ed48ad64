package import SystemPackage

/// What machine the node meets.
package struct MachineConfiguration: Sendable {
    /// Whose firmware tables and metadata service.
    package enum Platform: String, CaseIterable, Sendable {
        case metal
        case aws
        case gcp
        case vmware
    }
    package enum Firmware: String, CaseIterable, Sendable {
        case bios
        case uefi
    }
    /// Debian's kernel packages: `cloud` is small and starts fast, `generic` has the drivers of real machines.
    package enum Kernel: String, CaseIterable, Sendable {
        case cloud
        case generic
    }
    package enum NIC: String, CaseIterable, Sendable {
        case virtio
        case e1000e
        case vmxnet3

        var device: String { self == .virtio ? "virtio-net-pci" : rawValue }
    }

    package var platform = Platform.metal
    /// What the machine shows and whom it can ask; nil for a sample of `platform` with random values.
    package var machine: SimulatedMachine?
    package var firmware = Firmware.bios
    /// nil: the one that has drivers for the devices.
    package var kernel: Kernel?
    package var disks: [DiskSpecification] = []
    package var nics: [NIC] = [.virtio]
    /// Positions in `nics` of those whose cable is out.
    package var unpluggedNICs: Set<Int> = []
    /// Positions in `nics` of those that are plugged in once the node has drivers for all that it found.
    package var lateNICs: Set<Int> = []
    /// The network's protocols; with IPv6 alone there is no DHCP server.
    package var hasIPv4 = true
    package var memoryInMiB = 512
    /// Whether the kernel is told to read the backup of a GPT whose primary is dead; without it only the bring-up does.
    package var kernelReadsBackupTables = true
    /// Words for the kernel's command line, after ours.
    package var append: [String] = []
    /// The tree that the metadata server serves to a sample of EC2 instead of its own.
    package var metadata: FilePath?
    /// From QEMU's start to its end, or to ready where it is kept.
    package var timeout = Duration.seconds(120)
    /// Stay up after ready, until interrupted.
    package var keep = false
    /// Names of virtio-serial ports; each is a descriptor of the running machine.
    package var ports: [String] = []

    package init() {}

    /// The kernel that was asked for, or the smallest with all drivers: the cloud kernel has no ahci and no e1000e.
    package var effectiveKernel: Kernel {
        kernel ?? (disks.contains { $0.bus == .ahci } || nics.contains(.e1000e) ? .generic : .cloud)
    }

    /// `512M`, `1G` in MiB.
    package static func mebibytes(_ text: String) -> Int? {
        DiskSpecification.bytes(text).flatMap { Int(exactly: $0 >> 20) }
    }

    /// The modules that an image needs for these devices and for the harness itself.
    package static func modules(for kernel: Kernel) -> [String] {
        let both = [
            "virtio_pci", "virtio_blk", "virtio_net", "virtio_console", "vmxnet3", "nvme", "pvpanic-pci", "efivarfs",
            "ext4", "vfat", "nls_cp437", "nls_ascii", "qemu_fw_cfg",
        ]
        return kernel == .cloud ? both : both + ["e1000e", "ahci", "sd_mod"]
    }
}

/// `virtio:8G`, `nvme:8G:4096`, `ahci:/path/to/image`: the bus, a size or an image file, the logical sector in bytes.
package struct DiskSpecification: Hashable, Sendable {
    package enum Bus: String, CaseIterable, Sendable {
        case virtio
        /// virtio without discard and write-zeroes: all that is written is written by the guest.
        case virtioPlain = "virtio-plain"
        case nvme
        /// Another namespace of the nvme disk before it.
        case nvmeNamespace = "nvme-ns"
        case ahci
    }
    package enum Backing: Hashable, Sendable {
        /// A sparse file of its own, gone with the run.
        case size(UInt64)
        /// Raw, written to.
        case image(FilePath)
    }
    package let bus: Bus
    package let backing: Backing
    package let sectorInBytes: Int

    package init(bus: Bus, backing: Backing, sectorInBytes: Int = 512) {
        self.bus = bus
        self.backing = backing
        self.sectorInBytes = sectorInBytes
    }

    /// Of texts in their order: a further namespace is of the controller before it.
    package static func list(_ texts: [String]) throws(MachineError) -> [DiskSpecification] {
        var disks: [DiskSpecification] = []
        for text in texts {
            let disk = try DiskSpecification(text)
            if disk.bus == .nvmeNamespace, !disks.contains(where: { $0.bus == .nvme }) {
                throw MachineError(
                    .usage, "disk '\(text)': there is no nvme before it", hint: "say --disk nvme:SIZE before it")
            }
            disks.append(disk)
        }
        return disks
    }

    /// Throws what is wrong with the text, and what would be right.
    package init(_ text: String) throws(MachineError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let form = "BUS:SIZE[:SECTOR] or BUS:/IMAGE[:SECTOR], for example virtio:8G or nvme:8G:4096"
        guard let bus = Bus(rawValue: parts[0]) else {
            let buses = Bus.allCases.map(\.rawValue).joined(separator: ", ")
            throw MachineError(.usage, "disk '\(text)': no bus '\(parts[0])'", hint: "the buses are \(buses); \(form)")
        }
        guard parts.count == 2 || parts.count == 3, !parts[1].isEmpty else {
            throw MachineError(.usage, "disk '\(text)': not of the form \(form)", hint: nil)
        }
        self.bus = bus
        if parts[1].contains("/") {
            backing = .image(FilePath(parts[1]))
        } else {
            guard let size = Self.bytes(parts[1]), size >= 1 << 20, size <= 1 << 46 else {
                throw MachineError(
                    .usage, "disk '\(text)': '\(parts[1])' is no size from 1M to 64T", hint: "for example 512M, 8G")
            }
            backing = .size(size)
        }
        guard parts.count == 3 else {
            sectorInBytes = 512
            return
        }
        guard let sector = Int(parts[2]), sector == 512 || sector == 4096 else {
            throw MachineError(.usage, "disk '\(text)': a sector has 512 or 4096 bytes, not '\(parts[2])'", hint: nil)
        }
        if sector == 4096, bus == .ahci {
            throw MachineError(
                .usage, "disk '\(text)': QEMU's AHCI disks have 512-byte sectors",
                hint: "use nvme:…:4096 or virtio:…:4096")
        }
        sectorInBytes = sector
    }

    /// `8G`, `512M`: powers of 1,024.
    static func bytes(_ text: String) -> UInt64? {
        // Strings, for the capital of a letter may be two.
        let shifts: [String: UInt64] = ["K": 10, "M": 20, "G": 30, "T": 40]
        guard let last = text.last else { return nil }
        let shift = shifts[last.uppercased()]
        guard let number = UInt64(shift == nil ? text[...] : text.dropLast()) else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: 1 << (shift ?? 0))
        return overflow ? nil : product
    }
}

/// Why a machine could not be run.
package struct MachineError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
        case usage
        case missing
        case failed
        case timedOut
    }
    package let kind: Kind
    package let message: String
    /// What to do next.
    package let hint: String?

    package init(_ kind: Kind, _ message: String, hint: String?) {
        self.kind = kind
        self.message = message
        self.hint = hint
    }

    package var description: String { hint.map { "\(message); \($0)" } ?? message }
}
