import CTestSupport
import Documents
import Glibc
import Kernel
import Netlink
import RouteNetlink
import SystemPackage
import TestSupport
import Testing

@Suite("A namespace's netlink, recorded", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct ReplayTests {
    @Test("links, addresses and routes that ip made are the same in a replay, and ip agrees with both")
    func replay() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try makeNetwork()
            let recording = RecordingNetlink(before: LiveNetlink())
            let live = try View(recording)
            let capture = try #require(recording.capture)
            // Afterwards the host is another.
            let peers = try (ip("link show"), ip("address show"), ip("-4 route show"))
            try run("ip link delete br0")
            try run("ip link delete eth0")
            let replay = try ReplayNetlink(NetlinkCapture(pcap: capture.pcap()))
            #expect(try View(replay) == live)
            #expect(replay.unanswered == [])
            #expect(live.links.map(\.name) == peers.0.compactMap { $0["ifname"]?.string } && live.links.count == 4)
            #expect(
                live.links.map { Int64($0.maximumTransmissionUnit ?? 0) } == peers.0.compactMap { $0["mtu"]?.integer })
            let addresses = peers.1.flatMap { link in
                (link["addr_info"]?.array ?? []).compactMap { $0["local"]?.string }
            }
            #expect(Set(live.addresses.map { "\($0.prefix.address)" }) == Set(addresses) && addresses.count >= 2)
            #expect(live.routes.filter { $0.destination.address.isIPv4 }.count == peers.2.count)
            var routes = RouteConnection(replay.transport(.route))
            let error = #expect(throws: NetlinkError.self) { try routes.link(named: "never", until: soon) }
            guard case .unrecorded = error?.kind else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(error?.subject == "link never" && replay.unanswered.count == 1)
        }
    }

    @Test("each fault on the way comes out as a retry, a typed error, or nothing at all")
    func faults() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try makeNetwork()
            let recording = RecordingNetlink(before: LiveNetlink())
            let whole = try View(recording)
            let capture = try #require(recording.capture)
            // The answer to the first dump is a datagram of links and one of its end, or links with their end.
            let pieces = capture.datagrams.dropFirst().prefix { $0.direction == .toUser }.count
            #expect(pieces >= 2)
            func faulty(_ effect: NetlinkFault.Effect, at position: Int) throws -> FaultTransport {
                FaultTransport(
                    before: try ReplayNetlink(capture).transport(.route), [NetlinkFault(effect, at: position)])
            }
            // Asked again, or passed over: the answer is the whole one.
            for effect in [
                NetlinkFault.Effect.truncation, .dumpInterrupted(message: nil), .dumpInterrupted(message: 0),
                .foreignSender(77), .staleSequence,
            ] {
                // Cut, the last one takes the end with it: then nothing more comes, and the dump is asked for again.
                for position in 1...pieces {
                    let transport = try faulty(effect, at: position)
                    var routes = RouteConnection(transport)
                    #expect(try routes.links(until: soon) == whole.links, "\(effect) at \(position)")
                    #expect(try routes.addresses(until: soon) == whole.addresses, "\(effect) at \(position)")
                    #expect(transport.isExhausted, "\(effect) at \(position)")
                }
            }
            // The end twice: the second is nobody's.
            let twice = try faulty(.duplicated, at: pieces)
            var routes = RouteConnection(twice)
            _ = try routes.links(until: soon)
            #expect(try routes.addresses(until: soon) == whole.addresses && twice.isExhausted)
            // Lost: an error by its type, and the next request works.
            for position in 1...pieces {
                let transport = try faulty(.overrun, at: position)
                var routes = RouteConnection(transport)
                let lost = #expect(throws: NetlinkError.self) { try routes.links(until: soon) }
                #expect(lost?.kind == .overrun && lost?.operation == "list" && lost?.errno == .noBufferSpace)
                #expect(try routes.links(until: soon) == whole.links)
                #expect(try routes.addresses(until: soon) == whole.addresses && transport.isExhausted)
            }
            // The end never comes: a replay says so at once, where a kernel would be waited for until the deadline.
            var endless = RouteConnection(try faulty(.dropped, at: pieces))
            let gone = #expect(throws: NetlinkError.self) { try endless.links(until: soon) }
            guard case .unrecorded = gone?.kind else {
                Issue.record("\(String(describing: gone))")
                return
            }
        }
    }

    @Test("a live dump whose end is lost ends at its deadline, and the connection serves again")
    func lostEnd() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            let dropping = FaultTransport(
                before: try NetlinkSocket.open(.route), (1...2).map { NetlinkFault(.dropped, at: $0) })
            var routes = RouteConnection(dropping)
            let silence = #expect(throws: NetlinkError.self) {
                try routes.links(until: Deadline(in: .milliseconds(100)))
            }
            #expect(silence?.kind == .timedOut && silence?.subject == "links")
            var others = RouteConnection(try NetlinkSocket.open(.route))
            #expect(try others.links(until: soon).map(\.name) == ["lo"])
        }
    }

    @Test(
        "Wireshark reads a capture of ours as it was made",
        .enabled(if: unsafe access("/usr/bin/tshark", X_OK) == 0, "needs tshark"))
    func wireshark() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try makeNetwork()
            let recording = RecordingNetlink(before: LiveNetlink())
            _ = try View(recording)
            let capture = try #require(recording.capture)
            let directory = try TemporaryDirectory()
            try directory.write("links.pcap", capture.pcap())
            let fields = ["frame.time_epoch", "netlink.hatype", "netlink-route.nltype", "netlink-route.ifla_ifname"]
            let words = fields.map { "-e \($0)" }.joined(separator: " ")
            let told = try run("tshark -r \(directory.path)/links.pcap -T fields \(words)", timeout: .seconds(60)).lines
            let rows = told.map { $0.split(separator: "\t", omittingEmptySubsequences: false).map { String($0) } }
            #expect(rows.count == capture.datagrams.count && rows.allSatisfy { $0.count == 4 && $0[1] == "824" })
            for (row, datagram) in zip(rows, capture.datagrams) {
                let parts = (row.first ?? "").split(separator: ".").compactMap { Int64($0) }
                #expect(parts.count == 2 && (parts.first ?? 0) * 1_000_000_000 + (parts.last ?? 0) == datagram.time)
            }
            #expect(rows.first?[2] == "18" && rows.dropFirst().first?[2].hasPrefix("16") == true)
            let links = rows.flatMap { $0[3].split(separator: ",").map { String($0) } }
            #expect(Set(links) == ["lo", "br0", "eth0", "eth1"], "\(links)")
            let complaints = try run(
                "tshark -r \(directory.path)/links.pcap -Y _ws.malformed||_ws.expert", timeout: .seconds(60))
            #expect(complaints.output.isEmpty, "\(complaints.text)")
        }
    }
}

/// A bridge with a port, the port's peer with addresses of both families, and a route by them.
private func makeNetwork() throws {
    for command in [
        "link add br0 type bridge", "link add eth0 mtu 1400 address 52:54:00:12:34:56 type veth peer name eth1",
        "link set eth0 master br0", "link set br0 up", "link set eth0 up", "link set eth1 up", "link set lo up",
        "address add 192.0.2.2/24 dev eth1", "address add 2001:db8::2/64 dev eth1 nodad",
        "route add 198.51.100.0/24 via 192.0.2.1",
    ] { try run("ip \(command)") }
}

/// All that a connection lists.
private struct View: Hashable {
    let links: [Link]
    let addresses: [InterfaceAddress]
    let routes: [Route]

    init(_ source: any NetlinkSource) throws {
        var connection = RouteConnection(try source.open(.route))
        links = try connection.links(until: soon)
        addresses = try connection.addresses(until: soon)
        routes = try connection.routes(until: soon)
    }
}
