internal import Platform

/// LXD and Incus virtual machines. Their API in the guest (`/dev/lxd/sock`) is there only where their agent runs; what the host attaches
/// for everybody is NoCloud's drive (a disk whose source is `cloud-init:config`).
enum LXD {
    static let definition = PlatformDefinition(
        "lxd",
        marks: [
            PlatformMark(.dmi(.boardName), .equals("LXD"), .provider),
            PlatformMark(.virtioPort, .equals("com.canonical.lxd"), .attached),
            PlatformMark(.virtioPort, .equals("org.linuxcontainers.lxd"), .attached),
        ],
        dataSource: .configDrive, source: SeedSource("lxd"))
}
