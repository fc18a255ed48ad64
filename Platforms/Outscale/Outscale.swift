internal import Platform

/// 3DS Outscale, whose service looks like that of another.
enum Outscale {
    static let definition = PlatformDefinition(
        "outscale",
        marks: [
            PlatformMark(.dmi(.systemVendor), .equals("3DS Outscale"), .clone),
            PlatformMark(.dmi(.productName), .startsWith("3DS Outscale"), .clone),
        ],
        dataSource: .imds)
}
