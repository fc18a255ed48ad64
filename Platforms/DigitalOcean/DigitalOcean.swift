internal import Platform

extension PlatformName { static let digitalOcean: PlatformName = "digitalocean" }

/// DigitalOcean droplets.
enum DigitalOcean {
    static let definition = PlatformDefinition(
        .digitalOcean,
        marks: [
            PlatformMark(.dmi(.systemVendor), .equals("DigitalOcean"), .provider)
        ],
        dataSource: .imds, source: DigitalOceanMetadata())
}
