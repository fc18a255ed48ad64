import CTestSupport
import DHCP
import Glibc
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("A lease from dnsmasq", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct DnsmasqTests {
    @Test("everything that the server is told to give arrives")
    func full() async {
        await #expect(processExitsWith: .success) {
            var peer = try ServerNamespace()
            try peer.serve(
                "--dhcp-range=10.9.0.100,10.9.0.150,255.255.255.0,1h --dhcp-option=3,10.9.0.1 --dhcp-option=6,10.9.0.1,9.9.9.9 "
                    + "--dhcp-option=26,1400 --dhcp-option=42,10.9.0.7 --domain=example.org "
                    + "--dhcp-option=119,a.example.org,b.example.org --dhcp-option=58,600 --dhcp-option=59,1200")
            let before = try openDescriptorCount()
            let start = MonotonicTime.now()
            let lease = try DHCPv4Client.acquire(
                interfaceIndex: peer.index, mac: peer.mac, hostname: "node-1", deadline: Deadline(in: .seconds(20)))
            // One lost packet would cost four seconds.
            #expect(MonotonicTime.now().since(start) < .seconds(2))
            #expect(try openDescriptorCount() == before)
            guard case .v4(let address) = lease.address.address else { return }
            #expect(lease.address.length == 24 && (0x0a09_0064...0x0a09_0096).contains(address.rawValue))
            #expect(lease.broadcast == IPv4Address("10.9.0.255") && lease.server == IPv4Address("10.9.0.1"))
            #expect(lease.routers == [IPv4Address("10.9.0.1")])
            #expect(lease.routes == [Lease.Route(destination: .defaultIPv4, gateway: IPv4Address("10.9.0.1"))])
            #expect(lease.nameServers == [IPv4Address("10.9.0.1"), IPv4Address("9.9.9.9")])
            #expect(lease.domain == "example.org" && lease.searchDomains == ["a.example.org", "b.example.org"])
            #expect(lease.timeServers == [IPv4Address("10.9.0.7")] && lease.maximumTransmissionUnit == 1400)
            #expect(lease.duration == .seconds(3600) && lease.hostName == nil)
            #expect(lease.renewal == .seconds(600) && lease.rebinding == .seconds(1200))
            // What the server thinks of us: its lease file has the address, our name and our identifier.
            let leases = String(
                decoding: try LiveFiles().contents(of: peer.directory.path.appending("leases"), limit: 4096),
                as: UTF8.self)
            #expect(leases.contains("52:54:00:12:34:56 \(address) node-1 01:52:54:00:12:34:56"))
            try peer.stop()
        }
    }

    @Test("classless routes void the router, and a unique identifier is kept")
    func classless() async {
        await #expect(processExitsWith: .success) {
            var peer = try ServerNamespace()
            try peer.serve(
                "--dhcp-range=10.9.0.100,10.9.0.100,255.255.255.255,infinite --dhcp-option=3,10.9.0.66 "
                    + "--dhcp-option=121,10.9.0.1/32,0.0.0.0,0.0.0.0/0,10.9.0.1,192.168.0.0/17,10.9.0.3")
            let lease = try DHCPv4Client.acquire(
                interfaceIndex: peer.index, mac: peer.mac,
                clientIdentifier: .unique(interface: 7, host: [0, 4, 1, 2, 3]), deadline: Deadline(in: .seconds(20)))
            let gateway = try #require(IPv4Address("10.9.0.1"))
            #expect(lease.routers.isEmpty && lease.duration == nil && lease.renewal == nil)
            #expect(lease.address.description == "10.9.0.100/32" && lease.broadcast == nil)
            #expect(
                lease.routes == [
                    Lease.Route(destination: IPPrefix(host: .v4(gateway)), gateway: nil),
                    Lease.Route(destination: .defaultIPv4, gateway: gateway),
                    Lease.Route(
                        destination: try #require(IPPrefix("192.168.0.0/17")), gateway: IPv4Address("10.9.0.3")),
                ])
            #expect(lease.routes.map { lease.needsOnLinkFlag($0) } == [false, true, true])
            let leases = String(
                decoding: try LiveFiles().contents(of: peer.directory.path.appending("leases"), limit: 4096),
                as: UTF8.self)
            #expect(leases.contains("ff:00:00:00:07:00:04:01:02:03"))
            try peer.stop()
        }
    }

    @Test("rapid commit costs two packets, not four")
    func rapidCommit() async {
        await #expect(processExitsWith: .success) {
            var peer = try ServerNamespace()
            try peer.serve("--dhcp-range=10.9.0.100,10.9.0.150,1h --dhcp-rapid-commit")
            _ = try DHCPv4Client.acquire(
                interfaceIndex: peer.index, mac: peer.mac, deadline: Deadline(in: .seconds(20)))
            let log = try peer.logText()
            #expect(log.contains("DHCPACK(server0)") && !log.contains("DHCPREQUEST(server0)"))
            try peer.stop()
        }
    }

    @Test("without a server the deadline ends it, with a reason")
    func noServer() async {
        await #expect(processExitsWith: .success) {
            let peer = try ServerNamespace()
            let start = MonotonicTime.now()
            let error = #expect(throws: DHCPError.self) {
                try DHCPv4Client.acquire(
                    interfaceIndex: peer.index, mac: peer.mac, deadline: Deadline(in: .milliseconds(700)))
            }
            #expect(error?.kind == .timedOut(.noOffer))
            #expect(error?.description == "acquire lease for 52:54:00:12:34:56: no DHCP server made an offer in time")
            #expect((Duration.milliseconds(700)...(.seconds(3))).contains(MonotonicTime.now().since(start)))
        }
    }

    @Test("a link that is down, or absent, is an error at once")
    func down() async {
        await #expect(processExitsWith: .success) {
            let peer = try ServerNamespace()
            try run("ip link set client0 down")
            let down = #expect(throws: DHCPError.self) {
                try DHCPv4Client.acquire(interfaceIndex: peer.index, mac: peer.mac, deadline: Deadline(in: .seconds(9)))
            }
            #expect(down?.errno == .networkDown && down?.kind == .system)
            let absent = #expect(throws: DHCPError.self) {
                try DHCPv4Client.acquire(interfaceIndex: 99, mac: peer.mac, deadline: Deadline(in: .seconds(9)))
            }
            #expect(absent?.errno == Errno(rawValue: ENODEV))
        }
    }
}
