internal import Platform

/// Proxmox VE, where its owner has it sign the tables; by default its guests are plain QEMU.
enum Proxmox {
    static let definition = PlatformDefinition(
        "proxmox",
        marks: [
            PlatformMark(.dmi(.systemVendor), .startsWith("Proxmox"), .provider)
        ],
        dataSource: .configDrive)
}
