import Documents
import Kernel
import Network
import SystemPackage
import TestSupport
import Testing

@Suite("A hostile network configuration", .serialized)
struct HostileNetworkTests {
    /// Values that no place of a network configuration takes as they are.
    private static let strange: [JSONValue] = [
        .null, true, -1, .integer(.min), .integer(.max), .unsigned(.max), .number(1e300), "", "\u{0}", "0/0", "::/128",
        .string(String(repeating: "9", count: 40)), .string(String(repeating: "ä", count: 3000)), [], [[]], [nil], [:],
        "1.e5s", ".", "1.", "99999999999h", "4294967295.999999h",
    ]

    /// All documents that have one value of `value` exchanged for `other`, or taken away.
    private static func variants(of value: JSONValue, _ other: JSONValue) -> [JSONValue] {
        var result: [JSONValue] = [other]
        switch value {
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                for variant in variants(of: element, other) {
                    var copy = elements
                    copy[index] = variant
                    result.append(.array(copy))
                }
            }
        case .object(let members):
            for (key, member) in members {
                for variant in variants(of: member, other) {
                    var copy = members
                    copy[key] = variant
                    result.append(.object(copy))
                }
            }
        default: break
        }
        return result
    }

    @Test(
        "any value in any place is read or refused",
        arguments: WrittenNetworkFixture.all("v1") + WrittenNetworkFixture.all("v2"))
    func everyPlace(fixture: WrittenNetworkFixture) async throws {
        let bytes = try LiveFiles().contents(of: fixture.path, limit: 1 << 20)
        let document = try JSONText.decode(JSONValue.self, from: bytes)
        let (read, refused, longest) = try await WorkerThread.run {
            var (read, refused, longest) = (0, 0, 0)
            for strange in Self.strange {
                for variant in Self.variants(of: document, strange) {
                    do throws(NetworkDocumentError) {
                        // Whatever is read can be said, too.
                        _ = try NetworkDocument(variant).network.document
                        read += 1
                    } catch {
                        longest = max(longest, error.description.utf8.count)
                        refused += 1
                    }
                }
            }
            return (read, refused, longest)
        }
        #expect(read > 0 && refused > 0 && longest < 2000)
    }

    @Test("more than is bearable is refused at once")
    func tooMany() throws {
        let many = Dictionary((0...4096).map { ("e\($0)", JSONValue.object([:])) }) { first, _ in first }
        #expect(throws: NetworkDocumentError.self) {
            try NetworkDocument(["version": 2, "ethernets": .object(many)])
        }
        let addresses = JSONValue.array(Array(repeating: "10.0.0.1/8", count: 5000))
        #expect(throws: NetworkDocumentError.self) {
            try NetworkDocument(["version": 2, "ethernets": ["e": ["addresses": addresses]]])
        }
    }

    @Test("a long chain of layers is no deep recursion")
    func chain() throws {
        var vlans: [String: JSONValue] = [:]
        for number in 1...4000 { vlans["v\(number)"] = ["id": 1, "link": .string("v\(number - 1)")] }
        let document = try NetworkDocument(["version": 2, "ethernets": ["v0": [:]], "vlans": .object(vlans)])
        #expect(document.network.interfaces.count == 4001 && document.warnings == [])
    }
}
