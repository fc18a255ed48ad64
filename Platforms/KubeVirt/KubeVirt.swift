internal import Platform

/// KubeVirt.
enum KubeVirt {
    static let definition = PlatformDefinition(
        "kubevirt",
        marks: [
            PlatformMark(.dmi(.systemVendor), .equals("KubeVirt"), .provider),
            PlatformMark(.dmi(.productName), .equals("KubeVirt"), .provider),
        ],
        dataSource: .configDrive)
}
