import Fetch
import Kernel
import Platform
import TestSupport
import Testing

extension FaultyService {
    /// A failure as a person and a script need it: of which platform, where, with which status, what to do next; and in time.
    func expect(
        _ outcome: FaultRow.Outcome, _ result: Result<MetadataSnapshot, PlatformError>, at line: String,
        _ name: String
    ) {
        let comment = Comment(rawValue: "\(name): \(result.failure?.description ?? "whole")")
        let count = count(line)
        if case .whole(let requests) = outcome {
            guard case .success(let snapshot) = result else {
                Issue.record(comment)
                return
            }
            expectWhole(snapshot, comment)
            #expect(count == requests, comment)
            return
        }
        guard let error = result.failure else {
            Issue.record(comment)
            return
        }
        let url = "\(endpoint)\(line.drop { $0 != "/" })"
        #expect(error.platform == platform && error.url == url && !error.hint.isEmpty, comment)
        #expect(error.description.contains("\(platform): ") && error.description.contains(url), comment)
        switch outcome {
        case .whole: break
        case .nonsense(let words):
            guard case .nonsense = error.kind else {
                Issue.record(comment)
                return
            }
            #expect(error.exit == .failed && error.message.contains(words) && count == 1, comment)
        case .refused(let status):
            #expect(error.kind == .refused && error.exit == .failed && error.status == status && count == 1, comment)
            #expect(error.message.contains("status \(status)"), comment)
        case .timedOut(let status):
            #expect(error.exit == .timedOut && error.status == status && count >= 1, comment)
        }
    }
}

/// `body` for each element, some at a time: nearly all that these tests do is wait.
func together<Element: Sendable>(
    _ elements: [Element], width: Int = 64, _ body: @escaping @Sendable (Element) async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for (index, element) in elements.enumerated() {
            if index >= width { try await group.next() }
            group.addTask { try await body(element) }
        }
        try await group.waitForAll()
    }
}

@Suite("A metadata service that does wrong")
struct FaultTableTests {
    @Test("each wrong comes to what the table says, whole or explained, in its time", arguments: FaultSite.all)
    func table(site: FaultSite) async throws {
        let fixture = try MachineFixture.named(site.fixture)
        try await together(FaultRow.all(at: site), width: site.name == FaultSite.key.name ? 16 : 64) { row in
            let service = try FaultyService(fixture, [site.line: row.faults])
            service.expect(row.outcome, await service.fetch(within: row.time), at: site.line, row.name)
        }
    }

    @Test(
        "a redirect is not followed, wherever it leads", arguments: [301, 302, 303, 307, 308], FaultSite.all)
    func redirect(status: Int, site: FaultSite) async throws {
        let asked = Monitor(0)
        let elsewhere = try RawServer { _ in
            asked.with { $0 += 1 }
            return [.text("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")]
        }
        for place in ["http://127.0.0.1:\(elsewhere.port)\(site.path)", site.path, "//127.0.0.1:\(elsewhere.port)/"] {
            let service = try FaultyService(
                MachineFixture.named(site.fixture),
                [site.line: .always(.status(status, ["Location": place]))])
            service.expect(
                .refused(status), await service.fetch(), at: site.line, place)
        }
        #expect(asked.with { $0 } == 0)
    }

    @Test("what the machine lacks at first is there at the third try", arguments: [FaultSite.key, .tree])
    func lateKeys(site: FaultSite) async throws {
        let fixture = try MachineFixture.named(site.fixture)
        let service = try FaultyService(fixture, [site.line: .once(.status(404), .status(404))])
        service.expect(
            .whole(requests: 3), await service.fetch(), at: site.line, "404 twice")
    }

    @Test("a document that is half there is asked for until it is whole")
    func lateDocument() async throws {
        let fixture = try MachineFixture.named("gcp/single-nic")
        let half = Array(#"{"instance":{"id":1,"attributes":{}},"project":{}}"#.utf8)
        let service = try FaultyService(
            fixture, [FaultSite.tree.line: .once(.body(Array("{}".utf8)), .body(half))])
        service.expect(
            .whole(requests: 3), await service.fetch(), at: FaultSite.tree.line, "half")
    }

    @Test("what never comes is named when the time is up", arguments: [FaultSite.key, .tree])
    func never(site: FaultSite) async throws {
        let service = try FaultyService(MachineFixture.named(site.fixture), [site.line: .always(.status(404))])
        let error = await service.fetch(within: .milliseconds(700)).failure
        #expect(error?.exit == .timedOut && error?.status == 404 && error?.url == "\(service.endpoint)\(site.path)")
        #expect(error?.message.contains("which every machine of \(service.platform) has") == true)
        #expect(service.count(site.line) > 1)
    }

    @Test("a token that ends within the fetch is renewed once, for all who were refused")
    func tokenEnds() async throws {
        let line = "GET /latest/meta-data/placement/region"
        // The requests of one round come in any order: it is the third, or one about there.
        let service = try FaultyService(MachineFixture.named("aws/two-nics"), [line: .once(.revoke)])
        service.expect(
            .whole(requests: 2), await service.fetch(), at: line, "the token's end")
        #expect(service.count(FaultSite.token.line) == 2)
        let shown = service.requests.filter { $0.line == line }
            .flatMap { $0.fields.filter { $0.name == "X-aws-ec2-metadata-token" }.map(\.value) }
        #expect(shown == ["TOKEN-1==", "TOKEN-2=="])
    }

    @Test("nobody is asked again before the time that the service says", arguments: [429, 503])
    func retryAfter(status: Int) async throws {
        try await together(FaultSite.all) { site in
            let service = try FaultyService(
                MachineFixture.named(site.fixture),
                [site.line: .once(.status(status, ["Retry-After": "1"]))])
            service.expect(
                .whole(requests: 2), await service.fetch(), at: site.line, site.name)
            let times = service.requests.filter { $0.line == site.line }.map(\.time)
            #expect(times.count == 2 && times[1].since(times[0]) >= .seconds(1))
        }
    }

    @Test("a time to wait that is behind the deadline ends the fetch before it")
    func retryTooLate() async throws {
        for site in FaultSite.all {
            let service = try FaultyService(
                MachineFixture.named(site.fixture), [site.line: .always(.status(503, ["Retry-After": "3600"]))])
            let limit = Deadline(in: .seconds(600))
            let error = await service.fetch(within: .seconds(600)).failure
            #expect(error?.exit == .timedOut && error?.status == 503 && !limit.hasPassed)
            #expect(service.count(site.line) == 1)
        }
    }
}
