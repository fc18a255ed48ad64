internal import Platform

/// e24cloud, whose service looks like that of another.
enum E24Cloud {
    static let definition = PlatformDefinition(
        "e24cloud",
        marks: [
            PlatformMark(.dmi(.systemVendor), .equals("e24cloud"), .clone)
        ],
        dataSource: .imds)
}
