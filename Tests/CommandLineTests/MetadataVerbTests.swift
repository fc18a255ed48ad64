import Documents
import FoundationEssentials
import Glibc
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("Metadata on the command line: recorded, watched, as a network")
struct MetadataVerbTests {
    @Test("a recording answers byte for byte, without the service, and holds neither token nor user data")
    func recording() throws {
        let cloud = try Cloud()
        let secret = "secret-\(UInt64.random(in: .min ... .max))"
        try cloud.serve("user-data", secret)
        let scratch = try TemporaryDirectory()
        let file = "\(scratch.path)/node.slipway"
        let recorded = try slipway(["record", "--json", "-o", file] + cloud.service)
        #expect(recorded.status == .exited(0), "\(recorded.errors)")
        let manifest = try recorded.document
        #expect(manifest["planes"]?.array?.contains("metadata") == true)
        #expect(manifest["answered"]?.array?.contains("platform metadata") == true, "\(manifest)")
        let redacted = (manifest["redacted"]?.array ?? []).compactMap(\.string)
        #expect(redacted.contains { $0.hasSuffix("/latest/user-data") })
        #expect(redacted.contains { $0.hasPrefix("PUT ") && $0.hasSuffix("/latest/api/token") })
        // The archive is plain: tar keeps bodies as they are.
        let bytes = try HostRoot.live.contents(of: FilePath(file), limit: 64 << 20)
        #expect(!bytes.tells(secret: Array(secret.utf8), base64: Data(secret.utf8).base64EncodedString()))
        for request in try cloud.server.requests() { #expect(request["status"] != 401) }
        _ = try cloud.server.stop()
        let stored = try run("tar -xOf \(file) answers/platform-metadata.json").output
        let replayed = try slipway("platform metadata --json --replay \(file)")
        #expect(replayed.status == .exited(0) && replayed.errors.isEmpty, "\(replayed.errors)")
        #expect(replayed.output == stored && !stored.isEmpty)
        let document = try replayed.document
        #expect(document["instance_id"]?.string == cloud.instance)
        #expect(document["user_data"] == .string(Data("<redacted>".utf8).base64EncodedString()))
        // Of another platform the recording has nothing.
        expectOneLine(
            try slipway("platform metadata --platform gcp --replay \(file)"), exit: 1, "the recording has nothing of")
    }

    @Test("the network that metadata asks for has the interface's addresses, router and prefix")
    func network() throws {
        let cloud = try Cloud()
        let interface = "meta-data/network/interfaces/macs/52:54:00:12:34:56"
        try cloud.serve("\(interface)/local-ipv4s", "10.0.2.15\n10.0.2.16")
        try cloud.serve("\(interface)/ipv4-prefix", "10.0.2.64/28")
        let outcome = try slipway(cloud.command + ["--network", "--json"])
        #expect(outcome.status == .exited(0), "\(outcome.errors)")
        let link = try outcome.document["interfaces"]?.array?.first
        #expect(link?["mac"] == "52:54:00:12:34:56")
        #expect(link?["addresses"] == ["10.0.2.15/24", "10.0.2.16/24"])
        #expect(link?["prefixes"] == ["10.0.2.64/28"])
        #expect(link?["routes"]?.array?.first?["dst"] == "default")
        #expect(link?["routes"]?.array?.first?["gateway"] == "10.0.2.1")
        #expect(try outcome.document["hostname"] == "node-cli")
    }

    @Test("a watch tells what there is, then an end that is announced, another address, a tag; and ends by its time")
    func watch() throws {
        let cloud = try Cloud()
        let interface = "meta-data/network/interfaces/macs/52:54:00:12:34:56"
        let command = ["timeout", "60", try builtProduct(named: "slipway").string] + cloud.command
        let scratch = try TemporaryDirectory()
        let output = "\(scratch.path)/events"
        let child = try ChildProcess.spawn(
            "/bin/sh",
            ["sh", "-c", (command + ["--watch", "--json", "--timeout", "25"]).joined(separator: " ") + " >\(output)"])
        func events() throws -> [JSONValue] {
            let bytes = (try? HostRoot.live.contents(of: FilePath(output), limit: 1 << 20)) ?? []
            return try bytes.split(separator: 0x0a).map { try JSONText.decode(JSONValue.self, from: Array($0)) }
        }
        func next(_ name: String) throws -> JSONValue? {
            let limit = Deadline(in: .seconds(20))
            while !limit.hasPassed {
                if let event = try events().first(where: { $0["event"]?.string == name }) { return event }
                usleep(100_000)
            }
            return nil
        }
        #expect(try next("present")?["metadata"]?["instance_id"]?.string == cloud.instance)
        let end = #"{"action":"terminate","time":"2026-11-25T08:22:00Z"}"#
        try cloud.serve("meta-data/spot/instance-action", end)
        try cloud.serve("\(interface)/local-ipv4s", "10.0.2.15\n10.0.2.17")
        #expect(try next("termination")?["value"]?["action"] == "terminate")
        let addresses = try next("network")?["network"]?["interfaces"]?.array?.first?["addresses"]
        #expect(addresses == ["10.0.2.15/24", "10.0.2.17/24"])
        #expect(try next("changed")?["keys"] == ["addresses"])
        let status = try child.wait(until: Deadline(in: .seconds(60)))
        #expect(status == .exited(0))
        #expect(try events().first?["event"] == "present")
    }

    @Test("each platform of the registry is listed once, with what it is told by and whether it is asked")
    func list() throws {
        let rows = try slipway("platform list --json").document.array ?? []
        let names = rows.compactMap { $0["platform"]?.string }
        #expect(names == Set(names).sorted() && names.contains("metal") && names.count >= 28)
        let aws = rows.first { $0["platform"] == "aws" }
        #expect(aws?["metadata"] == true && aws?["data_source"] == "imds")
        #expect(
            aws?["marks"]?.array?.contains { $0["source"] == "dmi.sys_vendor" && $0["value"] == "Amazon EC2" } == true)
        let table = try slipway("platform list").text
        for name in names { #expect(table.contains(name)) }
    }
}
