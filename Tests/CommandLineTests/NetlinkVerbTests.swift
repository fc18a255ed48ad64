import Documents
import Kernel
import SystemPackage
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

    @Test("a capture's messages are told by their place; the links in it are those that ip printed in the same boot")
    func capture() throws {
        let folder = FilePath(#filePath).removingLastComponent().removingLastComponent().appending("Fixtures/links")
        let outcome = try slipway("netlink decode --kind link --json \(folder)/kinds-debian-6.1.pcap")
        #expect(outcome.status == .exited(0))
        let messages = try #require(try outcome.document.array)
        let names = messages.compactMap { message in
            message["value"]?["attributes"]?.array?.first { $0["name"] == "IFLA_IFNAME" }?["value"]?.string
        }
        let ip = try JSONText.decode(
            JSONValue.self,
            from: try LiveFiles().contents(of: folder.appending("kinds-debian-6.1.json"), limit: 1 << 24))
        let links = try #require(ip["ip"]?.array)
        let printed = links.compactMap { $0["ifname"]?.string }
        #expect(printed.count > 50 && Set(printed).isSubset(of: names))
        let whole = try LiveFiles().contents(of: folder.appending("kinds-debian-6.1.pcap"), limit: 1 << 24)
        let directory = try TemporaryDirectory()
        try directory.write("cut.pcap", Array(whole.dropLast(7)))
        expectOneLine(try slipway("netlink decode \(directory.path)/cut.pcap"), exit: 1, "cut.pcap", "at byte")
        try directory.write("ng.pcap", [0x0a, 0x0d, 0x0d, 0x0a, 0x1c, 0, 0, 0])
        expectOneLine(try slipway("netlink decode \(directory.path)/ng.pcap"), exit: 1, "ng.pcap", "pcapng")
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
