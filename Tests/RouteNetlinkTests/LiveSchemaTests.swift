import CTestSupport
import Glibc
import Kernel
import Netlink
import RouteNetlink
import TestSupport
import Testing

@Suite("The kernel's messages by their schema", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct LiveSchemaTests {
    @Test("all that ip makes comes back byte for byte, with the values that ip was given")
    func dumps() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            for command in [
                "link add br0 type bridge ageing_time 20000 forward_delay 1200",
                "link add eth0 type veth peer name eth1",
                "link set eth0 master br0", "link set eth0 mtu 1400 alias uplink", "link set eth0 up",
                "link set br0 up",
                "link set lo up", "link set eth1 up", "link property add dev eth1 altname other",
                "address add 10.1.2.3/24 dev br0 valid_lft 3000 preferred_lft 2000",
                "address add fd00::1/64 dev br0 nodad",
                "route add 192.0.2.0/24 via 10.1.2.9 metric 77 mtu 1300 table 123",
                "route add 198.51.100.0/24 nexthop via 10.1.2.9 weight 3 nexthop via 10.1.2.10",
                "route add blackhole 203.0.113.0/24", "route add fd01::/64 via fd00::9",
                "rule add from 10.0.0.0/8 fwmark 5/7 table 123 priority 500",
                "neighbor add 10.1.2.7 lladdr 02:00:00:00:00:07 dev br0 nud permanent",
            ] { try run("ip \(command)") }
            // RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE, RTM_GETNEIGH, RTM_GETRULE, RTM_GETNEIGHTBL, RTM_GETQDISC
            let requests: [(UInt16, Int)] = [(18, 16), (22, 8), (26, 12), (30, 12), (34, 12), (66, 4), (38, 20)]
            var all: [DecodedMessage] = []
            for (type, size) in requests {
                var connection = try NetlinkConnection.open(.route)
                var request = NetlinkRequest("list", type: type)
                request.body.append(bytes: [UInt8](repeating: 0, count: size))
                all += try connection.dump(request, until: Deadline(in: .seconds(10)), into: []) {
                    (messages: inout [DecodedMessage], message, bytes) throws(NetlinkError) in
                    guard let schema = RouteMessageKind(messageType: message.type)?.schema else { return }
                    let body = bytes.extracting(message.body)
                    let decoded = try schema.decode(body)
                    // SAFETY: the span has that many bytes.
                    let original = (0..<body.byteCount).map {
                        unsafe body.unsafeLoad(fromByteOffset: $0, as: UInt8.self)
                    }
                    #expect(try decoded.encoded() == original, "\(decoded.kind)")
                    messages.append(decoded)
                }.value
            }
            #expect(Set(all.map(\.kind)) == ["link", "address", "route", "neighbor", "rule", "neighbor-table", "tc"])
            func first(_ kind: String, _ matches: (DecodedMessage) -> Bool) -> DecodedMessage? {
                all.first { $0.kind == kind && matches($0) }
            }
            let port = first("link") { $0.attributes["IFLA_IFNAME"] == .text("eth0") }
            #expect(
                port?.attributes["IFLA_MTU"]?.integer == 1400 && port?.attributes["IFLA_IFALIAS"] == .text("uplink"))
            let bridge = first("link") { $0.attributes["IFLA_IFNAME"] == .text("br0") }
            let data = bridge?.attributes["IFLA_LINKINFO"]?.nested?["IFLA_INFO_DATA"]?.nested
            #expect(data?["IFLA_BR_AGEING_TIME"]?.integer == 20_000 && data?["IFLA_BR_FORWARD_DELAY"]?.integer == 1200)
            let route = first("route") { $0.attributes["RTA_TABLE"]?.integer == 123 }
            #expect(route?.attributes["RTA_METRICS"]?.nested?["RTAX_MTU"]?.integer == 1300)
            #expect(route?.attributes["RTA_PRIORITY"]?.integer == 77)
            let multipath = first("route") { $0.attributes["RTA_MULTIPATH"] != nil }
            if case .records(let hops)? = multipath?.attributes["RTA_MULTIPATH"] {
                // A weight is one more than rtnh_hops.
                #expect(hops.map { $0.header["hops"]?.integer } == [2, 0])
                #expect(hops.map { "\($0.attributes["RTA_GATEWAY"] ?? .flag)" } == ["10.1.2.9", "10.1.2.10"])
            } else {
                Issue.record("no RTA_MULTIPATH")
            }
            let rule = first("rule") { $0.attributes["FRA_PRIORITY"]?.integer == 500 }
            #expect(rule?.attributes["FRA_FWMARK"]?.integer == 5 && rule?.attributes["FRA_FWMASK"]?.integer == 7)
            let neighbor = first("neighbor") { "\($0.attributes["NDA_DST"] ?? .flag)" == "10.1.2.7" }
            #expect(neighbor?.attributes["NDA_LLADDR"] == .hardwareAddress([2, 0, 0, 0, 0, 7]))
        }
    }
}
