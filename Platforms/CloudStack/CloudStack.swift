internal import Platform

/// Apache CloudStack.
enum CloudStack {
    static let definition = PlatformDefinition(
        "cloudstack",
        marks: [
            PlatformMark(.dmi(.productName), .startsWith("CloudStack"), .provider),
            PlatformMark(.dmi(.systemVendor), .equals("Apache Software Foundation"), .provider),
        ],
        dataSource: .imds)
}
