import CTestSupport
import Documents
import Glibc
import Kernel
import Netlink
import RouteNetlink
import SystemPackage
import TestSupport
import Testing

@Suite("Links", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct LinkTests {
    @Test("the links that ip makes are read as ip prints them")
    func list() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try run("ip link add br0 type bridge")
            try run("ip link add eth0 mtu 1400 address 52:54:00:12:34:56 type veth peer name eth1")
            try run("ip link set eth0 master br0")
            try run("ip link set eth0 up")
            var routes = try RouteConnection.open()
            _ = try routes.links(until: soon)
            for step in ["eth1 up", "br0 up", "eth1 down"] {
                try run("ip link set \(step)")
                // The operational state follows on a work queue of the kernel's: both views are of a settled one.
                var links = try routes.links(until: soon)
                var peers = try ip("link show")
                for _ in 0..<50
                where links.map({ $0.operationalState.description }) != peers.map({ $0["operstate"]?.string }) {
                    usleep(20_000)
                    links = try routes.links(until: soon)
                    peers = try ip("link show")
                }
                #expect(links.count == 4 && peers.count == 4)
                for (link, peer) in zip(links, peers) { try same(link, peer, among: links) }
            }
            let one = try routes.link(named: "eth0", until: soon)
            #expect(one.macAddress == MACAddress("52:54:00:12:34:56") && one.maximumTransmissionUnit == 1400)
            // Not all of it: packets of the kernel's own are counted meanwhile.
            let again = try routes.link(index: one.index, until: soon)
            #expect(again.index == one.index && again.name == one.name && again.macAddress == one.macAddress)
        }
    }

    @Test("setting a link up or down changes nothing else of it")
    func upAndDown() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try run("ip link add eth0 type veth peer name eth1")
            try run("ip link set eth0 promisc on")
            var routes = try RouteConnection.open()
            let before = try routes.link(named: "eth0", until: soon)
            #expect(!before.isUp && before.type == .ethernet && before.kind == "veth")
            try routes.setLink(before.index, up: true, until: soon)
            try routes.setLink(before.index, up: true, until: soon)
            let flags = Set(try ip("link show eth0").first?["flags"]?.array ?? [])
            #expect(flags.isSuperset(of: ["UP", "BROADCAST", "MULTICAST", "PROMISC"]))
            try routes.setLink(before.index, up: false, until: soon)
            #expect(try routes.link(named: "eth0", until: soon).flags == before.flags)
            let loopback = try routes.link(named: "lo", until: soon)
            #expect(loopback.isLoopback && loopback.type == .loopback && loopback.index == 1)
        }
    }

    @Test("a missing link is ENODEV by its name, and one without rights EPERM")
    func errors() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            var routes = try RouteConnection.open()
            let missing = #expect(throws: NetlinkError.self) { try routes.link(named: "eth7", until: soon) }
            #expect(
                missing?.errno == Errno(rawValue: ENODEV) && missing?.subject == "link eth7"
                    && missing?.kind == .refused)
            let absent = #expect(throws: NetlinkError.self) { try routes.setLink(77, up: true, until: soon) }
            #expect(absent?.errno == Errno(rawValue: ENODEV) && absent?.subject == "link 77")
            // Rights are checked against the sender's at each request.
            #expect(seteuid(65534) == 0)
            let refused = #expect(throws: NetlinkError.self) { try routes.setLink(1, up: true, until: soon) }
            #expect(refused?.errno == .notPermitted && refused?.subject == "link lo" && refused?.operation == "set up")
            #expect(seteuid(0) == 0)
        }
    }

    @Test("two hundred lists leave no descriptor behind")
    func descriptors() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            _ = try RouteConnection.open()
            let before = try openDescriptorCount()
            for _ in 0..<200 {
                var routes = try RouteConnection.open()
                #expect(try routes.links(until: soon).count == 1)
            }
            #expect(try openDescriptorCount() <= before + 4, "but for the few that the runtime opens")
        }
    }
}

/// Compares our view of a link with ip's.
private func same(_ link: Link, _ peer: JSONValue, among links: [Link]) throws {
    #expect(peer["ifindex"]?.integer == Int64(link.index))
    #expect(peer["ifname"]?.string == link.name)
    #expect(peer["mtu"]?.integer == link.maximumTransmissionUnit.map { Int64($0) })
    #expect(peer["operstate"]?.string == link.operationalState.description)
    #expect(peer["address"]?.string == link.macAddress?.description)
    #expect(peer["link_type"]?.string == (link.type == .loopback ? "loopback" : "ether"))
    #expect(peer["linkinfo"]?["info_kind"]?.string == link.kind)
    #expect(peer["master"]?.string == links.first { $0.index == link.master }?.name)
    let flags = Set((peer["flags"]?.array ?? []).compactMap { $0.string })
    let named: [(String, LinkFlags)] = [
        ("UP", .up), ("BROADCAST", .broadcast), ("LOOPBACK", .loopback), ("LOWER_UP", .lowerUp),
        ("MULTICAST", .multicast),
        ("PROMISC", .promiscuous), ("ALLMULTI", .allMulticast), ("NOARP", .noARP),
    ]
    for (name, flag) in named { #expect(flags.contains(name) == link.flags.contains(flag), "\(link.name) \(name)") }
    // ip says NO-CARRIER of a link that is up and not running.
    #expect(flags.contains("NO-CARRIER") == (link.isUp && !link.flags.contains(.running)))
    if link.isUp, link.kind == "veth" { #expect(link.hasCarrier == link.flags.contains(.lowerUp)) }
}
