import Documents
import Kernel
import TestSupport
import Testing
import VirtualMachine

/// This machine's kernel may have no VLAN filtering (CONFIG_BRIDGE_VLAN_FILTERING); Debian's has.
@Suite("The VLANs of bridges and their ports, in a virtual machine", .machines)
struct BridgeVLANTests {
    private static let preparation = [
        "link add br0 type bridge vlan_filtering 1", "link add br1 type bridge", "link add p0 type dummy",
        "link add p1 type dummy", "link add p2 type dummy", "link add p3 type dummy", "link set p0 master br0",
        "link set p1 master br0", "link set p2 master br1",
    ]
    /// After `bridge vlan` and `slipway link vlan`, in this order.
    private static let changes = [
        "add vid 10-20 dev p0", "add vid 7 dev p0 pvid untagged", "add vid 6 dev p1 untagged", "add vid 5 dev br0 self",
        "add vid 12-14 dev p0 untagged", "add vid 4094 dev p1", "add vid 4093 dev p1 master", "delete vid 15 dev p0",
        "delete vid 1 dev p1", "add vid 100-200 dev p1", "delete vid 120-130 dev p1", "delete vid 1 dev br0 self",
        "delete vid 6 dev p1", "delete vid 4000-4094 dev p1", "delete vid 1-4094 dev p0",
    ]

    @Test("each change leaves what bridge's leaves, and the list has its keys")
    func likeBridge() async throws {
        let configuration = Lab.withAgent {
            $0.kernel = .generic
            $0.timeout = .seconds(300)
        }
        try await Lab.boot(configuration) { machine, _ in
            var agent = try Agent(machine)
            func run(_ words: String) throws -> String {
                let answer = try agent.run(words.split(separator: " ").map(String.init))
                #expect(answer.status == 0, "\(words): \(answer.errors)")
                return answer.output
            }
            func json(_ words: String) throws -> [JSONValue] {
                let text = try run(words)
                return try JSONText.decode(JSONValue.self, from: Array(text.utf8)).array ?? []
            }
            for space in ["a", "b"] {
                _ = try run("ip netns add \(space)")
                for line in Self.preparation { _ = try run("ip -n \(space) \(line)") }
            }
            let ours = "ip netns exec b /sbin/slipway link vlan"
            for change in Self.changes {
                _ = try run("bridge -n a vlan \(change.hasPrefix("delete") ? "del" + change.dropFirst(6) : change)")
                _ = try run("\(ours) \(change)")
                let theirs = try json("bridge -n a -j vlan show")
                #expect(try json("bridge -n b -j vlan show") == theirs, "\(change)")
                #expect(try json("\(ours) list --json") == theirs, "\(change)")
                let ranges = try json("bridge -n b -j -compressvlans vlan show")
                let compressed = try json("\(ours) list --compressvlans --json")
                #expect(compressed == ranges, "\(change): \(compressed), and bridge's \(ranges)")
            }
            _ = try run("bridge -n b vlan add vid 10-20 dev p0")
            for words in ["dev p0", "dev p1", "vid 12", "vid 77"] {
                let listed = try json("\(ours) list \(words) --json")
                let judge = try json("bridge -n b -j vlan show \(words)")
                #expect(listed == judge, "\(words)")
            }
            let refusals: [(String, Int32, String)] = [
                ("add vid 4095 dev p0", 2, "1 to 4094"), ("add vid 7-9 dev p0 pvid", 2, "of one VLAN"),
                ("add vid 9-7 dev p0", 2, "a range"), ("add vid 7 dev nosuch", 4, "the links are"),
                ("add vid 7 dev p3", 1, "CONFIG_BRIDGE_VLAN_FILTERING"), ("add vdi 7 dev p3", 2, "did you mean 'vid'?"),
                ("list dev nosuch", 4, "the links are"), ("list vid 0", 2, "1 to 4094"),
                ("list vdi 1", 2, "did you mean 'vid'?"),
            ]
            for (words, status, part) in refusals {
                let answer = try agent.run("\(ours) \(words)".split(separator: " ").map(String.init))
                #expect(answer.status == status && answer.errors.contains(part), "\(words): \(answer.errors)")
                #expect(answer.output.isEmpty)
            }
        }
    }
}
