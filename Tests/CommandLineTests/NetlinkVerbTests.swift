import Documents
import Kernel
import TestSupport
import Testing

@Suite("netlink decode")
struct NetlinkVerbTests {
    /// struct ifinfomsg of link 7 that is up, IFLA_MTU 1500, an attribute that nobody knows, IFLA_STATS64 of one member.
    private let link =
        "0000010007000000" + "0100000000000000" + "08000400dc050000" + "0700f003deadbe00" + "0c001700ffffffffffffffff"

    @Test("a message is told by name, and encoded again")
    func message() throws {
        let outcome = try slipway("netlink decode --kind link --json --hex", link.uppercased())
        #expect(outcome.status == .exited(0) && outcome.errors.isEmpty)
        let answer = try #require(try outcome.document.array?.first)
        #expect(answer["kind"] == "link" && answer["reencoded"]?.string == link)
        #expect(answer["value"]?["header"] == ["family": 0, "type": 1, "index": 7, "flags": 1, "change": 0])
        let attributes = try #require(answer["value"]?["attributes"]?.array)
        #expect(attributes.first == ["name": "IFLA_MTU", "value": 1500])
        #expect(attributes[1] == ["name": "IFLA_1008", "value": "deadbe"])
        #expect(attributes[2]["value"]?["rx_packets"] == .unsigned(.max))
        #expect(outcome.text.contains("18446744073709551615"))
        #expect(try slipway("netlink decode --kind link --hex", link).text.contains("IFLA_MTU 1500"))
    }

    @Test("a file's messages keep their ids; one that is malformed costs the answer, and is named with its place")
    func file() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/messages.json"
        try directory.write(
            "messages.json",
            #"[{"id":"a","kind":"link","hex":"\#(link)"},{"id":"b","kind":"nsid","hex":"000000000800040063000000"}]"#)
        let all = try slipway("netlink decode --json \(path)").document.array
        #expect(all?.compactMap { $0["id"]?.string } == ["a", "b"])
        #expect(all?[1]["value"]?["attributes"] == [["name": "NETNSA_TARGET_NSID", "value": 99]])
        let one = try slipway("netlink decode --kind nsid --json \(path)").document.array
        #expect(one?.compactMap { $0["id"]?.string } == ["b"])
        try directory.write(
            "messages.json",
            #"[{"id":"a","kind":"link","hex":"\#(link)"},{"id":"bad","kind":"link","hex":"\#(link.dropLast(2))"}]"#)
        expectOneLine(try slipway("netlink decode \(path)"), exit: 1, "bad", "at byte 32")
    }

    @Test("wrong use is told from a malformed message")
    func refusals() throws {
        expectOneLine(try slipway("netlink decode --kind link --hex 000"), exit: 1, "--hex", "even number")
        expectOneLine(try slipway("netlink decode /nonexistent"), exit: 1, "/nonexistent")
        for words in ["", "--hex 00", "--kind nosuch --hex 00", "--kind link"] {
            let outcome = try slipway("netlink decode \(words)")
            #expect(outcome.status == .exited(2) && outcome.output.isEmpty)
        }
    }
}
