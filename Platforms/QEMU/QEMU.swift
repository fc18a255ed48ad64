internal import Platform

extension PlatformName { static let qemu: PlatformName = "qemu" }

/// QEMU, where it was started for us: without our own fw_cfg item such a guest is a machine like any.
enum QEMU {
    static let definition = PlatformDefinition(
        .qemu,
        marks: [
            PlatformMark(.fwCfg, .startsWith("opt/org.slipway/"), .attached)
        ],
        dataSource: .none, source: QEMUMetadata())
}
