internal import Platform

extension PlatformName { static let aws: PlatformName = "aws" }

/// Amazon EC2. The UUID alone is no mark: one random UUID in 2048 begins so, in one byte order or the other.
enum AWS {
    static let definition = PlatformDefinition(
        .aws,
        marks: [
            PlatformMark(.dmi(.systemVendor), .equals("Amazon EC2"), .provider),
            PlatformMark(.dmi(.biosVendor), .equals("Amazon EC2"), .provider),
            PlatformMark(.dmi(.boardVendor), .equals("Amazon EC2"), .provider),
            PlatformMark(.dmi(.chassisAssetTag), .equals("Amazon EC2"), .provider),
            // Xen's days: the vendor is "Xen", the version "4.11.amazon".
            PlatformMark(.dmi(.biosVersion), .endsWith(".amazon"), .provider),
            PlatformMark(.hypervisorUUID, .uuidStartsWith("ec2"), .supporting),
            PlatformMark(.dmi(.productUUID), .uuidStartsWith("ec2"), .supporting),
        ],
        dataSource: .imds, virtualizations: ["kvm", "xen", "none", "amazon"],
        source: AWSMetadata(), identity: AWSVerifier())
}
