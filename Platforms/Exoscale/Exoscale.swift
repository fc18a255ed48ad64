internal import Platform

extension PlatformName { static let exoscale: PlatformName = "exoscale" }

/// Exoscale.
enum Exoscale {
    static let definition = PlatformDefinition(
        .exoscale,
        marks: [
            PlatformMark(.dmi(.productName), .startsWith("Exoscale"), .provider)
        ],
        dataSource: .imds, source: ExoscaleMetadata())
}
