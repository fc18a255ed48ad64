import CTestSupport
import Glibc
import Kernel
import Netlink
import RouteNetlink
import SystemPackage
import TestSupport
import Testing

@Suite("Monitors", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct MonitorTests {
    @Test("the first events are what there is, and what ip then changes follows, with the old and the new")
    func events() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try run("ip link add eth0 type veth peer name eth1")
            var monitor = try NetworkMonitor.open()
            var mirror = Mirror()
            while !mirror.isSynchronized { mirror.apply(try #require(try monitor.next(until: soon))) }
            #expect(mirror.links.map(\.name).sorted() == ["eth0", "eth1", "lo"])
            #expect(try monitor.next(until: Deadline(in: .zero)) == nil)
            try run("ip link set eth0 mtu 1400")
            guard case .link(.changed(let old, let new)) = try monitor.next(until: soon) else {
                Issue.record("no change")
                return
            }
            #expect(old.maximumTransmissionUnit == 1500 && new.maximumTransmissionUnit == 1400 && new.name == "eth0")
            try run("ip address add 10.0.0.1/24 dev eth0")
            guard case .address(.added(let address)) = try monitor.next(until: soon) else {
                Issue.record("no address")
                return
            }
            #expect(address.prefix == IPPrefix("10.0.0.1/24"))
            try run("ip address del 10.0.0.1/24 dev eth0")
            var removed: InterfaceAddress?
            while removed == nil, let event = try monitor.next(until: soon) {
                if case .address(.removed(let gone)) = event { removed = gone }
            }
            #expect(removed?.prefix == address.prefix)
        }
    }

    @Test("what the kernel changes without a notification is in the state all the same")
    func silence() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            var monitor = try NetworkMonitor.open()
            try monitor.synchronize(until: soon)
            var mirror = Mirror(monitor.state)
            for step in [
                // The first of a veth pair is told of before the second is there.
                "link add eth0 type veth peer name eth1", "link set eth0 up", "link set eth1 up",
                "address add 10.0.0.1/24 dev eth0", "address add 10.1.0.1/24 dev eth0",
                "route add 10.9.0.0/16 via 10.0.0.2", "route add 10.8.0.0/16 via 10.0.0.2 src 10.1.0.1",
                "-6 address add 2001:db8::1/64 dev eth0", "-6 route add 2001:db8:1::/48 via 2001:db8::2",
                // A source that goes takes its routes.
                "address del 10.1.0.1/24 dev eth0",
                // A cable that is pulled, a link that goes down: its IPv4 routes go silently.
                "link set eth1 down", "link set eth1 up", "link set eth0 down", "link set eth0 name lan",
                "link set lan up", "route add 10.7.0.0/16 dev lan", "-6 route replace 2001:db8:2::/48 dev lan",
                "route append 10.7.0.0/16 via 10.0.0.3", "route replace 10.7.0.0/16 via 10.0.0.4",
                // A bridge tells of its port with AF_BRIDGE: its RTM_DELLINK is no end of the link.
                "link add br0 type bridge", "link set eth1 master br0", "link set br0 up", "link set eth1 nomaster",
                "nexthop add id 7 via 10.0.0.9 dev lan", "route add 10.6.0.0/16 nhid 7",
                "nexthop replace id 7 via 10.0.0.8 dev lan", "nexthop del id 7",
                "link del lan",
            ] {
                try run("ip \(step)")
                try monitor.settle(&mirror, comment: "after ip \(step)")
                #expect(mirror.isEqual(to: monitor.state), "after ip \(step)")
            }
            #expect(monitor.statistics.overruns == 0)
            #expect(monitor.statistics.silentChanges > 0)
        }
    }

    @Test("a buffer that runs over is told, counted and made good")
    func overrun() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try run("ip link add eth0 type veth peer name eth1")
            for step in ["link set eth0 up", "link set eth1 up", "address add 10.0.0.1/24 dev eth0"] {
                try run("ip \(step)")
            }
            var monitor = try NetworkMonitor.open(receiveBuffer: 4_096)
            var mirror = Mirror()
            while !mirror.isSynchronized { mirror.apply(try #require(try monitor.next(until: soon))) }
            for round in 1...3 {
                let text = (0..<2_000).map { "route add 10.\(round).\($0 / 250).\($0 % 250)/32 via 10.0.0.2" }
                try batch(text + ["route del 10.\(round).0.5/32"])
                let before = mirror.overruns
                while mirror.overruns == before || !mirror.isSynchronized {
                    mirror.apply(try #require(try monitor.next(until: soon)))
                }
                try monitor.settle(&mirror)
                #expect(mirror.routes == Set(monitor.state.routes) && mirror.routes.count >= round * 1_999)
            }
            #expect(monitor.statistics.overruns >= 3 && monitor.statistics.overruns == mirror.overruns)
        }
    }

    @Test("a wake-up and a deadline end a wait, and a deadline that has passed takes what is there")
    func waits() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            var monitor = try NetworkMonitor.open([.links])
            try monitor.synchronize(until: soon)
            let wakeUp = try WakeUp()
            try WorkerThread.start {
                usleep(50_000)
                wakeUp.fire()
            }
            #expect(try monitor.next(until: Deadline(in: .seconds(600)), or: wakeUp) == nil)
            #expect(try monitor.next(until: Deadline(in: .milliseconds(10))) == nil)
            try run("ip link add eth0 type veth peer name eth1")
            guard case .link(.added) = try monitor.next(until: Deadline(in: .zero)) else {
                Issue.record("nothing was there")
                return
            }
        }
    }
}

/// `ip -batch` of these lines; those that fail are passed over.
func batch(_ lines: [String]) throws {
    let directory = try TemporaryDirectory()
    let path = directory.path.appending("batch")
    let file = try OwnedDescriptor.open(path, O_WRONLY | O_CREAT, mode: 0o600)
    try file.writeAll(Array((lines.joined(separator: "\n") + "\n").utf8))
    _ = try attempt("ip", ["-force", "-batch", path.string])
}
