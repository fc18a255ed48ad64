import CTestSupport
import Glibc
import Kernel
import Netlink
import RouteNetlink
import TestSupport
import Testing

@Suite("Churn", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct ChurnTests {
    /// Another on each run, unless SLIPWAY_SEED says which; printed, so that a failure can be had again.
    private static func seed() -> UInt64 {
        let seed = Sweep.seed ?? UInt64(truncatingIfNeeded: MonotonicTime.now().nanoseconds)
        print("churn: SLIPWAY_SEED=\(seed)")
        return seed
    }

    @Test(
        "after routes, addresses, links, rules and neighbours were churned by another process the state is the kernel's, and the events led there"
    )
    func churn() async {
        let seed = Self.seed()
        await #expect(processExitsWith: .success) { [seed = seed as UInt64] in
            #expect(sw_fresh_namespaces() == 1)
            for step in [
                "link add eth0 type veth peer name eth1", "link set eth0 up", "link set eth1 up",
                "address add 10.0.0.1/24 dev eth0", "-6 address add 2001:db8::1/64 dev eth0 nodad",
            ] { try run("ip \(step)") }
            let length = Duration.seconds(Sweep.isLong ? 60 : 3)
            let ended = Monitor<Int?>(nil)
            try WorkerThread.start {
                var random = SeededGenerator(seed: seed)
                let deadline = Deadline(in: length)
                var count = 0
                while !deadline.hasPassed {
                    try? batch((0..<300).map { _ in operation(&random) })
                    count += 300
                }
                ended.with { $0 = count }
            }
            var monitor = try NetworkMonitor.open()
            var mirror = Mirror()
            var operations: Int?
            while operations == nil {
                while let event = try monitor.next(until: Deadline(in: .milliseconds(20))) { mirror.apply(event) }
                operations = ended.with { $0 }
            }
            try monitor.settle(&mirror, comment: "seed \(seed)")
            #expect(mirror.isEqual(to: monitor.state), "seed \(seed)")
            #expect(monitor.statistics.notifications > 0)
            #expect((operations ?? 0) > 0 && monitor.statistics.dumps > 0)
        }
    }

    @Test("where routes alone change, notifications alone keep the state: none is missed, and nothing is read anew")
    func routes() async {
        let seed = Self.seed()
        await #expect(processExitsWith: .success) { [seed = seed as UInt64] in
            #expect(sw_fresh_namespaces() == 1)
            for step in [
                "link add eth0 type veth peer name eth1",
                // An address of IPv6's own making comes when it pleases, and is more than routes.
                "link set eth0 addrgenmode none", "link set eth1 addrgenmode none",
                "link set eth0 up", "link set eth1 up",
                "address add 10.0.0.1/24 dev eth0",
            ] { try run("ip \(step)") }
            var monitor = try NetworkMonitor.open()
            var mirror = Mirror()
            // Carriers are seen to a while later, and routes are read anew then.
            for event in try monitor.events(until: { $0.state.links.filter { $0.operationalState == .up }.count == 2 })
            {
                mirror.apply(event)
            }
            try monitor.settle(&mirror)
            for event in try monitor.quiet(.seconds(1)) { mirror.apply(event) }
            let dumps = monitor.statistics.dumps
            var random = SeededGenerator(seed: seed)
            for _ in 0..<3 {
                try batch(
                    (0..<1_000).map { _ in
                        let target =
                            "10.\(Int.random(in: 20...22, using: &random)).\(Int.random(in: 0...99, using: &random)).0/24"
                        return Bool.random(using: &random)
                            ? "route add \(target) via 10.0.0.\(Int.random(in: 2...9, using: &random))"
                            : "route del \(target)"
                    })
                while let event = try monitor.next(until: Deadline(in: .milliseconds(100))) { mirror.apply(event) }
                let theirs = try KernelView(of: [.routes])
                let mine = KernelView(monitor.state).only([.routes])
                #expect(mine == theirs, "seed \(seed): \(mine.differences(from: theirs))")
                #expect(mirror.routes == Set(monitor.state.routes))
            }
            #expect(monitor.statistics.dumps == dumps && monitor.statistics.overruns == 0, "seed \(seed)")
        }
    }
}

/// One line for `ip -batch`.
private func operation(_ random: inout SeededGenerator) -> String {
    let small = Int.random(in: 0...60, using: &random)
    let hop = Int.random(in: 2...6, using: &random)
    switch Int.random(in: 0...99, using: &random) {
    case 0..<22: return "route add 10.30.\(small).0/24 via 10.0.0.\(hop)"
    case 22..<36: return "route del 10.30.\(small).0/24"
    case 36..<42: return "route replace 10.30.\(small).0/24 via 10.0.0.\(hop)"
    case 42..<52: return "route add 2001:db8:\(small)::/48 via 2001:db8::\(hop)"
    case 52..<60: return "route del 2001:db8:\(small)::/48"
    case 60..<70: return "address add 10.40.\(small).1/24 dev eth0"
    case 70..<78: return "address del 10.40.\(small).1/24 dev eth0"
    case 78..<82: return "address add 2001:db8:a::\(small)/64 dev eth0"
    case 82..<85: return "address del 2001:db8:a::\(small)/64 dev eth0"
    case 85..<88: return "neigh replace 10.0.0.\(small + 2) lladdr 02:00:00:00:00:\(hop)0 dev eth0"
    case 88: return "neigh del 10.0.0.\(small + 2) dev eth0"
    case 89..<92: return "rule add from 10.50.\(small).0/24 table \(hop) priority \(100 + small % 7)"
    case 92: return "rule del priority \(100 + small % 7)"
    case 93: return "rule add iif pair\(small % 4) goto \(100 + small % 7) priority \(50 + small % 7)"
    case 94: return "rule del priority \(50 + small % 7)"
    case 95: return "link set eth1 down"
    case 96: return "link set eth1 up"
    case 97: return "link add pair\(small % 4) type veth peer name riap\(small % 4)"
    case 98: return "link del pair\(small % 4)"
    default: return "link set pair\(small % 4) mtu \(1_400 + small)"
    }
}
