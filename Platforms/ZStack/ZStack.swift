internal import Platform

/// ZStack, whose service looks like that of another.
enum ZStack {
    static let definition = PlatformDefinition(
        "zstack",
        marks: [
            PlatformMark(.dmi(.chassisAssetTag), .endsWith(".zstack.io"), .clone)
        ],
        dataSource: .imds)
}
