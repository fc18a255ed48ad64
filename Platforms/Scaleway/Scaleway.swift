internal import Platform

extension PlatformName { static let scaleway: PlatformName = "scaleway" }

/// Scaleway.
enum Scaleway {
    static let definition = PlatformDefinition(
        .scaleway,
        marks: [
            PlatformMark(.dmi(.systemVendor), .equals("Scaleway"), .provider)
        ],
        dataSource: .imds, source: ScalewayMetadata())
}
