import CTestSupport
import Glibc
import Kernel
import Netlink
import RouteNetlink
import TestSupport
import Testing

@Suite("Monitored rules and neighbours", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct RuleNeighborTests {
    @Test("rules follow what ip does, and what a link's name or another rule does to them in silence")
    func rules() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try run("ip link add eth0 type veth peer name eth1")
            var monitor = try NetworkMonitor.open([.rules])
            try monitor.synchronize(until: soon)
            var mirror = Mirror(monitor.state)
            let links = mirror.links
            for step in [
                "rule add from 10.1.0.0/16 iif eth0 table 100 priority 100", "rule add oif eth7 table 100 priority 101",
                "-6 rule add iif lan table 7 priority 102", "rule add priority 90 goto 300",
                "rule add priority 300 table 300", "rule add priority 300 from 10.2.0.0/16 table 301",
                "link set eth0 name eth7", "link set eth7 name lan", "rule del priority 300 table 300",
                "rule del priority 300", "link del lan", "link add eth0 type veth peer name eth1",
                "rule flush", "rule add priority 5 table main",
            ] {
                try run("ip \(step)")
                try monitor.settle(&mirror, comment: "after ip \(step)", [.rules])
                #expect(mirror.rules == Set(monitor.state.rules), "after ip \(step)")
            }
            // The monitor follows the links, and tells of the rules alone.
            #expect(mirror.links == links, "links were told of")
            #expect(Set(monitor.state.links) != links, "links were not followed")
            #expect(monitor.state.rules.count > 2, "\(monitor.state.rules)")
            #expect(monitor.statistics.silentChanges > 0 && monitor.statistics.overruns == 0, "\(monitor.statistics)")
        }
    }

    @Test("a rule that is there twice is one, and stays when one of the two goes")
    func twice() throws {
        let kernel = ScriptedKernel()
        func rule(_ priority: UInt32) -> [UInt8] {
            var writer = MessageWriter()
            // AF_INET, no prefixes, table 254, FR_ACT_TO_TBL.
            writer.append(bytes: [2, 0, 0, 0, 254, 0, 0, 1, 0, 0, 0, 0])
            writer.attribute(6, integer: priority)
            return writer.bytes
        }
        kernel.set(34, [rule(7), rule(7), rule(9)])
        var monitor = NetworkMonitor([.rules], notifications: kernel.notifications, requests: kernel)
        try monitor.synchronize(until: soon)
        #expect(monitor.state.rules.map(\.priority) == [7, 9])
        kernel.set(34, [rule(7), rule(9)])
        var dumps = kernel.dumps
        kernel.notify(33, rule(7))
        _ = try monitor.events { $0.state.rules.map(\.priority) == [7, 9] && kernel.dumps > dumps }
        #expect(monitor.state.rules.map(\.priority) == [7, 9])
        kernel.set(34, [rule(9)])
        dumps = kernel.dumps
        kernel.notify(33, rule(7))
        _ = try monitor.events { $0.state.rules.map(\.priority) == [9] && kernel.dumps > dumps }
        #expect(monitor.state.rules.map(\.priority) == [9])
    }

    @Test("neighbours and forwarding entries follow what ip and bridge do; times are no change")
    func neighbors() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            for step in [
                "link add eth0 type veth peer name eth1", "link set eth0 up", "link set eth1 up",
                "address add 10.0.0.1/24 dev eth0",
            ] { try run("ip \(step)") }
            var monitor = try NetworkMonitor.open([.neighbors])
            try monitor.synchronize(until: soon)
            var mirror = Mirror(monitor.state)
            for step in [
                "ip neigh add 10.0.0.5 lladdr 02:00:00:00:00:05 dev eth0",
                "ip neigh replace 10.0.0.5 lladdr 02:00:00:00:00:06 nud reachable dev eth0",
                "ip neigh add 2001:db8::5 lladdr 02:00:00:00:00:05 dev eth0",
                // It needs no resolution, and ip does not list it.
                "ip neigh replace 10.0.0.5 lladdr 02:00:00:00:00:06 nud noarp dev eth0",
                "ip neigh replace 10.0.0.5 lladdr 02:00:00:00:00:07 nud permanent dev eth0",
                "ip neigh add proxy 10.0.0.7 dev eth0", "ip link set eth0 down", "ip link set eth0 up",
                "ip link add br0 type bridge", "ip link add eth2 type veth peer name eth3",
                "ip link set eth1 master br0", "ip link set eth3 master br0", "ip link set br0 up",
                "bridge fdb add 02:11:11:11:11:11 dev eth1 master static",
                // It moves to the other port, and nobody deletes the first.
                "bridge fdb replace 02:11:11:11:11:11 dev eth3 master static",
                "bridge fdb add 02:11:11:11:11:12 dev eth1 self", "bridge fdb del 02:11:11:11:11:12 dev eth1 self",
                "ip link set br0 address 02:00:00:00:00:77", "ip link set eth1 nomaster", "ip link del br0",
                "ip link set eth0 name lan", "ip link del lan",
            ] {
                try run(step)
                try monitor.settle(&mirror, comment: "after \(step)", [.neighbors])
                #expect(mirror.neighbors == Set(monitor.state.neighbors), "after \(step)")
            }
            #expect(monitor.statistics.overruns == 0)
        }
    }

    @Test("a neighbour's times and probes are no change, whether told or read")
    func times() throws {
        let kernel = ScriptedKernel()
        func neighbor(_ state: UInt16, _ time: UInt32) -> [UInt8] {
            var writer = MessageWriter()
            // AF_INET, ifindex 3, the state, no flags, RTN_UNICAST.
            writer.append(
                bytes: [2, 0, 0, 0, 3, 0, 0, 0, UInt8(truncatingIfNeeded: state), UInt8(state >> 8), 0, 1])
            writer.attribute(1, bytes: [10, 0, 0, 9])
            writer.attribute(2, bytes: [2, 0, 0, 0, 0, 9])
            writer.attribute(4, integer: time)
            writer.attribute(3, bytes: [UInt8](repeating: UInt8(truncatingIfNeeded: time), count: 16))
            return writer.bytes
        }
        kernel.set(30, [neighbor(2, 1)])
        var monitor = NetworkMonitor([.neighbors], notifications: kernel.notifications, requests: kernel)
        try monitor.synchronize(until: soon)
        #expect(monitor.state.neighbors.map(\.state) == [.reachable])
        kernel.notify(28, neighbor(2, 5))
        #expect(try monitor.quiet(.milliseconds(50)).isEmpty)
        kernel.notify(28, neighbor(4, 6))
        let events = try monitor.quiet(.milliseconds(50))
        guard events.count == 1, case .neighbor(.changed(let old, let new)) = events.first else {
            Issue.record("\(events)")
            return
        }
        #expect(old.state == .reachable && old.probes == 1 && new.state == .stale)
    }
}
