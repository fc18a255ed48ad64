import Fetch
import Kernel
import Platform
import Platforms
import TestSupport
import Testing

@Suite("What the statuses of metadata services mean")
struct StatusTableTests {
    @Test("each status comes to what the platform's documents say", arguments: StatusTable.all)
    func statuses(table: StatusTable) async throws {
        let fixture = try MachineFixture.named(table.fixture)
        try await together(Sweep.isLong ? Array(200...999) : StatusTable.sample, width: 24) { status in
            try await expect(table, status, of: fixture)
        }
    }

    private func expect(_ table: StatusTable, _ status: Int, of fixture: MachineFixture) async throws {
        let meaning = table.meaning(of: status)
        let isOnce =
            switch meaning {
            case .absent, .transient, .expired, .answer: true
            case .final, .older: false
            }
        let fault: FaultyService.Fault = status == 200 ? .none : .status(status)
        let service = try FaultyService(fixture, [table.line: isOnce ? .once(fault) : .always(fault)])
        let outcome: FaultRow.Outcome
        switch meaning {
        case .answer: outcome = .whole(requests: 1)
        case .absent, .transient, .expired: outcome = .whole(requests: 2)
        case .final: outcome = .refused(status)
        case .older:
            // No older form is in this fixture: they are asked for until the time is up.
            let error = await service.fetch(within: .milliseconds(500)).failure
            #expect(error?.exit == .timedOut && service.count(table.line) == 1, "\(status)")
            #expect(Set(service.requests.map(\.line)).count > 1)
            return
        }
        service.expect(outcome, await service.fetch(), at: table.line, "status \(status)")
        if case .expired = meaning { #expect(service.requests.count { $0.line.hasPrefix("PUT ") } == 2) }
    }

    @Test("a token that is refused twice is the end", arguments: StatusTable.all.filter { $0.special[401] != nil })
    func refusedTwice(table: StatusTable) async throws {
        let service = try FaultyService(
            MachineFixture.named(table.fixture), [table.line: .always(.status(401))])
        let error = await service.fetch().failure
        #expect(error?.kind == .refused && error?.status == 401 && error?.exit == .failed)
        #expect(service.requests.count { $0.line.hasPrefix("PUT ") } == 2 && service.count(table.line) == 2)
    }

    @Test("every platform that is asked over HTTP has a table")
    func covered() throws {
        let tables = Set(StatusTable.all.map { $0.fixture.prefix { $0 != "/" } })
        let asked = Set(
            try MachineFixture.all.filter { fixture in
                try fixture.exchanges().contains { if case .success = $0.outcome { true } else { false } }
            }.map { $0.name.prefix { $0 != "/" } })
        #expect(tables == asked)
    }

    @Test(
        "a stranger who answers everything with a page, a redirect or another platform's document is told as one",
        arguments: Set(StatusTable.all.map(\.fixture)).sorted())
    func stranger(name: String) async throws {
        let fixture = try MachineFixture.named(name)
        let page = Array("<html><head><title>Log in</title></head><body>Welcome!</body></html>\n".utf8)
        let strangers: [(String, FaultyService.Fault)] = [
            ("a page", .text(Self.answer(page, "text/html"))),
            ("a redirect", .text("HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n")),
            ("a list of somebody's", .text(Self.answer(Array("[1,2,3]".utf8), "application/json"))),
        ]
        try await together(strangers) { stranger in
            let service = try FaultyService(fixture, everywhere: stranger.1)
            let result = await service.fetch(within: .seconds(5))
            let comment = Comment(rawValue: "\(stranger.0): \(result.failure?.description ?? "whole")")
            guard let error = result.failure else {
                Issue.record(comment)
                return
            }
            #expect(error.exit == .failed && error.platform == fixture.platform && !error.hint.isEmpty, comment)
            // The document of metal is named as its owner wrote it.
            let place = fixture.platform == "metal" ? "http://192.0.2.1:8080" : "\(service.endpoint)"
            #expect(error.url?.hasPrefix("\(place)/") == true || stranger.0 == "a redirect", comment)
        }
    }

    @Test("answers with nothing in them are no machine's", arguments: Set(StatusTable.all.map(\.fixture)).sorted())
    func empty(name: String) async throws {
        let fixture = try MachineFixture.named(name)
        // NoCloud's command line may say all that there is: it needs no more than that there is a seed.
        let isEnough = name == "nocloud/command-line"
        let service = try FaultyService(fixture, everywhere: .text(Self.answer([], "text/plain")))
        let result = await service.fetch(within: .milliseconds(700))
        if isEnough {
            service.expectWhole(try result.get())
        } else {
            #expect(result.failure?.platform == fixture.platform && result.failure?.status != 404, "\(result)")
        }
    }

    private static func answer(_ body: [UInt8], _ type: String) -> String {
        "HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\nContent-Length: \(body.count)\r\n\r\n"
            + String(decoding: body, as: UTF8.self)
    }
}
