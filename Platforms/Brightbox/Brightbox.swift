internal import Platform

/// Brightbox, whose service looks like that of another.
enum Brightbox {
    static let definition = PlatformDefinition(
        "brightbox",
        marks: [
            PlatformMark(.dmi(.productSerial), .endsWith(".brightbox.com"), .clone)
        ],
        dataSource: .imds)
}
