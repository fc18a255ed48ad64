internal import Platform

extension PlatformName { static let upCloud: PlatformName = "upcloud" }

/// UpCloud.
enum UpCloud {
    static let definition = PlatformDefinition(
        .upCloud,
        marks: [
            PlatformMark(.dmi(.systemVendor), .equals("UpCloud"), .provider)
        ],
        dataSource: .imds, source: UpCloudMetadata())
}
