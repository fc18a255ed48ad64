internal import Platform

extension PlatformName { static let oracle: PlatformName = "oracle" }

/// Oracle Cloud Infrastructure, whose vendor strings are those of the hypervisor below, on bare metal those of the server's maker.
enum Oracle {
    static let definition = PlatformDefinition(
        .oracle,
        marks: [
            PlatformMark(.dmi(.chassisAssetTag), .equals("OracleCloud.com"), .provider)
        ],
        dataSource: .imds, virtualizations: ["kvm", "none", "xen"], source: OracleMetadata())
}
