internal import Platform

/// Tencent Cloud.
enum Tencent {
    static let definition = PlatformDefinition(
        "tencent",
        marks: [
            PlatformMark(.dmi(.systemVendor), .equals("Tencent Cloud"), .provider)
        ],
        dataSource: .imds)
}
