import Documents
import Kernel
import Netlink
import RouteDocuments
import RouteNetlink
import TestSupport

/// A deadline that no healthy kernel needs.
var soon: Deadline { Deadline(in: .seconds(10)) }

/// What `ip -j -d link show` says.
func linksOfPeer() throws -> [JSONValue] {
    try JSONText.decode(JSONValue.self, from: run("ip -j -d link show").output).array ?? []
}

/// What moves between two looks at a bridge.
let moving: Set<String> = [
    "hello_timer", "tcn_timer", "topology_change_timer", "gc_timer", "hold_timer", "message_age_timer",
    "forward_delay_timer",
]

/// Every difference between our view of this namespace's links and `ip`'s, when the kernel's deferred work is done.
func linkDifferences() throws -> [String] {
    var routes = try RouteConnection.open()
    var found = ["never looked"]
    for attempt in 0..<50 where !found.isEmpty {
        if attempt > 0 { pause() }
        let before = try linksOfPeer()
        let links = try routes.links(until: soon)
        let peers = try linksOfPeer()
        let directory = LinkDirectory(links)
        found = links.count == peers.count ? [] : ["\(links.count) links, the peer has \(peers.count)"]
        for (link, peer) in zip(links, peers) {
            found += differences(of: link.document(directory), from: peer, ignoring: moving, at: link.name)
        }
        // What changed between the peer's own two looks is settled by the next.
        if !found.isEmpty, zip(before, peers).allSatisfy({ differences(of: $0, from: $1, ignoring: moving).isEmpty }) {
            return found
        }
    }
    return found
}

private func pause() { _ = Monitor<Bool>(false).wait(until: Deadline(in: .milliseconds(20))) { $0 ? true : nil } }

/// Does what `ip link …` does with those words, by us.
func link(_ words: String) throws {
    var routes = try RouteConnection.open()
    let links = LinkDirectory(try routes.links(until: soon))
    let list = words.split(separator: " ").map { String($0) }
    switch list.first {
    case "add": try routes.addLink(LinkWords.parse(Array(list.dropFirst()), .add, links).settings, until: soon)
    case "set":
        let parsed = try LinkWords.parse(Array(list.dropFirst()), .set, links)
        guard let index = parsed.target.flatMap({ links.index(of: $0) }) else {
            throw WordError(.noLink(parsed.target ?? "", links.names), "set")
        }
        try routes.setLink(index, parsed.settings, until: soon)
    default: throw WordError(.unknown(["add", "set"], of: "link"), words)
    }
}
