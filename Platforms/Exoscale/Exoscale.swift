internal import Platform

/// Exoscale.
enum Exoscale {
    static let definition = PlatformDefinition(
        "exoscale",
        marks: [
            PlatformMark(.dmi(.productName), .startsWith("Exoscale"), .provider)
        ],
        dataSource: .imds)
}
