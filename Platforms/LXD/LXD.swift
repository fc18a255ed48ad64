internal import Platform

/// LXD and Incus virtual machines.
enum LXD {
    static let definition = PlatformDefinition(
        "lxd",
        marks: [
            PlatformMark(.dmi(.boardName), .equals("LXD"), .provider),
            PlatformMark(.virtioPort, .equals("com.canonical.lxd"), .attached),
            PlatformMark(.virtioPort, .equals("org.linuxcontainers.lxd"), .attached),
        ],
        dataSource: .imds)
}
