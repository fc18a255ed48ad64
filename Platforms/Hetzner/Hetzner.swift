internal import Platform

/// Hetzner Cloud.
enum Hetzner {
    static let definition = PlatformDefinition(
        "hetzner",
        marks: [
            PlatformMark(.dmi(.systemVendor), .equals("Hetzner"), .provider)
        ],
        dataSource: .imds)
}
