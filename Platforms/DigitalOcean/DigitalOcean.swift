internal import Platform

/// DigitalOcean droplets.
enum DigitalOcean {
    static let definition = PlatformDefinition(
        "digitalocean",
        marks: [
            PlatformMark(.dmi(.systemVendor), .equals("DigitalOcean"), .provider)
        ],
        dataSource: .imds)
}
