import CTestSupport
import Documents
import Glibc
import Kernel
import Netlink
import RouteNetlink
import SystemPackage
import TestSupport
import Testing

@Suite("Interface addresses", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct InterfaceAddressTests {
    @Test("an address that we set is what ip shows, and a replacement changes its lifetimes")
    func add() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try run("ip link add eth0 type veth peer name eth1")
            var routes = try RouteConnection.open()
            let link = try routes.link(named: "eth0", until: soon)
            let prefix = try #require(IPPrefix("10.0.0.2/24"))
            var address = InterfaceAddress(
                linkIndex: link.index, prefix: prefix, broadcast: prefix.broadcast, validLifetime: .seconds(3600),
                preferredLifetime: .seconds(1800), protocol: 83)
            try routes.addAddress(address, until: soon)
            var shown = try #require(try ip("addr show eth0").first?["addr_info"]?.array?.first)
            #expect(shown["local"] == "10.0.0.2" && shown["prefixlen"] == 24 && shown["broadcast"] == "10.0.0.255")
            #expect(shown["scope"] == "global" && shown["dynamic"] == true)
            #expect((3590...3600).contains(try #require(shown["valid_life_time"]?.integer)))
            #expect((1790...1800).contains(try #require(shown["preferred_life_time"]?.integer)))

            let error = #expect(throws: NetlinkError.self) { try routes.addAddress(address, until: soon) }
            #expect(error?.errno == .fileExists && error?.subject == "address 10.0.0.2/24 on eth0")

            address.validLifetime = nil
            address.preferredLifetime = nil
            try routes.addAddress(address, mode: .replace, until: soon)
            shown = try #require(try ip("addr show eth0").first?["addr_info"]?.array?.first)
            #expect(shown["valid_life_time"] == 4_294_967_295)

            let read = try routes.addresses(until: soon).filter { $0.linkIndex == link.index }
            #expect(read.count == 1 && read.first?.prefix == prefix && read.first?.protocol == 83)
            #expect(read.first?.flags == .permanent && read.first?.validLifetime == nil)

            try routes.deleteAddress(address, until: soon)
            #expect(try routes.addresses(until: soon).isEmpty)
            let gone = #expect(throws: NetlinkError.self) { try routes.deleteAddress(address, until: soon) }
            #expect(gone?.errno == .addressNotAvailable)
            address.linkIndex = 99
            let missing = #expect(throws: NetlinkError.self) { try routes.addAddress(address, until: soon) }
            #expect(missing?.errno == Errno(rawValue: ENODEV) && missing?.subject == "address 10.0.0.2/24 on 99")
        }
    }

    @Test("IPv6 addresses keep their lifetimes, flags and protocol")
    func version6() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try run("ip link add eth0 type veth peer name eth1")
            var routes = try RouteConnection.open()
            let link = try routes.link(named: "eth0", until: soon)
            let address = InterfaceAddress(
                linkIndex: link.index, prefix: try #require(IPPrefix("2001:db8::2/64")), validLifetime: .seconds(600),
                preferredLifetime: .seconds(300), protocol: 83, flags: [.noDuplicateDetection, .noPrefixRoute])
            try routes.addAddress(address, until: soon)
            let shown = try #require(try ip("addr show eth0").first?["addr_info"]?.array?.first)
            #expect(shown["local"] == "2001:db8::2" && shown["prefixlen"] == 64 && shown["nodad"] == true)
            #expect(shown["noprefixroute"] == true)
            let read = try #require(try routes.addresses(until: soon).first)
            #expect(read.prefix == address.prefix && read.protocol == 83 && read.flags.contains(.noPrefixRoute))
            #expect((590...600).contains(try #require(read.validLifetime).components.seconds))
            #expect((290...300).contains(try #require(read.preferredLifetime).components.seconds))
            try routes.addAddress(address, mode: .replace, until: soon)
            try routes.deleteAddress(address, until: soon)
            #expect(try routes.addresses(until: soon).isEmpty)
        }
    }

    @Test("the addresses that ip sets are read as ip prints them")
    func list() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try run("ip link add eth0 type veth peer name eth1")
            for text in [
                "10.1.0.1/16 brd + dev eth0 label eth0:x", "10.1.0.2/16 dev eth0", "10.2.0.1 peer 10.2.0.9/32 dev eth0",
                "2001:db8::1/64 dev eth0 nodad", "192.0.2.1/32 scope link dev eth1 valid_lft 100 preferred_lft 50",
            ] { try run("ip address add \(text)") }
            try run("ip link set lo up")
            try run("ip link set eth0 up")
            try run("ip link set eth1 up")
            var routes = try RouteConnection.open()
            var ours: Set<String> = []
            var theirs: Set<String> = []
            let scopes: [String: Int] = ["global": 0, "link": 253, "host": 254]
            let deadline = soon
            // The links' own addresses come when their carriers do, between the two looks too.
            repeat {
                (ours, theirs) = ([], [])
                for address in try routes.addresses(until: soon) {
                    let local = address.prefix.address
                    ours.insert(
                        "\(address.linkIndex) \(local) \(address.peer.map { "\($0)" } ?? "-") \(address.prefix.length) "
                            + "\(address.broadcast.map { "\($0)" } ?? "-") \(address.label ?? "-") \(address.scope.rawValue)"
                    )
                }
                for link in try ip("address show") {
                    for entry in link["addr_info"]?.array ?? [] {
                        // With a peer, -d shows it as `address`.
                        theirs.insert(
                            "\(link["ifindex"]?.integer ?? 0) \(entry["local"]?.string ?? "") \(entry["address"]?.string ?? "-") "
                                + "\(entry["prefixlen"]?.integer ?? 0) \(entry["broadcast"]?.string ?? "-") "
                                + "\(entry["label"]?.string ?? "-") \(scopes[entry["scope"]?.string ?? ""] ?? -1)")
                    }
                }
            } while (ours != theirs || ours.count < 8) && !deadline.hasPassed
            #expect(ours == theirs && ours.count >= 8)
            let second = try routes.addresses(until: soon).first { $0.prefix == IPPrefix("10.1.0.2/16") }
            #expect(second?.flags.contains(.secondary) == true)
        }
    }
}
