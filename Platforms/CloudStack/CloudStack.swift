internal import Platform

extension PlatformName { static let cloudStack: PlatformName = "cloudstack" }

/// Apache CloudStack.
enum CloudStack {
    static let definition = PlatformDefinition(
        .cloudStack,
        marks: [
            PlatformMark(.dmi(.productName), .startsWith("CloudStack"), .provider),
            PlatformMark(.dmi(.systemVendor), .equals("Apache Software Foundation"), .provider),
        ],
        dataSource: .imds, source: CloudStackMetadata())
}
