internal import Platform

/// Google Compute Engine. A guest nested in one of its machines shows the inner hypervisor's tables, and is not one.
enum GCP {
    static let definition = PlatformDefinition(
        "gcp",
        marks: [
            PlatformMark(.dmi(.productName), .equals("Google Compute Engine"), .provider),
            PlatformMark(.dmi(.productName), .equals("Google"), .provider),
            PlatformMark(.dmi(.productSerial), .startsWith("GoogleCloud-"), .provider),
        ],
        dataSource: .imds, virtualizations: ["kvm", "none", "google"])
}
