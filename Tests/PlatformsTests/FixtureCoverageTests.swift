import Documents
import FoundationEssentials
import Platform
import Platforms
import Testing

/// A sort of machine that each platform with a source has a fixture of.
private enum Sort: String, CaseIterable {
    case singleNIC = "one NIC"
    case multipleNICs = "several NICs"
    case ipv6Only = "IPv6 alone"
    case noUserData = "no user data"
    case encodedUserData = "user data in gzip, base64 or MIME"

    /// What a fixture expects says which sorts it is of; one that expects an error is of none.
    func holds(_ fixture: MachineFixture) -> Bool {
        guard let snapshot = fixture.document["snapshot"] else { return false }
        let links = snapshot["interfaces"]?.array ?? []
        let configured = fixture.document["network"]?["interfaces"]?.array ?? []
        let physical = configured.filter { $0["kind"]?.string == "physical" }
        switch self {
        case .singleNIC: return max(links.count, physical.count) == 1
        case .multipleNICs: return max(links.count, physical.count) > 1
        case .ipv6Only:
            let addresses = (links + configured).flatMap { $0["addresses"]?.array ?? [] }.compactMap(\.string)
            let asksIPv6 = configured.contains { $0["dhcp6"] == true || $0["accept_ra"] == true }
            return !configured.contains { $0["dhcp4"] == true } && addresses.allSatisfy { $0.contains(":") }
                && (!addresses.isEmpty || asksIPv6)
        case .noUserData: return snapshot["user_data"] == .null
        case .encodedUserData:
            if snapshot["user_data_encodings"]?.array?.isEmpty == false { return true }
            let bytes = snapshot["user_data"]?.string.flatMap { Data(base64Encoded: $0) } ?? Data()
            return String(decoding: bytes.prefix(200), as: UTF8.self).contains("multipart/")
        }
    }
}

@Suite("What the fixtures cover")
struct FixtureCoverageTests {
    /// Cells that stay empty, and why.
    private static let exceptions: [PlatformName: [Sort: String]] = [
        "azure": [
            .ipv6Only: "each NIC has an IPv4 configuration: 'What is IPv6 for Azure Virtual Network', limitations"
        ],
        "cloudstack": [
            .multipleNICs: "the virtual router tells the NIC on its own network alone",
            .ipv6Only: "the virtual router's keys are local-ipv4 and public-ipv4",
        ],
        "digitalocean": [.ipv6Only: "a droplet has an IPv4 address always; IPv6 is added to it"],
        "exoscale": [
            .multipleNICs: "the service tells one NIC; private networks are not in it",
            .ipv6Only: "the service tells IPv4 addresses alone",
        ],
        "metal": [.noUserData: "what boots a machine is its user data; metal/error-nothing is the machine without"],
    ]

    @Test("every platform with a source has a machine of every sort, or there is a reason why not")
    func cells() {
        for platform in Registry.platforms where platform.source != nil {
            let machines = MachineFixture.all.filter { $0.platform == platform.name }
            for sort in Sort.allCases {
                let reason = Self.exceptions[platform.name]?[sort]
                let isCovered = machines.contains(where: sort.holds)
                #expect(isCovered || reason != nil, "\(platform.name): no fixture with \(sort.rawValue)")
                // A reason that does not hold any more goes.
                #expect(!isCovered || reason == nil, "\(platform.name) has a fixture with \(sort.rawValue)")
            }
        }
    }
}
