internal import Kernel
internal import SystemPackage

/// QEMU's command line for a machine (qemu-system-x86_64(1), version 7.2).
struct QEMUCommand {
    /// Descriptors in QEMU's own numbering: 0–2 are its standard ones.
    static let console: Int32 = 3
    static let report: Int32 = 4
    static let qmp: Int32 = 5
    static let firstPort: Int32 = 6

    let configuration: MachineConfiguration
    let kernel: FilePath
    let initramfs: FilePath
    let diskFiles: [FilePath]
    let instance: SampleInstance
    let machine: SimulatedMachine
    /// The platform's drives, and its fw_cfg items by name.
    let volumeFiles: [FilePath]
    let firmwareItems: [(name: String, file: FilePath)]
    /// The run's own copy of OVMF's variables.
    let firmwareVariables: FilePath?

    static let firmwareCode: FilePath = "/usr/share/OVMF/OVMF_CODE_4M.fd"
    static let firmwareTemplate: FilePath = "/usr/share/OVMF/OVMF_VARS_4M.fd"

    var commandLine: String {
        // pvpanic tells a panic apart from a reset; no_timer_check spares TCG a calibration that fails under load.
        var words = ["console=ttyS0", "quiet", "panic=-1", "no_timer_check", "slipway.report=ttyS1"]
        // Linux reads a GPT's backup only where it is told to.
        if configuration.kernelReadsBackupTables { words.append("gpt") }
        words.append("slipway.ready=\(configuration.keep || !configuration.ports.isEmpty ? "stay" : "poweroff")")
        return (words + machine.words + configuration.append).joined(separator: " ")
    }

    var arguments: [String] {
        var result = ["qemu-system-x86_64", "-M", "q35,vmport=off", "-accel", "tcg", "-cpu", "max", "-smp", "2"]
        result += ["-m", "\(configuration.memoryInMiB)", "-nodefaults", "-no-user-config", "-display", "none"]
        result += ["-no-reboot", "-kernel", kernel.string, "-initrd", initramfs.string, "-append", commandLine]
        result += ["-device", "pvpanic-pci"]
        for (id, descriptor) in [("con", Self.console), ("rep", Self.report)] {
            result += ["-chardev", "socket,id=\(id),fd=\(descriptor)", "-serial", "chardev:\(id)"]
        }
        result += ["-chardev", "socket,id=qmp,fd=\(Self.qmp)", "-mon", "chardev=qmp,mode=control"]
        if !configuration.ports.isEmpty || !machine.ports.isEmpty { result += ["-device", "virtio-serial-pci"] }
        for (index, name) in configuration.ports.enumerated() {
            result += ["-chardev", "socket,id=p\(index),fd=\(Self.firstPort + Int32(index))"]
            result += ["-device", "virtserialport,chardev=p\(index),name=\(name)"]
        }
        for (index, name) in machine.ports.enumerated() {
            result += ["-chardev", "null,id=m\(index)"]
            result += ["-device", "virtserialport,chardev=m\(index),name=\(Self.escaped(name))"]
        }
        for item in firmwareItems {
            result += ["-fw_cfg", "name=\(Self.escaped(item.name)),file=\(Self.escaped(item.file.string))"]
        }
        if let variables = firmwareVariables {
            result += ["-drive", "if=pflash,format=raw,unit=0,readonly=on,file=\(Self.firmwareCode)"]
            result += ["-drive", "if=pflash,format=raw,unit=1,file=\(Self.escaped(variables.string))"]
        }
        result += smbios.flatMap { ["-smbios", $0] } + ["-uuid", machine.dmi["product_uuid"] ?? instance.uuid] + disks
        for (index, nic) in configuration.nics.enumerated() {
            // A unique local prefix (RFC 4193), as a cloud's network has; QEMU's own is of the deprecated site-local kind.
            let protocols = configuration.hasIPv4 ? "" : ",ipv4=off"
            result += [
                "-netdev", "user,id=n\(index)\(protocols),ipv6-prefix=fd12:3456:789a:\(index)::,ipv6-prefixlen=64",
            ]
            if configuration.lateNICs.contains(index) {
                result += ["-device", "pcie-root-port,id=late\(index),chassis=\(index + 1)"]
            } else {
                result += ["-device", "\(nic.device),netdev=n\(index),mac=\(instance.macs[index])"]
            }
        }
        return result
    }

    private var disks: [String] {
        var result: [String] = []
        for (index, file) in volumeFiles.enumerated() {
            result += ["-drive", "if=none,id=v\(index),format=raw,readonly=on,file=\(Self.escaped(file.string))"]
            result += ["-device", "virtio-blk-pci,drive=v\(index),serial=volume\(index)"]
        }
        // Of the controller that a further namespace belongs to.
        var controller = 0
        var namespaces = 1
        for (index, (disk, file)) in zip(configuration.disks, diskFiles).enumerated() {
            let sector = "logical_block_size=\(disk.sectorInBytes),physical_block_size=\(disk.sectorInBytes)"
            result += ["-drive", "if=none,id=d\(index),format=raw,discard=unmap,file=\(Self.escaped(file.string))"]
            switch disk.bus {
            case .virtio, .virtioPlain:
                let offloads = disk.bus == .virtioPlain ? ",discard=off,write-zeroes=off" : ""
                result += ["-device", "virtio-blk-pci,drive=d\(index),serial=virtio\(index),\(sector)\(offloads)"]
            case .nvmeNamespace:
                namespaces += 1
                result += ["-device", "nvme-ns,drive=d\(index),bus=nv\(controller),nsid=\(namespaces),\(sector)"]
            case .nvme:
                (controller, namespaces) = (index, 1)
                result += ["-device", "nvme,id=nv\(index),serial=nvme\(index)"]
                result += ["-device", "nvme-ns,drive=d\(index),bus=nv\(index),nsid=1,\(sector)"]
            case .ahci: result += ["-device", "ide-hd,drive=d\(index),bus=ide.\(index),serial=ahci\(index)"]
            }
        }
        return result
    }

    /// By QEMU's types and their fields, the names of `/sys/class/dmi/id`.
    private static let tables: [(type: Int, fields: [(option: String, name: String)])] = [
        (0, [("vendor", "bios_vendor"), ("version", "bios_version")]),
        (
            1,
            [
                ("manufacturer", "sys_vendor"), ("product", "product_name"), ("version", "product_version"),
                ("serial", "product_serial"),
            ]
        ),
        (2, [("manufacturer", "board_vendor"), ("product", "board_name")]),
        (3, [("manufacturer", "chassis_vendor"), ("asset", "chassis_asset_tag")]),
    ]

    private var smbios: [String] {
        Self.tables.compactMap { table in
            let fields = table.fields.compactMap { field in
                machine.dmi[field.name].map { "\(field.option)=\(Self.escaped($0))" }
            }
            return fields.isEmpty ? nil : (["type=\(table.type)"] + fields).joined(separator: ",")
        }
    }

    /// QEMU's option lists double a comma that is meant.
    private static func escaped(_ text: String) -> String { text.replacing(",", with: ",,") }
}
