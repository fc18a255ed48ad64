import Documents
import Kernel
import TestSupport
import Testing

@Suite("A metadata service that does wrong, on the command line")
struct MetadataFaultVerbTests {
    struct Row: Sendable {
        let name: String
        let platform: String
        let path: String
        let answer: String
        let exit: Int32
        /// In the message or the next step.
        let words: [String]
    }

    private static func answer(_ status: String, _ body: String, _ fields: String = "") -> String {
        "HTTP/1.1 \(status)\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private static let tree = "/computeMetadata/v1/?recursive=true&alt=json"
    private static let google = "Metadata-Flavor: Google\r\n"
    static let rows = [
        Row(
            name: "a captive portal", platform: "aws", path: "/latest/api/token",
            answer: answer("200 OK", "<html>Log in</html>"), exit: 1, words: ["something else answers"]),
        Row(
            name: "a captive portal for GCP", platform: "gcp", path: tree,
            answer: answer("200 OK", "<html>Log in</html>"),
            exit: 1, words: ["Metadata-Flavor: Google", "something else answers"]),
        Row(
            name: "a redirect", platform: "gcp", path: tree,
            answer: answer("302 Found", "", "Location: http://192.0.2.1/\r\n"), exit: 1,
            words: ["status 302", "does not redirect"]),
        Row(
            name: "turned off", platform: "aws", path: "/latest/api/token", answer: answer("403 Forbidden", ""),
            exit: 1,
            words: ["status 403", "--http-endpoint enabled"]),
        Row(
            name: "overloaded", platform: "aws", path: "/latest/api/token", answer: answer("503 Busy", ""), exit: 5,
            words: ["status 503"]),
        Row(
            name: "cut off", platform: "gcp", path: tree,
            answer: "HTTP/1.1 200 OK\r\n\(google)Content-Length: 100\r\n\r\n{", exit: 5, words: ["timed out"]),
        Row(
            name: "half of a machine", platform: "gcp", path: tree,
            answer: answer("200 OK", #"{"instance":{"id":7}}"#, google), exit: 5,
            words: ["instance.machineType, which every machine of gcp has"]),
        Row(
            name: "escapes for a terminal", platform: "digitalocean", path: "/metadata/v1.json",
            answer: answer("200 OK", #"{"droplet_id":1,"hostname":"\u001b[2Ja"}"#), exit: 1, words: ["hostname"]),
    ]

    @Test(
        "stdout stays empty; the error names the platform, the URL, the status and what to do",
        arguments: MetadataFaultVerbTests.rows)
    func wrong(row: Row) throws {
        let answer = row.answer
        let server = try RawServer { _ in [.text(answer)] }
        let endpoint = "http://127.0.0.1:\(server.port)"
        let command = "platform metadata --platform \(row.platform) --endpoint \(endpoint) --timeout 1"
        let outcome = try slipway(command)
        expectOneLine(outcome, exit: row.exit, "\(row.platform): ", endpoint + row.path, "; ")
        for words in row.words { #expect(outcome.errors.contains(words), "\(outcome.errors)") }
        let json = try slipway(command, "--json")
        #expect(json.status == .exited(row.exit) && json.output.isEmpty)
        let error = try json.errorDocument
        #expect(error?["message"]?.string?.isEmpty == false && error?["hint"]?.string?.isEmpty == false)
        #expect(!outcome.errors.utf8.dropLast().contains { $0 < 0x20 })
    }
}
