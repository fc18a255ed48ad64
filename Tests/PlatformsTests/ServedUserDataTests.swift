import Documents
import Fetch
import FoundationEssentials
import Kernel
import Platform
import SystemPackage
import TestSupport
import Testing

@Suite("User data that is served to do harm")
struct ServedUserDataTests {
    /// What gzip(1) makes of it, so many times over.
    private static func packed(_ size: Int, times: Int = 1) throws -> [UInt8] {
        let scratch = try TemporaryDirectory()
        let pipe = ["head -c \(size) /dev/zero"] + Array(repeating: "gzip -9n", count: times)
        let outcome = try attempt(
            "/bin/sh", ["-c", "\(pipe.joined(separator: " | ")) > data"], directory: scratch.path)
        try #require(outcome.isSuccess, "\(outcome.errors)")
        return try HostRoot.live.contents(of: scratch.path.appending("data"), limit: 4 << 20)
    }

    /// What is served, and words of why it is not unpacked.
    private static let bombs = Result {
        [
            ("a thousandfold", try packed(3 << 20), "200 times as long"),
            ("64 MiB", try packed(64 << 20), "limit of 4194304 bytes"),
            ("64 MiB, packed twice", try packed(64 << 20, times: 2), "limit of 4194304 bytes"),
            ("packed in five layers", try packed(1000, times: 5), "more than 4 times"),
            ("cut off", Array(try packed(1000).dropLast(4)), "truncated"),
            ("damaged", try packed(1000).enumerated().map { $0 == 12 ? $1 ^ 0xff : $1 }, "damaged"),
            ("the magic alone", [0x1f, 0x8b], "truncated"),
        ] as [(name: String, bytes: [UInt8], words: String)]
    }

    private func expect(
        _ error: PlatformError?, _ service: FaultyService, at path: String, _ name: String, _ words: String
    ) {
        let comment = Comment(rawValue: "\(name): \(error?.description ?? "whole")")
        guard case .nonsense(let problem) = error?.kind else {
            Issue.record(comment)
            return
        }
        #expect(problem.hasPrefix("the user data cannot be unpacked") && problem.contains(words), comment)
        #expect(error?.exit == .failed, comment)
        #expect(error?.platform == service.platform && error?.url == "\(service.endpoint)\(path)", comment)
        #expect(error?.hint.isEmpty == false, comment)
    }

    @Test(
        "a bomb, or what is damaged, ends the fetch: nothing of the machine is told",
        arguments: [
            ("aws/two-nics", "/latest/user-data"), ("openstack/http-dhcp", "/openstack/latest/user_data"),
            ("equinix/bond", "/userdata"), ("exoscale/single-nic", "/1.0/user-data"),
            ("scaleway/routed-ipv4", "/user_data/cloud-init"),
        ])
    func bytes(name: String, path: String) async throws {
        let fixture = try MachineFixture.named(name)
        for bomb in try Self.bombs.get() {
            let body = FaultyService.Fault.steps(HTTPResponse(status: 200, body: bomb.bytes).steps())
            let service = try FaultyService(fixture, ["GET \(path)": .always(body)])
            expect(await service.fetch().failure, service, at: path, bomb.name, bomb.words)
        }
    }

    @Test("the same in a document, as base64")
    func inDocument() async throws {
        let fixture = try MachineFixture.named("gcp/single-nic")
        let text = try #require(fixture.document["exchanges"]?.array?.first?["body"]?.string)
        let tree = try JSONText.decode(JSONValue.self, from: Array(text.utf8))
        for bomb in try Self.bombs.get() {
            let attributes: JSONValue = [
                "user-data": .string(Data(bomb.bytes).base64EncodedString()), "user-data-encoding": "base64",
            ]
            let body = try JSONText.encode(tree.setting(["instance", "attributes"], attributes))
            let service = try FaultyService(fixture, [FaultSite.tree.line: .always(.body(Array(body.utf8)))])
            expect(
                await service.fetch().failure, service, at: "/computeMetadata/v1/instance/attributes/user-data",
                bomb.name, bomb.words)
        }
    }
}
