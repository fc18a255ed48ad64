internal import Platform

/// Scaleway.
enum Scaleway {
    static let definition = PlatformDefinition(
        "scaleway",
        marks: [
            PlatformMark(.dmi(.systemVendor), .equals("Scaleway"), .provider)
        ],
        dataSource: .imds)
}
