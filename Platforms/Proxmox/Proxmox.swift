internal import Platform

/// Proxmox VE, where its owner has it sign the tables; by default its guests carry no mark of it, and are NoCloud's by their drive.
/// That is NoCloud's or OpenStack's (`citype`); its name for the machine is in the user data alone.
enum Proxmox {
    static let definition = PlatformDefinition(
        "proxmox",
        marks: [
            PlatformMark(.dmi(.systemVendor), .startsWith("Proxmox"), .provider)
        ],
        dataSource: .configDrive, source: SeedSource("proxmox", takesConfigDrive: true))
}
