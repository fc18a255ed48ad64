internal import Platform

/// Equinix leaves no mark that can be relied on: it is named on the command line.
enum Equinix {
    static let definition = PlatformDefinition("equinix", marks: [], dataSource: .imds)
}
