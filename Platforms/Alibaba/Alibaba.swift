internal import Platform

extension PlatformName { static let alibaba: PlatformName = "alibaba" }

/// Alibaba Cloud, whose service looks like that of another.
enum Alibaba {
    static let definition = PlatformDefinition(
        .alibaba,
        marks: [
            PlatformMark(.dmi(.productName), .equals("Alibaba Cloud ECS"), .clone),
            PlatformMark(.dmi(.systemVendor), .equals("Alibaba Cloud"), .clone),
        ],
        dataSource: .imds, source: AlibabaMetadata())
}
