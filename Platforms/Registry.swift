public import Fetch
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

    /// What fetches a platform's metadata; nil where this build has only its detection.
    ///
    /// `endpoints` stand for the platform's own addresses (`--endpoint`); `inflate` unpacks gzip in user data.
    public static func source(
        for platform: PlatformName, endpoints: [HTTPEndpoint]? = nil, inflate: UserData.Inflate? = nil
    ) -> (any MetadataSource)? {
        switch platform {
        case .aws: AWSMetadata(endpoints: endpoints ?? AWSMetadata.standardEndpoints, inflate: inflate)
        default: nil
        }
    }
}
