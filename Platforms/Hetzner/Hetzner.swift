internal import Platform

extension PlatformName { static let hetzner: PlatformName = "hetzner" }

/// Hetzner Cloud. Its dedicated servers have the board's own tables, and no metadata.
enum Hetzner {
    static let definition = PlatformDefinition(
        .hetzner,
        marks: [
            PlatformMark(.dmi(.systemVendor), .equals("Hetzner"), .provider)
        ],
        dataSource: .imds, source: HetznerMetadata())
}
