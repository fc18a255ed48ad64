internal import Platform

/// UpCloud.
enum UpCloud {
    static let definition = PlatformDefinition(
        "upcloud",
        marks: [
            PlatformMark(.dmi(.systemVendor), .equals("UpCloud"), .provider)
        ],
        dataSource: .imds)
}
