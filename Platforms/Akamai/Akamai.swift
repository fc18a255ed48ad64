internal import Platform

extension PlatformName { static let akamai: PlatformName = "akamai" }

/// Akamai Connected Cloud, which was Linode.
enum Akamai {
    static let definition = PlatformDefinition(
        .akamai,
        marks: [
            PlatformMark(.dmi(.systemVendor), .equals("Akamai"), .provider),
            PlatformMark(.dmi(.systemVendor), .equals("Linode"), .provider),
        ],
        dataSource: .imds, source: AkamaiMetadata())
}
