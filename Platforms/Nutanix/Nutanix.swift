internal import Platform

/// Nutanix AHV.
enum Nutanix {
    static let definition = PlatformDefinition(
        "nutanix",
        marks: [
            PlatformMark(.dmi(.systemVendor), .equals("Nutanix"), .provider),
            PlatformMark(.dmi(.productName), .equals("AHV"), .provider),
        ],
        dataSource: .configDrive)
}
