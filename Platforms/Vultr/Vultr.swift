internal import Platform

/// Vultr.
enum Vultr {
    static let definition = PlatformDefinition(
        "vultr",
        marks: [
            PlatformMark(.dmi(.systemVendor), .equals("Vultr"), .provider)
        ],
        dataSource: .imds)
}
