internal import Platform

extension PlatformName { static let gcp: PlatformName = "gcp" }

/// Google Compute Engine. A guest nested in one of its machines shows the inner hypervisor's tables, and is not one.
enum GCP {
    static let definition = PlatformDefinition(
        .gcp,
        marks: [
            PlatformMark(.dmi(.productName), .equals("Google Compute Engine"), .provider),
            PlatformMark(.dmi(.productName), .equals("Google"), .provider),
            PlatformMark(.dmi(.productSerial), .startsWith("GoogleCloud-"), .provider),
            PlatformMark(.dmi(.biosVendor), .equals("Google"), .supporting),
            PlatformMark(.dmi(.boardName), .equals("Google Compute Engine"), .supporting),
        ],
        dataSource: .imds, virtualizations: ["kvm", "none", "google"], source: GCPMetadata(), identity: GCPVerifier())
}
