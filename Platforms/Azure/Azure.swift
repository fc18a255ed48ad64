internal import Platform

extension PlatformName { static let azure: PlatformName = "azure" }

/// Microsoft Azure. Its OVF CD makes it no OVF machine, and its hypervisor alone no Azure.
enum Azure {
    /// Of the provisioning DVD, which WALinuxAgent finds by its device and ds-identify by this.
    static let volumeLabel = "rd_rdfe_*"

    static let definition = PlatformDefinition(
        .azure,
        marks: [
            PlatformMark(.dmi(.chassisAssetTag), .equals("7783-7084-3265-9085-8269-3286-77"), .provider),
            PlatformMark(.blockLabel, .startsWith("rd_rdfe_"), .attached),
        ],
        dataSource: .imds, virtualizations: ["microsoft"], source: AzureMetadata(), identity: AzureVerifier())
}
