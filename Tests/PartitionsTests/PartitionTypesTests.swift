import Partitions
import TestSupport
import Testing

@Suite("The names of partition types")
struct PartitionTypesTests {
    @Test("those of the Discoverable Partitions Specification are systemd's")
    func discoverable() throws {
        // `root-alpha                  6523f8ae3eb14e2aa05a18b695ae656f`
        let lines = try run("systemd-id128 show").lines.dropFirst()
        #expect(lines.count > 100)
        for line in lines {
            let words = line.split(separator: " ").map(String.init)
            let digits = Array(words[1])
            let text = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
            let guid = try #require(GUID(text))
            // Those of another machine's second architecture are named by that.
            if words[0].contains("secondary") { continue }
            #expect(PartitionTypes.type(words[0]) == guid, "\(words[0])")
            // `root` is a name of the architecture's type, which has one of its own.
            let name = try #require(PartitionTypes.name(guid), "\(words[0])")
            #expect(PartitionTypes.type(name) == guid)
        }
    }

    @Test("every type that sfdisk knows has a name, and is found by it")
    func common() throws {
        let guids = try run("sfdisk -T -X gpt").lines.compactMap { GUID($0.prefix(36)) }
        #expect(guids.count > 150)
        for guid in guids {
            let name = try #require(PartitionTypes.name(guid), "\(guid)")
            #expect(PartitionTypes.type(name) == guid)
        }
    }

    @Test("a GUID is its own name, in either case; zeros and other words are none")
    func words() {
        let text = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"
        #expect(PartitionTypes.type(text)?.description == "C12A7328-F81F-11D2-BA4B-00A0C93EC93B")
        #expect(PartitionTypes.type("ESP") == PartitionTypes.type(text))
        #expect(PartitionTypes.type("00000000-0000-0000-0000-000000000000") == nil)
        for word in ["", "nonesuch", "root-", "c12a7328", text + "0"] { #expect(PartitionTypes.type(word) == nil) }
        #expect(Set(PartitionTypes.allNames).count == PartitionTypes.allNames.count)
    }
}
