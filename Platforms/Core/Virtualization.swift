internal import Kernel
internal import SystemPackage

/// What runs the machine, in the words of systemd-detect-virt(1); never who sells it, which is the platform's axis.
enum Virtualization {
    /// SMBIOS strings that begin so name their hypervisor. The order is that of the tests.
    private static let vendors: [(prefix: String, word: String)] = [
        ("KVM", "kvm"), ("OpenStack", "kvm"), ("KubeVirt", "kvm"), ("Amazon EC2", "kvm"),
        ("Google Compute Engine", "kvm"), ("QEMU", "qemu"), ("VMware", "vmware"), ("VMW", "vmware"),
        ("innotek GmbH", "oracle"), ("VirtualBox", "oracle"), ("Oracle Corporation", "oracle"), ("Xen", "xen"),
        ("Bochs", "bochs"), ("Parallels", "parallels"), ("BHYVE", "bhyve"), ("Hyper-V", "microsoft"),
        ("Apple Virtualization", "apple"),
    ]

    /// Which fields are looked at, in this order: the product's name tells KVM from the QEMU that runs it.
    private static let fields: [PlatformFacts.DMIField] = [
        .productName, .systemVendor, .boardVendor, .biosVendor, .productVersion,
    ]

    /// Clock sources that only a guest of that hypervisor has (`/sys/devices/system/clocksource`).
    private static let clocks: [(name: String, word: String)] = [
        ("kvm-clock", "kvm"), ("hyperv_clocksource", "microsoft"), ("xen", "xen"),
    ]

    /// From SMBIOS alone; nil where it names no hypervisor.
    static func word(ofDMI dmi: [PlatformFacts.DMIField: String]) -> String? {
        // Bare metal that clouds sell carries their name too: i3.metal, c3-highcpu-192-metal.
        if let product = dmi[.productName], dmi[.systemVendor] == "Amazon EC2",
            product.hasSuffix(".metal") || product.contains(".metal-")
        {
            return "none"
        }
        if dmi[.systemVendor] == "Microsoft Corporation", dmi[.productName] == "Virtual Machine" { return "microsoft" }
        for field in fields {
            guard let value = dmi[field] else { continue }
            if let vendor = vendors.first(where: { value.hasPrefix($0.prefix) }) { return vendor.word }
        }
        return nil
    }

    /// VMware's Virtual Machine Communication Interface, PCI 15ad:0740: it is there where `SMBIOS.reflectHost` hides the tables, and
    /// no emulator has it (QEMU has VMware's display and network card).
    private static func hasVMCI(_ host: HostRoot) -> Bool {
        let devices: FilePath = "/sys/bus/pci/devices"
        return host.entriesIfPresent(of: devices).contains { name in
            host.textIfPresent(FilePath("\(devices)/\(name)/vendor"), limit: 16) == "0x15ad"
                && host.textIfPresent(FilePath("\(devices)/\(name)/device"), limit: 16) == "0x0740"
        }
    }

    /// From a host's files. CPUID is not among them: where only it would tell, the word is `vm-other`.
    static func word(of host: HostRoot, dmi: [PlatformFacts.DMIField: String]) -> String? {
        let smbios = word(ofDMI: dmi)
        // VirtualBox and Parallels run on other hypervisors' interfaces too, and only their SMBIOS tells.
        if smbios == "oracle" || smbios == "parallels" { return smbios }
        if host.textIfPresent("/sys/hypervisor/type", limit: 64) == "xen" {
            let capabilities = host.textIfPresent("/proc/xen/capabilities", limit: 256) ?? ""
            return capabilities.contains("control_d") ? "none" : "xen"
        }
        let available =
            host.textIfPresent("/sys/devices/system/clocksource/clocksource0/available_clocksource", limit: 4096) ?? ""
        for name in available.split(separator: " ") {
            if let clock = clocks.first(where: { name.hasPrefix($0.name) }) { return clock.word }
        }
        // The first processor's lines are enough, and some machines have hundreds of them.
        let processors = host.textIfPresent("/proc/cpuinfo", limit: 8192) ?? ""
        let flags = processors.split(separator: "\n").first { $0.hasPrefix("flags") }
        let isGuest = flags.map { $0.split(separator: " ").contains("hypervisor") }
        // Amazon's and Google's names are on their bare metal too; the processor knows (x86 alone has the flag).
        let isProvider = dmi[.systemVendor] == "Amazon EC2" || dmi[.productName] == "Google Compute Engine"
        if isGuest == false, smbios == nil || isProvider { return "none" }
        if let smbios { return smbios }
        if isGuest == true, hasVMCI(host) { return "vmware" }
        return isGuest == true ? "vm-other" : dmi.isEmpty ? nil : "none"
    }
}
