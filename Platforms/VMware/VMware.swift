internal import Platform

extension PlatformName { static let vmware: PlatformName = "vmware" }

/// VMware's hypervisors. `SMBIOS.reflectHost` shows the host's tables, so that the hypervisor's word alone must do; a provider
/// that rents such machines out under its own name comes before it.
enum VMware {
    static let definition = PlatformDefinition(
        .vmware,
        marks: [
            PlatformMark(.virtualization, .equals("vmware"), .hypervisor),
            PlatformMark(.dmi(.systemVendor), .startsWith("VMware"), .hypervisor),
            PlatformMark(.dmi(.productName), .startsWith("VMware"), .hypervisor),
            PlatformMark(.dmi(.productSerial), .startsWith("VMware-"), .hypervisor),
        ],
        dataSource: .guestinfo, virtualizations: ["vmware"], source: VMwareMetadata())
}
