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
            var peer = try ServerNamespace.make()
            try peer.serve(
                "--dhcp-range=10.9.0.100,10.9.0.150,255.255.255.0,1h --dhcp-option=3,10.9.0.1 --dhcp-option=6,10.9.0.1,9.9.9.9 "
                    + "--dhcp-option=26,1400 --dhcp-option=42,10.9.0.7 --domain=example.org "
                    + "--dhcp-option=119,a.example.org,b.example.org --dhcp-option=58,600 --dhcp-option=59,1200")
            let before = try openDescriptorCount()
            let lease = try DHCPv4Client.acquire(
                interfaceIndex: peer.index, mac: peer.mac, hostname: "node-1", deadline: Deadline(in: .seconds(20)))
            // One lost packet would cost four seconds.
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
            var peer = try ServerNamespace.make()
            try peer.serve(
                "--dhcp-range=10.9.0.100,10.9.0.100,255.255.255.0,infinite --dhcp-option=1,255.255.255.255 --dhcp-option=3,10.9.0.66 "
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
            var peer = try ServerNamespace.make()
            try peer.serve("--dhcp-range=10.9.0.100,10.9.0.150,1h --dhcp-rapid-commit")
            _ = try DHCPv4Client.acquire(
                interfaceIndex: peer.index, mac: peer.mac, deadline: Deadline(in: .seconds(20)))
            let log = try peer.logText()
            #expect(log.contains("DHCPACK(server0)") && !log.contains("DHCPREQUEST(server0)"))
            try peer.stop()
        }
    }

    @Test("the server's refusal of what was not offered starts anew, and ends with a lease")
    func refusal() async {
        await #expect(processExitsWith: .success) {
            var peer = try ServerNamespace.make()
            try peer.serve("--dhcp-range=10.9.0.100,10.9.0.150,1h")
            let tampering = TamperingTransport(try PacketSocket.open(interfaceIndex: peer.index))
            let lease = try DHCPv4Client(tampering, mac: peer.mac).acquire(until: Deadline(in: .seconds(20)))
            #expect(lease.server == IPv4Address("10.9.0.1"))
            let log = try peer.logText()
            #expect(log.contains("DHCPNAK(server0) 10.99.0.5") && log.contains("DHCPACK(server0)"))
            try peer.stop()
        }
    }

    @Test("the filter lets replies to our transaction through, and nothing else of the link")
    func filter() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try run("ip link add one type veth peer name two")
            try run("ip link set one up")
            try run("ip link set two up")
            let mac = clientMAC
            let receiver = try PacketSocket.open(interfaceIndex: Int32(bitPattern: unsafe if_nametoindex("one")))
            let sender = try PacketSocket.open(interfaceIndex: Int32(bitPattern: unsafe if_nametoindex("two")))
            try receiver.listen(transaction: 7, hardwareAddress: mac)
            let good = packet(DHCPv4Message(.reply, transaction: 7, hardwareAddress: mac).encoded).bytes
            func spoiled(_ offset: Int) -> [UInt8] {
                var bytes = good
                bytes[offset] ^= 1
                return bytes
            }
            // Fragment, protocol, port, op, htype, hlen, xid, chaddr at both ends, cookie.
            for offset in [6, 7, 9, 23, 28, 29, 30, 35, 56, 61, 264] {
                // The kernel's own stack sets bit 5 of byte 6 for more fragments.
                try sender.broadcast(offset == 6 ? good[..<6] + [0x20] + good[7...] : spoiled(offset))
            }
            try sender.broadcast([])
            try sender.broadcast([UInt8](good.prefix(200)))
            try sender.broadcast(good)
            #expect(try receiver.receive(until: Deadline(in: .seconds(5)))?.bytes == good)
            #expect(try receiver.receive(until: Deadline(in: .milliseconds(50))) == nil)
        }
    }

    @Test("without a server the deadline ends it, with a reason")
    func noServer() async {
        await #expect(processExitsWith: .success) {
            let peer = try ServerNamespace.make()
            let start = MonotonicTime.now()
            let error = #expect(throws: DHCPError.self) {
                try DHCPv4Client.acquire(
                    interfaceIndex: peer.index, mac: peer.mac, deadline: Deadline(in: .milliseconds(700)))
            }
            #expect(error?.kind == .timedOut(.noOffer))
            #expect(error?.description == "acquire lease for 52:54:00:12:34:56: no DHCP server made an offer in time")
            #expect(MonotonicTime.now().since(start) >= .milliseconds(700))
        }
    }

    @Test("a link that is down, or absent, is an error at once")
    func down() async {
        await #expect(processExitsWith: .success) {
            let peer = try ServerNamespace.make()
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

/// A packet socket that asks, the first time, for an address that was not offered.
private final class TamperingTransport: DHCPv4Transport {
    private let socket: PacketSocket
    private let hasTampered = Monitor(false)

    init(_ socket: PacketSocket) { self.socket = socket }

    func listen(transaction: UInt32, hardwareAddress: MACAddress) throws(DHCPError) {
        try socket.listen(transaction: transaction, hardwareAddress: hardwareAddress)
    }

    func broadcast(_ packet: [UInt8]) throws(DHCPError) {
        var datagram = try UDPPacket(decoding: packet)
        var message = try DHCPv4Message(decoding: datagram.payload)
        if message.type == .request, !hasTampered.with({ $0 }) {
            hasTampered.with { $0 = true }
            message.options[.requestedAddress] = [10, 99, 0, 5]
            datagram.payload = message.encoded
        }
        try socket.broadcast(datagram.encoded)
    }

    func receive(until deadline: Deadline) throws(DHCPError) -> ReceivedPacket? {
        try socket.receive(until: deadline)
    }
}
