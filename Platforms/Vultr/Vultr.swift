internal import Platform

extension PlatformName { static let vultr: PlatformName = "vultr" }

/// Vultr. Its bare metal has the board's own tables and says `vultr` on the kernel's command line.
enum Vultr {
    static let definition = PlatformDefinition(
        .vultr,
        marks: [
            PlatformMark(.dmi(.systemVendor), .equals("Vultr"), .provider)
        ],
        dataSource: .imds, source: VultrMetadata())
}
