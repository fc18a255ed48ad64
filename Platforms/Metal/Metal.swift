internal import Platform

extension PlatformName { static let metal: PlatformName = "metal" }

/// A machine that no provider has marked: bare metal, and a plain guest of a hypervisor that somebody runs himself.
enum Metal {
    static let definition = PlatformDefinition(.metal, marks: [], dataSource: .none)
}
