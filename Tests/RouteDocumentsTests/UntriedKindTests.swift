import Documents
import Netlink
import RouteDocuments
import RouteNetlink
import TestSupport
import Testing

/// Kinds that no kernel of the fixtures made. The numbers and widths are those of linux/if_link.h (v6.13 for netkit's scrub), the words and
/// the keys those that iproute2's iplink_hsr.c, iplink_bareudp.c, iplink_rmnet.c and iplink_netkit.c read and print.
@Suite("Kinds of links that no kernel here makes, on bytes")
struct UntriedKindTests {
    /// The payload of each attribute, little-endian as on both machines.
    private func payloads(_ words: String, _ links: LinkDirectory) throws -> [Int: [UInt8]] {
        let list = ("x7 type " + words).split(separator: " ").map { String($0) }
        let attributes = try #require(try LinkWords.parse(list, .add, links).settings.options).attributes
        return Dictionary(attributes.types.map { ($0, attributes[bytes: $0] ?? []) }) { first, _ in first }
    }

    private func document(_ kind: String, _ payloads: [Int: [UInt8]], _ links: LinkDirectory) -> JSONValue? {
        var attributes = AttributeSet()
        for (type, payload) in payloads.sorted(by: { $0.key < $1.key }) { attributes[bytes: type] = payload }
        return LinkVocabulary.link(kind)?.document(attributes, links)
    }

    private func directory() throws -> LinkDirectory {
        LinkDirectory(try RecordedKinds().links.map { try RecordedLink.decode($0.body) })
    }

    @Test("hsr: the ports by number, the rest in a byte each")
    func redundancy() throws {
        let links = try directory()
        let names = Array(links.names.prefix(3))
        let numbers = try names.map { name in
            let index = try #require(links.index(of: name))
            return (0..<4).map { UInt8(truncatingIfNeeded: index >> (8 * $0)) }
        }
        var told = try payloads(
            "hsr slave1 \(names[0]) slave2 \(names[1]) interlink \(names[2]) supervision 45 version 1 proto 0", links)
        #expect(
            told == [1: numbers[0], 2: numbers[1], 8: numbers[2], 3: [45], 6: [1], 7: [0]])
        told[4] = [0x01, 0x15, 0x4e, 0, 1, 0x2d]
        told[5] = [0xe8, 3]
        let printed = document("hsr", told, links)
        let expected: JSONValue = [
            "slave1": .string(names[0]), "slave2": .string(names[1]), "interlink": .string(names[2]), "seq_nr": 1000,
            "supervision_addr": "01:15:4e:00:01:2d", "proto": 0,
        ]
        #expect(differences(of: printed, from: expected) == [])
        // ip prints a port that has gone as null.
        #expect(document("hsr", [7: [1]], links)?["slave1"] == .some(.null))
        #expect(throws: WordError.self) { try payloads("hsr slave1 nosuch", links) }
        #expect(throws: WordError.self) { try payloads("hsr supervision 256", links) }
    }

    @Test("bareudp: the ports and the protocol, some in network order; what has to be said is missed")
    func bareUDP() throws {
        let links = LinkDirectory()
        let told = try payloads("bareudp dstport 6635 ethertype mpls_uc srcportmin 100 multiproto", links)
        #expect(told == [1: [0x19, 0xeb], 2: [0x88, 0x47], 3: [100, 0], 4: []])
        let expected: JSONValue = ["dstport": 6635, "ethertype": "mpls_uc", "srcportmin": 100, "multiproto": true]
        #expect(differences(of: document("bareudp", told, links), from: expected) == [])
        #expect(throws: WordError.self) { try payloads("bareudp dstport 6635", links) }
        #expect(throws: WordError.self) { try payloads("bareudp ethertype ip", links) }
    }

    @Test("rmnet: each flag that is said is in the mask")
    func rmnet() throws {
        let links = LinkDirectory()
        let told = try payloads(
            "rmnet mux_id 5 ingress-deaggregation on egress-mapv4-checksum off egress-mapv5-checksum on", links)
        #expect(told == [1: [5, 0], 2: [0x21, 0, 0, 0, 0x29, 0, 0, 0]])
        let expected: JSONValue = ["mux_id": 5, "flags": ["INGRESS_DEAGGREGATION", "EGRESS_MAP_CKSUMV5"]]
        #expect(differences(of: document("rmnet", told, links), from: expected) == [])
        #expect(throws: WordError.self) { try payloads("rmnet mux_id 255", links) }
        #expect(throws: WordError.self) { try payloads("rmnet mux_id 5 ingress-commands maybe", links) }
    }

    @Test("netkit: what is said after 'peer' is the peer's")
    func netkit() throws {
        let links = LinkDirectory()
        var told = try payloads("netkit mode l2 blackhole scrub none peer forward scrub default", links)
        #expect(told == [5: [0, 0, 0, 0], 3: [2, 0, 0, 0], 6: [0, 0, 0, 0], 4: [0, 0, 0, 0], 7: [1, 0, 0, 0]])
        told[2] = [1]
        let expected: JSONValue = [
            "mode": "l2", "type": "primary", "policy": "blackhole", "peer_policy": "forward", "scrub": "none",
            "peer_scrub": "default",
        ]
        #expect(differences(of: document("netkit", told, links), from: expected) == [])
        // Past the peer's own words come those of any link, after its header (struct ifinfomsg, 16 bytes).
        let pair = try payloads("netkit peer blackhole name nk1 mtu 1400", links)
        #expect(pair[4] == [2, 0, 0, 0] && pair[1]?.contains(UInt8(ascii: "k")) == true)
        #expect(throws: WordError.self) { try payloads("netkit mode l4", links) }
    }

    @Test("vxcan: the peer's words, as veth has them")
    func pairs() throws {
        let links = LinkDirectory()
        let told = try payloads("vxcan peer name can1 mtu 72", links)
        let veth = try payloads("veth peer name can1 mtu 72", links)
        #expect(told.keys.sorted() == [1] && told == veth)
    }
}
