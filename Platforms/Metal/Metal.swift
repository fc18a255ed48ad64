internal import Platform

extension PlatformName { static let metal: PlatformName = "metal" }

/// A machine that no provider has marked: bare metal, and a plain guest of QEMU, KVM, Xen or Hyper-V.
enum Metal {
    static let definition = PlatformDefinition(.metal, marks: [], dataSource: .none)
}
