public import Platform

/// The platforms of this build. Adding one is a folder and a line here.
public enum Registry {
    /// In the order that decides between equals.
    public static let platforms: [PlatformDefinition] = [
        Alibaba.definition, Brightbox.definition, Outscale.definition, ZStack.definition, E24Cloud.definition,
        AWS.definition, GCP.definition, Azure.definition, OpenStack.definition, Oracle.definition,
        Hetzner.definition, DigitalOcean.definition, Vultr.definition, UpCloud.definition, Scaleway.definition,
        Akamai.definition, Exoscale.definition, CloudStack.definition, Tencent.definition, Nutanix.definition,
        KubeVirt.definition, Proxmox.definition, VMware.definition, QEMU.definition, LXD.definition,
        NoCloud.definition, Equinix.definition, Metal.definition,
    ]

    /// Judges facts by all of them.
    public static let detector = PlatformDetector(platforms, fallback: .metal)

    /// A platform by its name; nil where this build knows none such.
    public static func platform(_ name: PlatformName) -> PlatformDefinition? { platforms.first { $0.name == name } }
}
