internal import Platform

/// Oracle Cloud Infrastructure, whose vendor strings are those of the hypervisor below.
enum Oracle {
    static let definition = PlatformDefinition(
        "oracle",
        marks: [
            PlatformMark(.dmi(.chassisAssetTag), .equals("OracleCloud.com"), .provider)
        ],
        dataSource: .imds)
}
