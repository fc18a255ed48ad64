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
    /// The run's own copy of OVMF's variables.
    let firmwareVariables: FilePath?

    static let firmwareCode: FilePath = "/usr/share/OVMF/OVMF_CODE_4M.fd"
    static let firmwareTemplate: FilePath = "/usr/share/OVMF/OVMF_VARS_4M.fd"

    var commandLine: String {
        // pvpanic tells a panic apart from a reset; no_timer_check spares TCG a calibration that fails under load.
        var words = ["console=ttyS0", "quiet", "panic=-1", "no_timer_check", "slipway.report=ttyS1"]
        words.append("slipway.ready=\(configuration.keep || !configuration.ports.isEmpty ? "stay" : "poweroff")")
        return (words + configuration.append).joined(separator: " ")
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
        if !configuration.ports.isEmpty { result += ["-device", "virtio-serial-pci"] }
        for (index, name) in configuration.ports.enumerated() {
            result += ["-chardev", "socket,id=p\(index),fd=\(Self.firstPort + Int32(index))"]
            result += ["-device", "virtserialport,chardev=p\(index),name=\(name)"]
        }
        if let variables = firmwareVariables {
            result += ["-drive", "if=pflash,format=raw,unit=0,readonly=on,file=\(Self.firmwareCode)"]
            result += ["-drive", "if=pflash,format=raw,unit=1,file=\(Self.escaped(variables))"]
        }
        result += smbios.flatMap { ["-smbios", $0] } + ["-uuid", instance.uuid] + disks
        for (index, nic) in configuration.nics.enumerated() {
            result += ["-netdev", "user,id=n\(index)"]
            result += ["-device", "\(nic.device),netdev=n\(index),mac=\(instance.macs[index])"]
        }
        return result
    }

    private var disks: [String] {
        var result: [String] = []
        for (index, (disk, file)) in zip(configuration.disks, diskFiles).enumerated() {
            let sector = "logical_block_size=\(disk.sectorInBytes),physical_block_size=\(disk.sectorInBytes)"
            result += ["-drive", "if=none,id=d\(index),format=raw,discard=unmap,file=\(Self.escaped(file))"]
            switch disk.bus {
            case .virtio: result += ["-device", "virtio-blk-pci,drive=d\(index),serial=virtio\(index),\(sector)"]
            case .nvme:
                result += ["-device", "nvme,id=nv\(index),serial=nvme\(index)"]
                result += ["-device", "nvme-ns,drive=d\(index),bus=nv\(index),nsid=1,\(sector)"]
            case .ahci: result += ["-device", "ide-hd,drive=d\(index),bus=ide.\(index),serial=ahci\(index)"]
            }
        }
        return result
    }

    /// What detection reads (platforms.md): types 0, 1, 2 and 3 reach /sys/class/dmi/id.
    private var smbios: [String] {
        switch configuration.platform {
        case .metal: []
        case .aws:
            [
                "type=0,vendor=Amazon EC2,version=1.0",
                "type=1,manufacturer=Amazon EC2,product=t3.small,serial=\(instance.uuid)",
                "type=2,manufacturer=Amazon EC2", "type=3,manufacturer=Amazon EC2,asset=Amazon EC2",
            ]
        case .gcp:
            [
                "type=0,vendor=Google,version=Google", "type=2,manufacturer=Google,product=Google Compute Engine",
                "type=1,manufacturer=Google,product=Google Compute Engine,serial=GoogleCloud-\(instance.uuid)",
            ]
        case .vmware:
            [
                "type=0,vendor=VMware\\, Inc.,version=VMW71",
                "type=2,manufacturer=Intel Corporation,product=440BX Desktop",
                "type=1,manufacturer=VMware\\, Inc.,product=VMware7\\,1,serial=VMware-\(instance.uuid)",
            ].map { $0.replacing("\\,", with: ",,") }
        }
    }

    /// QEMU's option lists double a comma that is meant.
    private static func escaped(_ path: FilePath) -> String { path.string.replacing(",", with: ",,") }
}
