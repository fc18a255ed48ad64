internal import Platform

/// KubeVirt: a drive of NoCloud's form (`cloudInitNoCloud`), or of OpenStack's (`cloudInitConfigDrive`).
enum KubeVirt {
    static let definition = PlatformDefinition(
        "kubevirt",
        marks: [
            PlatformMark(.dmi(.systemVendor), .equals("KubeVirt"), .provider),
            PlatformMark(.dmi(.productName), .equals("KubeVirt"), .provider),
        ],
        dataSource: .configDrive, source: SeedSource("kubevirt", takesConfigDrive: true))
}
