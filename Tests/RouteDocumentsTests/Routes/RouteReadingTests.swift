import CTestSupport
import Documents
import Glibc
import Kernel
import Netlink
import RouteDocuments
import RouteNetlink
import TestSupport
import Testing

@Suite("What ip makes is read as ip prints it", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct RouteReadingTests {
    /// Two links that are up, with addresses.
    static func prepare() throws {
        #expect(sw_fresh_namespaces() == 1)
        for command in [
            "link set lo up", "link add eth0 type veth peer name eth1", "address add 10.0.0.2/24 brd + dev eth0",
            "address add 2001:db8::2/64 dev eth0 nodad", "link set eth0 addrgenmode none",
            "link set eth1 addrgenmode none", "link set eth0 up", "link set eth1 up",
        ] { try run("ip \(command)") }
    }

    @Test("routes with each option of ip route")
    func routes() async {
        await #expect(processExitsWith: .success) {
            try RouteReadingTests.prepare()
            var peer = try RoutePeer()
            let routes = [
                "default via 10.0.0.1 metric 7",
                "192.0.2.0/24 via 10.0.0.9 onlink dev eth0 src 10.0.0.2 mtu lock 1400 advmss 1200 rtt 100ms rttvar 20ms "
                    + "ssthresh 7 cwnd lock 9 reordering 4 window 100 hoplimit 20 initcwnd 10 initrwnd 12 features ecn "
                    + "rto_min 200ms quickack 1 fastopen_no_cookie 1 congctl cubic",
                "192.0.3.0/24 dev eth0 rtt 2s rttvar 1500ms rto_min 3s",
                "blackhole 198.51.100.0/24", "unreachable 198.51.101.0/24", "prohibit 198.51.102.0/24",
                "throw 198.51.103.0/24", "203.0.113.1 dev eth0 proto static scope host realms 5/7",
                "203.0.114.0/24 tos 0x10 proto 77 nexthop via 10.0.0.3 weight 3 realm 4 nexthop via 10.0.0.4 dev eth0 "
                    + "onlink nexthop via inet6 2001:db8::5 dev eth0",
                "203.0.115.0/24 via inet6 2001:db8::1 table 1000", "local 203.0.116.1 dev lo table 100",
                "broadcast 203.0.117.255 dev eth0 table local", "multicast 224.1.0.0/16 dev eth0",
                "anycast 203.0.118.7 dev eth0", "203.0.122.0/24 nhid 7", "203.0.123.0/24 nhid 5",
                "203.0.124.0/24 nhid 8", "203.0.125.0/24 nhid 10", "203.0.126.0/24 dev eth0 proto bird scope site",
                "203.0.127.0/24 dev eth0 tos 0x04",
            ]
            let version6 = [
                "2001:db8:1::/48 via 2001:db8::9 pref high expires 500 metric 99",
                "2001:db8:2::/48 nexthop via 2001:db8::9 nexthop via 2001:db8::a weight 4 dev eth0",
                "default from 2001:db8:7::/64 via 2001:db8::9 pref low", "unreachable 2001:db8:5::/48",
                "blackhole 2001:db8:6::/48", "prohibit 2001:db8:b::/48", "throw 2001:db8:c::/48",
                "2001:db8:8::/48 nhid 10", "2001:db8:a::/48 dev eth0 mtu lock 1300 hoplimit 9 table 4000",
                "2001:db8:3::/48 encap seg6 mode encap segs 2001:db8::1,2001:db8::2 dev eth0",
                "2001:db8:d::/48 encap seg6 mode inline segs 2001:db8::1,2001:db8::2 dev eth0",
                "2001:db8:e::1 via 2001:db8::9 src 2001:db8::2",
            ]
            for nexthop in [
                "id 5 via 10.0.0.5 dev eth0", "id 6 via 10.0.0.6 dev eth0", "id 7 group 5,2/6,3", "id 8 blackhole",
                "id 9 group 5/6 type resilient buckets 8 idle_timer 30",
                "id 10 via 2001:db8::10 dev eth0 onlink proto static",
                "id 13 dev eth0", "id 14 via 2001:db8::11 fdb",
            ] { try run("ip nexthop add \(nexthop)") }
            for route in routes {
                try run("ip route add \(route)")
                #expect(try peer.differences() == [], "\(route)")
            }
            for route in version6 {
                try run("ip -6 route add \(route)")
                #expect(try peer.differences() == [], "\(route)")
            }
        }
    }

    @Test("rules with each option of ip rule")
    func rules() async {
        await #expect(processExitsWith: .success) {
            try RouteReadingTests.prepare()
            var peer = try RoutePeer()
            for rule in [
                "from 10.0.0.0/8 to 192.0.2.0/24 table 100 pref 10",
                "not from 10.0.0.1 iif eth0 oif nosuch fwmark 0x10/0xff lookup main pref 11",
                "fwmark 7 tos 0x10 goto 13 pref 12", "blackhole pref 13", "unreachable pref 14 to 1.2.3.4",
                "prohibit pref 15", "pref 16 l3mdev",
                "pref 17 uidrange 100-200 ipproto tcp sport 80 dport 1000-2000 table 7", "pref 18 tun_id 5 lookup 9",
                "pref 19 suppress_prefixlength 0 suppress_ifgroup 7 lookup main protocol static",
                "pref 20 realms 5/6 table main", "pref 21 goto 9999", "pref 22 nop",
                "pref 24 fwmark 0 table local ipproto 200", "pref 25 fwmark 0x0/0xff table default",
                "pref 26 iif lo table 1234 dsfield 4", "pref 27 suppress_ifgroup 0 lookup 70000",
            ] {
                try run("ip rule add \(rule)")
                #expect(try peer.differences() == [], "\(rule)")
            }
            try run("ip -6 rule add pref 26 from 2001:db8::/32 iif lo table 1234 tos 8 not")
            #expect(try peer.differences() == [])
        }
    }

    @Test("neighbours and addresses with each option of ip")
    func others() async {
        await #expect(processExitsWith: .success) {
            try RouteReadingTests.prepare()
            var peer = try RoutePeer()
            for neighbor in [
                "10.0.0.77 lladdr 02:00:00:00:00:01 dev eth0",
                "10.0.0.78 lladdr 02:00:00:00:00:01 dev eth0 nud stale protocol static",
                "2001:db8::7 lladdr 02:00:00:00:00:01 dev eth0 router", "proxy 10.0.0.9 dev eth0",
                "proxy 2001:db8::99 dev eth0 protocol 77",
                "10.0.0.80 dev eth0 extern_learn lladdr 02:00:00:00:00:05",
                "10.0.0.82 dev eth0 lladdr 02:00:00:00:00:06 nud noarp", "10.0.0.83 nud failed dev eth0",
                "10.0.0.84 nud none dev eth0", "10.0.0.86 lladdr 02:00:00:00:00:07 nud reachable dev eth0",
            ] {
                try run("ip neighbor add \(neighbor)")
                #expect(try peer.differences() == [], "\(neighbor)")
            }
            for address in [
                "10.1.0.1/16 brd + dev eth0 label eth0:x valid_lft 100 preferred_lft 50 metric 77",
                "10.1.0.2/16 dev eth0", "10.2.0.1 peer 10.2.0.9/32 scope link dev eth0",
                "10.4.0.1/24 dev eth0 noprefixroute", "2001:db8:8::7 peer 2001:db8:8::8 dev eth0 home nodad",
                "2001:db8:1::7/64 dev eth0 home nodad mngtmpaddr", "2001:db8:4::7/64 dev eth0 optimistic",
                "2001:db8:5::7/64 dev eth0 nodad noprefixroute preferred_lft 0 valid_lft 1000",
                "224.0.1.7/32 dev eth0 autojoin", "2001:db8:3::7/64 dev eth1 nodad metric 9",
            ] {
                try run("ip address add \(address)")
                #expect(try peer.differences() == [], "\(address)")
            }
            let names = try peer.names()
            let tables = try peer.connection.neighborTables(until: Deadline(in: .seconds(10))).map {
                $0.document(names)
            }
            #expect(RoutePeer.compare(tables, try RoutePeer.ip("ntable show"), "ntable") == [])
        }
    }
}
