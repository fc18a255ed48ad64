import Fetch
import Kernel
import Platform
import TestSupport
import Testing

@Suite("A metadata service at two addresses, one of them dead")
struct AddressFamilyTests {
    private static let sites = [FaultSite.token, .tree]

    @Test("the family that is alive serves, whichever it is, however the other is dead", arguments: sites)
    func oneIsDead(site: FaultSite) async throws {
        let fixture = try MachineFixture.named(site.fixture)
        let deaths = DeadPort.Death.allCases.flatMap { [($0, true), ($0, false)] }
        try await together(deaths) { death, isIPv6Dead in
            let dead = try DeadPort(death, isIPv6: isIPv6Dead)
            let alive = try FaultyService(fixture, onIPv6: !isIPv6Dead)
            let grave = HTTPEndpoint(address: isIPv6Dead ? "::1" : "127.0.0.1", port: dead.port)
            // IPv4's address is asked first.
            let result = await alive.fetch(by: isIPv6Dead ? [alive.endpoint, grave] : [grave, alive.endpoint])
            alive.expect(
                .whole(requests: 1), result, at: site.line,
                "\(isIPv6Dead ? "IPv6" : "IPv4") \(death)")
        }
    }

    @Test("where both are dead the time ends it, and the error says where nobody answered", arguments: sites)
    func bothAreDead(site: FaultSite) async throws {
        let fixture = try MachineFixture.named(site.fixture)
        try await together(DeadPort.Death.allCases) { death in
            let dead = [try DeadPort(death), try DeadPort(death, isIPv6: true)]
            let endpoints = [
                HTTPEndpoint(address: "127.0.0.1", port: dead[0].port),
                HTTPEndpoint(address: "::1", port: dead[1].port),
            ]
            let error = await fixture.fetch(by: endpoints, within: .milliseconds(900)).failure
            let comment = Comment(rawValue: "\(death): \(error?.description ?? "whole")")
            #expect(error?.exit == .timedOut && error?.platform == fixture.platform, comment)
            #expect(endpoints.contains { error?.url == "\($0)\(site.path)" } && error?.hint.isEmpty == false, comment)
        }
    }

    @Test("the other takes over where the first dies within the fetch, with a token of its own")
    func diesWithin() async throws {
        let fixture = try MachineFixture.named("aws/two-nics")
        for isIPv6First in [false, true] {
            let lost = "GET /latest/meta-data/instance-id"
            // It gives the token, and then nobody is there any more.
            let first = try FaultyService(
                fixture, onIPv6: isIPv6First,
                [FaultSite.token.line: FaultyService.Faults(first: [.none], always: .steps([.reset]))],
                everywhere: .steps([.reset]))
            let second = try FaultyService(fixture, onIPv6: !isIPv6First)
            let result = await second.fetch(by: [first.endpoint, second.endpoint])
            second.expect(.whole(requests: 1), result, at: lost, "\(isIPv6First)")
            #expect(first.count(FaultSite.token.line) >= 1 && first.count(lost) >= 1)
            #expect(second.count(FaultSite.token.line) == 1)
        }
    }

    @Test("a stranger at the first address is the end: what refuses there is asked nothing more")
    func strangerFirst() async throws {
        let fixture = try MachineFixture.named("gcp/single-nic")
        let stranger = try FaultyService(fixture, everywhere: .status(403))
        let second = try FaultyService(fixture, onIPv6: true)
        let error = await second.fetch(by: [stranger.endpoint, second.endpoint]).failure
        #expect(error?.kind == .refused && error?.status == 403)
        #expect(stranger.requests.count == 1)
    }
}
