import Documents
import Kernel
import Netlink
import RouteDocuments
import RouteNetlink
import SystemPackage
import TestSupport
import Testing

/// Links of Debian's kernel: each the message's body, and what `ip -j -d` said of it in the same moment (Tests/Fixtures/links).
struct RecordedLink {
    let body: [UInt8]
    let peer: JSONValue

    static func all() throws -> [RecordedLink] {
        let tests = FilePath(#filePath).removingLastComponent().removingLastComponent()
        let bytes = try LiveFiles().contents(of: tests.appending("Fixtures/links/debian-6.1.json"), limit: 4 << 20)
        return try (JSONText.decode(JSONValue.self, from: bytes)["links"]?.array ?? []).map { entry in
            let digits = Array(try #require(entry["message"]?.string).utf8)
            let body = stride(from: 0, to: digits.count - 1, by: 2).map { place in
                UInt8(String(decoding: digits[place...place + 1], as: UTF8.self), radix: 16)
            }
            return RecordedLink(body: try body.map { try #require($0) }, peer: try #require(entry["ip"]))
        }
    }

    /// Decodes a body, in a message of the kernel's.
    static func decode(_ body: [UInt8]) throws -> Link {
        var request = NetlinkRequest("test", type: 16)
        request.body.append(bytes: body)
        let bytes = try request.encoded(sequence: 1, port: 1)
        var cursor = MessageCursor()
        let message = try #require(try cursor.next(unsafe bytes.span.bytes))
        return try Link(message, in: unsafe bytes.span.bytes)
    }
}

@Suite("Links that Debian's kernel told")
struct RecordedLinkTests {
    @Test("every kind that has a vocabulary prints each key and value that ip printed")
    func documents() throws {
        let recorded = try RecordedLink.all()
        let links = try recorded.map { try RecordedLink.decode($0.body) }
        let directory = LinkDirectory(links)
        var kinds: Set<String> = []
        for (link, recording) in zip(links, recorded) {
            // The kernel's timers ran on between the two.
            var ignored: Set = [
                "hello_timer", "tcn_timer", "topology_change_timer", "gc_timer", "hold_timer", "message_age_timer",
                "forward_delay_timer",
            ]
            // A kind without a vocabulary has its name alone.
            if let kind = link.kind {
                if LinkVocabulary.link(kind) == nil { ignored.insert("info_data") } else { kinds.insert(kind) }
            }
            var peer = recording.peer
            if ignored.contains("info_data") { peer = peer.without("info_data", in: "linkinfo") }
            #expect(differences(of: link.document(directory), from: peer, ignoring: ignored) == [], "\(link.name)")
        }
        #expect(kinds.isSuperset(of: ["bond", "bridge", "dummy", "veth", "vlan", "vrf", "vxlan"]))
    }

    @Test("each message is encoded again byte for byte")
    func roundTrip() throws {
        for recording in try RecordedLink.all() {
            let link = try RecordedLink.decode(recording.body)
            #expect(link.encoded == recording.body, "\(link.name)")
            // The options too, through the types of the kinds.
            if let options = link.options { #expect(options.kindName == link.kind) }
        }
    }

    @Test("damaged and cut messages neither trap nor loop, in whatever is asked of them")
    func damage() throws {
        var random = SeededGenerator(seed: 0x11_4b)
        for recording in try RecordedLink.all() {
            for _ in 0..<200 {
                guard let link = try? RecordedLink.decode(random.damaged(recording.body)) else { continue }
                _ = link.document(LinkDirectory([link]))
                _ = link.version4Settings
                _ = link.version6?.statistics
                _ = link.deviceMap
            }
            for count in stride(from: 0, to: recording.body.count, by: 7) {
                guard let link = try? RecordedLink.decode(Array(recording.body.prefix(count))) else { continue }
                _ = link.document(LinkDirectory([link]))
            }
        }
    }
}

extension JSONValue {
    /// The same without a member of a member.
    fileprivate func without(_ key: String, in outer: String) -> JSONValue {
        guard case .object(var members) = self, case .object(var inner)? = members[outer] else { return self }
        inner[key] = nil
        members[outer] = .object(inner)
        return .object(members)
    }
}
