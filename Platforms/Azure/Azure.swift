internal import Platform

/// Microsoft Azure. Its OVF CD makes it no OVF machine, and its hypervisor alone no Azure.
enum Azure {
    static let definition = PlatformDefinition(
        "azure",
        marks: [
            PlatformMark(.dmi(.chassisAssetTag), .equals("7783-7084-3265-9085-8269-3286-77"), .provider)
        ],
        dataSource: .imds)
}
