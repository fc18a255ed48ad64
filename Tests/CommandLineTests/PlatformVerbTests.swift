import Documents
import Glibc
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("The platform's verbs")
struct PlatformVerbTests {
    @Test(
        "detection judges a document of facts",
        arguments: [
            (#"{"dmi":{"sys_vendor":"Amazon EC2","bios_vendor":"Amazon EC2"}}"#, "aws"),
            (#"{"dmi":{"product_name":"Google Compute Engine"}}"#, "gcp"),
            (#"{"dmi":{"sys_vendor":"VMware, Inc.","product_name":"VMware7,1"}}"#, "vmware"),
        ])
    func facts(_ document: String, _ platform: String) throws {
        let directory = try TemporaryDirectory()
        try directory.write("facts", document)
        let outcome = try slipway("platform detect --json --facts \(directory.path)/facts")
        #expect(outcome.status == .exited(0) && outcome.errors.isEmpty)
        #expect(try outcome.document["platform"] == .string(platform))
        #expect(try slipway("platform detect --facts \(directory.path)/facts").text.contains(platform))
    }

    @Test("a document that is none, or is not there, is exit 1 in one line")
    func badFacts() throws {
        let directory = try TemporaryDirectory()
        for text in ["", "{", "[]", #"{"dmi":7}"#, "\u{0}\u{1}"] {
            try directory.write("facts", text)
            expectOneLine(try slipway("platform detect --facts \(directory.path)/facts"), exit: 1, "facts")
        }
        expectOneLine(try slipway("platform detect --facts /nonesuch"), exit: 1, "No such file or directory")
    }

    @Test("metadata of the served tree is exit 0, and the document has its values")
    func metadata() throws {
        let cloud = try Cloud()
        let outcome = try slipway(cloud.command + ["--json"])
        #expect(outcome.status == .exited(0), "\(outcome.errors)")
        let document = try outcome.document
        #expect(document["instance_id"]?.string == cloud.instance && document["hostname"] == "node-cli")
        #expect(try slipway(cloud.command).text.contains(cloud.instance))
        let requests = try cloud.server.requests().compactMap { $0["method"]?.string }
        #expect(requests.first == "PUT" && requests.dropFirst().contains("GET"))
    }

    @Test("a service that refuses is exit 1, with nothing on stdout")
    func refused() throws {
        for path in ["/latest/api/token", "/latest/meta-data/instance-id"] {
            let cloud = try Cloud(["--fault", "status:\(path):403"])
            expectOneLine(try slipway(cloud.command), exit: 1, "http://127.0.0.1:")
        }
    }

    @Test("a platform whose metadata nobody fetches is exit 4; one that does not exist is a wrong use")
    func noMetadata() throws {
        expectOneLine(try slipway("platform metadata --platform metal"), exit: 4, "; ")
        expectOneLine(try slipway("platform metadata --endpoint nonsense"), exit: 2, "http://ADDRESS")
        expectOneLine(try slipway("platform metadata --platform nonesuch"), exit: 2, "nonesuch", "the platforms are")
    }

    @Test("metadata that never becomes complete is exit 5, and the line says what is missing")
    func incomplete() throws {
        let directory = try TemporaryDirectory()
        try directory.write("tree/latest/meta-data/instance-id", "i-0")
        let server = try MetadataServer(serving: directory.path.appending("tree"), scratch: directory.path)
        let endpoint = "http://127.0.0.1:\(server.port)"
        expectOneLine(
            try slipway("platform metadata --platform aws --endpoint \(endpoint) --timeout 2"), exit: 5,
            ", which every machine of aws has")
    }

    @Test("a service that does not answer in time is exit 5, with nothing on stdout")
    func timedOut() throws {
        let cloud = try Cloud(["--fault", "delay:/latest/meta-data/instance-id:30000"])
        let start = MonotonicTime.now()
        expectOneLine(try slipway(cloud.command + ["--timeout", "1"]), exit: 5)
        #expect(MonotonicTime.now().since(start) < .seconds(15))
        let json = try slipway(cloud.command + ["--timeout", "1", "--json"])
        #expect(json.status == .exited(5) && json.output.isEmpty)
        #expect(try json.errorDocument?["operation"] == "platform metadata")
    }
}
