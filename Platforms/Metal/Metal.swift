internal import Platform

extension PlatformName { static let metal: PlatformName = "metal" }

/// A machine that no provider has marked: bare metal, and a plain guest of a hypervisor that somebody runs himself. Who it is to be is
/// told by its owner alone.
enum Metal {
    static let definition = PlatformDefinition(.metal, marks: [], dataSource: .none, source: MetalMetadata())
}
