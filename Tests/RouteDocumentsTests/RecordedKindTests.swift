import Documents
import Kernel
import Netlink
import RouteDocuments
import RouteNetlink
import SystemPackage
import TestSupport
import Testing

/// `ip`'s own dump of the links of every kind that Debian's kernel can make, as nlmon saw it, and what `ip -j -d` printed of it
/// (Tests/Fixtures/links/kinds-debian-6.1.*; kinds.batch has the commands).
struct RecordedKinds {
    let links: [RecordedLink]

    init() throws {
        let fixtures = FilePath(#filePath).removingLastComponent().removingLastComponent().appending("Fixtures/links")
        let text = try LiveFiles().contents(of: fixtures.appending("kinds-debian-6.1.json"), limit: 4 << 20)
        let peers = try #require(try JSONText.decode(JSONValue.self, from: text)["ip"]?.array)
        let capture = try LiveFiles().contents(of: fixtures.appending("kinds-debian-6.1.pcap"), limit: 4 << 20)
        let bodies = try Self.bodies(capture)
        try #require(bodies.count == peers.count)
        links = zip(bodies, peers).map { RecordedLink(body: $0, peer: $1) }
    }

    /// The lines that `ip -batch` read.
    static func commands() throws -> [String] {
        let tests = FilePath(#filePath).removingLastComponent().removingLastComponent()
        let bytes = try LiveFiles().contents(of: tests.appending("Fixtures/links/kinds.batch"), limit: 1 << 20)
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// The bodies of the dump's RTM_NEWLINK: a pcap of DLT_NETLINK, whose packets have 16 bytes before the messages.
    private static func bodies(_ capture: [UInt8]) throws -> [[UInt8]] {
        try #require(capture.prefix(4) == [0xd4, 0xc3, 0xb2, 0xa1] && capture[20] == 253)
        var bodies: [[UInt8]] = []
        var place = 24
        while place + 16 <= capture.count {
            let length = (8..<12).reversed().reduce(0) { $0 << 8 | Int(capture[place + $1]) }
            let end = place + 16 + length
            try #require(length >= 16 && end <= capture.count)
            let packet = Array(capture[place + 32..<end])
            place = end
            var cursor = MessageCursor()
            while let message = try cursor.next(unsafe packet.span.bytes) {
                // NLM_F_MULTI: of the dump, and no notification.
                if message.type == 16, message.flags.contains(.multipart) { bodies.append(Array(packet[message.body])) }
            }
        }
        return bodies
    }
}

@Suite("Links of every kind that Debian's kernel told ip")
struct RecordedKindTests {
    private static let kinds: Set = [
        "can", "dummy", "erspan", "geneve", "gre", "gretap", "gtp", "ifb", "ip6erspan", "ip6gre", "ip6gretap", "ip6tnl",
        "ipip", "ipvlan", "ipvtap", "macsec", "macvlan", "macvtap", "nlmon", "sit", "team", "tun", "vcan", "vti",
        "vti6",
        "wireguard", "xfrm",
    ]

    @Test("each is printed with every key and value that ip printed, and its options with no other")
    func documents() throws {
        let recorded = try RecordedKinds().links
        let links = try recorded.map { try RecordedLink.decode($0.body) }
        let directory = LinkDirectory(links)
        for (link, recording) in zip(links, recorded) {
            let document = link.document(directory)
            #expect(differences(of: document, from: recording.peer) == [], "\(link.name)")
            let options = document["linkinfo"]?["info_data"]
            #expect((options == nil) == (recording.peer["linkinfo"]?["info_data"] == nil), "\(link.name)")
            if let options {
                #expect(differences(of: recording.peer["linkinfo"]?["info_data"], from: options) == [], "\(link.name)")
            }
        }
        #expect(Self.kinds.isSubset(of: links.compactMap(\.kind)))
    }

    @Test("the words that ip made each link of become what ip printed of it")
    func words() throws {
        let recorded = try RecordedKinds().links
        let directory = try LinkDirectory(recorded.map { try RecordedLink.decode($0.body) })
        let peers = Dictionary(recorded.map { ($0.peer["ifname"]?.string ?? "", $0.peer) }) { first, _ in first }
        var kinds: Set<String> = []
        for line in try RecordedKinds.commands().filter({ $0.hasPrefix("link add ") }) {
            let words = line.split(separator: " ").map(String.init)
            let settings = try LinkWords.parse(Array(words.dropFirst(2)), .add, directory).settings
            let options = try #require(settings.options)
            let peer = try #require(peers[settings.name ?? ""])
            #expect(options.kindName == peer["linkinfo"]?["info_kind"]?.string, "\(line)")
            let document = LinkVocabulary.link(options.kindName)?.document(options.attributes, directory)
            guard let document else { continue }
            kinds.insert(options.kindName)
            // What the request says is what the kernel tells; the kernel tells more. `external` goes alone, and ip prints an absent
            // pmtudisc as false.
            let silent: Set<String> = words.contains("external") ? ["pmtudisc"] : []
            let told = peer["linkinfo"]?["info_data"]
            #expect(differences(of: told, from: document, ignoring: silent) == [], "\(line)")
        }
        #expect(kinds.count == 19)
    }

    @Test("each message is encoded again byte for byte, and its options by way of the kind's type")
    func roundTrip() throws {
        for recording in try RecordedKinds().links {
            let link = try RecordedLink.decode(recording.body)
            #expect(link.encoded == recording.body, "\(link.name)")
            guard let options = link.options, Self.kinds.contains(options.kindName) else { continue }
            #expect(!(options is UnknownLinkKind), "\(link.name)")
        }
    }

    @Test("damaged and cut messages neither trap nor loop, in whatever is asked of them")
    func damage() throws {
        var random = SeededGenerator(seed: 0x61)
        for recording in try RecordedKinds().links {
            for _ in 0..<100 {
                guard let link = try? RecordedLink.decode(random.damaged(recording.body)) else { continue }
                _ = link.document(LinkDirectory([link]))
            }
            for count in stride(from: 0, to: recording.body.count, by: 7) {
                guard let link = try? RecordedLink.decode(Array(recording.body.prefix(count))) else { continue }
                _ = link.document(LinkDirectory([link]))
            }
        }
    }
}
