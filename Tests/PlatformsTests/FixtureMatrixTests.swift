import Documents
import FoundationEssentials
import Platform
import Platforms
import Testing

/// Which kinds of machines each platform has among the fixtures. A cell is full, or stands in the table below with its reason.
@Suite("The kinds of machines that are tried")
struct FixtureMatrixTests {
    private enum Kind: String, CaseIterable {
        case oneInterface, severalInterfaces, ipv6Only, noUserData, packedUserData
    }

    /// What the provider does not have, or what nobody could say how it looks.
    private static let reasons: [String: [Kind: String]] = [
        "azure": [.ipv6Only: "Azure has no interfaces without IPv4"],
        "cloudstack": [
            .severalInterfaces: "the keys are those of the first network alone", .ipv6Only: "the keys have IPv4 alone",
        ],
        "digitalocean": [.ipv6Only: "droplets have an IPv4 address always"],
        "exoscale": [
            .severalInterfaces: "the keys are those of the public interface alone",
            .ipv6Only: "IPv6 is told by router advertisement, not by the keys",
        ],
        "metal": [
            .ipv6Only: "the owner writes the network, as in nocloud; this one asks for DHCPv6",
            .noUserData: "the configuration is the user data; without it there is no metadata",
        ],
    ]

    private func kinds(of fixture: MachineFixture) -> Set<Kind> {
        guard let snapshot = fixture.document["snapshot"] else { return [] }
        var kinds: Set<Kind> = []
        // Where interfaces are known by names alone, the network has them.
        let links = snapshot["interfaces"]?.array ?? []
        let wanted = (fixture.document["network"]?["interfaces"]?.array ?? []).filter { $0["kind"] == "physical" }
        let interfaces = links.count >= wanted.count ? links : wanted
        if interfaces.count == 1 { kinds.insert(.oneInterface) }
        if interfaces.count > 1 { kinds.insert(.severalInterfaces) }
        let addresses = interfaces.flatMap { $0["addresses"]?.array ?? [] }.compactMap(\.string)
        if !addresses.isEmpty, addresses.allSatisfy({ $0.contains(":") }) { kinds.insert(.ipv6Only) }
        let data = snapshot["user_data"]?.string.flatMap { Data(base64Encoded: $0) }
        if data == nil { kinds.insert(.noUserData) }
        let isPacked = !(snapshot["user_data_encodings"]?.array ?? []).isEmpty
        let isMIME =
            data.map { String(decoding: $0.prefix(512), as: UTF8.self).lowercased().contains("multipart/") } == true
        if isPacked || isMIME { kinds.insert(.packedUserData) }
        return kinds
    }

    @Test("each platform's machines are of each kind, or the table says why not")
    func matrix() {
        for platform in Registry.platforms where platform.source != nil {
            let tried = MachineFixture.all.filter { $0.platform == platform.name }.map(kinds).reduce(into: Set<Kind>())
            {
                $0.formUnion($1)
            }
            let reasons = Self.reasons[platform.name.rawValue] ?? [:]
            for kind in Kind.allCases {
                let isTried = tried.contains(kind)
                #expect(isTried || reasons[kind] != nil, "\(platform.name): \(kind) is not tried, and nobody says why")
                #expect(
                    !isTried || reasons[kind] == nil, "\(platform.name): \(kind) is tried; the reason is out of date")
            }
        }
    }
}
