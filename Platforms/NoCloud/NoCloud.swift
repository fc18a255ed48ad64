internal import Platform

/// A seed that its owner brought: a volume of that label, or a serial number that says where it is.
enum NoCloud {
    static let definition = PlatformDefinition(
        "nocloud",
        marks: [
            PlatformMark(.blockLabel, .equals("cidata"), .attached),
            PlatformMark(.dmi(.productSerial), .contains("ds=nocloud"), .provider),
        ],
        dataSource: .configDrive, source: SeedSource("nocloud"))
}
