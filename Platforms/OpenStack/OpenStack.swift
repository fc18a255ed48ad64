internal import Platform

extension PlatformName { static let openstack: PlatformName = "openstack" }

/// OpenStack, by whatever vendor; on whatever hypervisor.
enum OpenStack {
    static let volumeLabel = "config-2"

    static let definition = PlatformDefinition(
        .openstack,
        marks: [
            PlatformMark(.dmi(.productName), .startsWith("OpenStack Nova"), .provider),
            PlatformMark(.dmi(.productName), .startsWith("OpenStack Compute"), .provider),
            PlatformMark(.dmi(.systemVendor), .startsWith("OpenStack"), .provider),
            PlatformMark(.dmi(.chassisAssetTag), .equals("OpenStack Nova"), .provider),
            PlatformMark(.dmi(.chassisAssetTag), .equals("OpenStack Compute"), .provider),
            PlatformMark(.dmi(.chassisAssetTag), .equals("HUAWEICLOUD"), .provider),
            PlatformMark(.dmi(.chassisAssetTag), .equals("OpenTelekomCloud"), .provider),
            PlatformMark(.dmi(.chassisAssetTag), .equals("SAP CCloud VM"), .provider),
            PlatformMark(.dmi(.chassisAssetTag), .equals("Samsung Cloud Platform"), .provider),
            PlatformMark(.blockLabel, .equals("config-2"), .attached, dataSource: .configDrive),
        ],
        dataSource: .imds, source: OpenStackMetadata())
}
