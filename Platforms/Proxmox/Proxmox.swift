internal import Platform

/// Proxmox VE, where its owner has it sign the tables; by default its guests carry no mark of it.
enum Proxmox {
    static let definition = PlatformDefinition(
        "proxmox",
        marks: [
            PlatformMark(.dmi(.systemVendor), .startsWith("Proxmox"), .provider)
        ],
        dataSource: .configDrive)
}
