internal import Platform

extension PlatformName { static let equinix: PlatformName = "equinix" }

/// Equinix Metal leaves no mark that can be relied on, for the tables are the server's maker's: it is named on the command line.
enum Equinix {
    static let definition = PlatformDefinition(
        .equinix, marks: [], dataSource: .imds, virtualizations: ["none"], source: EquinixMetadata())
}
