import CTestSupport
import Documents
import Glibc
import Kernel
import Netlink
import RouteNetlink
import TestSupport
import Testing

@Suite("What runs on in a link", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct LinkComparisonTests {
    @Test("traffic and a bridge's timers are no change of a link when it is read anew, and each real change is one")
    func traffic() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            for step in [
                "link add eth0 type veth peer name eth1", "link add eth2 type veth peer name eth3",
                "link add br0 type bridge", "link set eth3 master br0", "link set br0 up", "link set eth2 up",
                "link set eth3 up", "link set eth0 up", "link set eth1 up", "address add 10.0.0.1/24 dev eth0",
                "-6 address add 2001:db8::1/64 dev eth0 nodad",
            ] { try run("ip \(step)") }
            let mac = try #require(try ip("link show dev eth1").first?["address"]?.string)
            try run("ip neigh add 10.0.0.2 lladdr \(mac) dev eth0")
            var monitor = try NetworkMonitor.open([.links])
            try monitor.synchronize(until: soon)
            // What setting up does goes on for a while: the carriers, the bridge's port that learns.
            let calm = Deadline(in: .seconds(40))
            while !calm.hasPassed {
                let states = try ip("link show master br0").compactMap {
                    $0["linkinfo"]?["info_slave_data"]?["state"]?.string
                }
                let news = try monitor.quiet(.seconds(1))
                if states == ["forwarding"], news.isEmpty { break }
            }
            let before = try counters()
            for _ in 0..<5 { try sendPacket() }
            #expect(try counters() != before, "there was traffic")
            let dumps = monitor.statistics.dumps
            // A new link has all of them read anew.
            try run("ip link add eth4 type veth peer name eth5")
            let news = try monitor.events { $0.statistics.dumps > dumps }
            #expect(monitor.statistics.dumps > dumps)
            #expect(Set(news.compactMap(\.linkName)) == ["eth4", "eth5"], "\(news.map(\.linkWords))")

            for (step, key) in [
                ("mtu 1400", "mtu"), ("alias first", "ifalias"), ("txqueuelen 77", "txqlen"), ("group 5", "group"),
                ("address 02:00:00:00:00:10", "address"),
            ] {
                let old = try ip("link show dev eth0").first
                try sendPacket()
                try run("ip link set dev eth0 \(step)")
                let now = try ip("link show dev eth0").first
                let changes = try monitor.quiet().filter { $0.linkName == "eth0" }
                #expect(changes.count == 1 && old?[key] != now?[key], "\(step): \(changes.count)")
                guard case .link(.changed(let from, let to)) = changes.first else {
                    Issue.record("\(step): no change")
                    continue
                }
                #expect(from.words(key) != to.words(key) && to.words(key) == now?[key].map { "\($0)" }, "\(step)")
            }
        }
    }

    @Test("the error counter of a CAN link runs on, and its state does not")
    func can() throws {
        let kernel = ScriptedKernel()
        kernel.set(18, [canLink(errors: 0, state: 0)])
        var monitor = NetworkMonitor([.links], notifications: kernel.notifications, requests: kernel)
        try monitor.synchronize(until: soon)
        #expect(monitor.state.links.map(\.name) == ["can0"])
        kernel.notify(16, canLink(errors: 9, state: 0))
        #expect(try monitor.next(until: Deadline(in: .milliseconds(50))) == nil)
        kernel.notify(16, canLink(errors: 120, state: 1))
        guard case .link(.changed(let old, let new)) = try monitor.next(until: soon) else {
            Issue.record("no change")
            return
        }
        #expect(old.options(as: CAN.self)?.state?.rawValue == 0 && new.options(as: CAN.self)?.state?.rawValue == 1)
        #expect(monitor.statistics.notifications == 2)
    }

    @Test("that a router was solicited is no change, and what it answered is one")
    func routerSolicitation() throws {
        let kernel = ScriptedKernel()
        func link(_ flags: UInt32) -> [UInt8] {
            var writer = MessageWriter()
            // ifi_family and padding, ifi_type 1 (ARPHRD_ETHER), ifi_index 7, ifi_flags, ifi_change.
            writer.append(bytes: [0, 0, 1, 0, 7, 0, 0, 0, 3, 0x10, 1, 0, 0, 0, 0, 0])
            writer.attribute(3, text: "eth0")
            // IFLA_AF_SPEC, AF_INET6, IFLA_INET6_FLAGS.
            writer.nest(26) { $0.nest(10) { $0.attribute(1, integer: flags) } }
            return writer.bytes
        }
        kernel.set(18, [link(0)])
        var monitor = NetworkMonitor([.links], notifications: kernel.notifications, requests: kernel)
        try monitor.synchronize(until: soon)
        // include/net/if_inet6.h: IF_READY, IF_RS_SENT; IF_RA_RCVD and IF_RA_MANAGED.
        for (flags, isNews) in [(0x8000_0000, false), (0x8000_0010, false), (0x8000_0070, true)] as [(UInt32, Bool)] {
            kernel.notify(16, link(flags))
            let changes = try monitor.quiet(.milliseconds(50))
            #expect(changes.count == (isNews ? 1 : 0), "\(flags)")
        }
        #expect(monitor.state.links.first?.version6?.flags == 0x8000_0070)
    }

    /// struct ifinfomsg and the attributes that a controller's link has; the numbers are of linux/if_link.h and linux/can/netlink.h.
    private func canLink(errors: UInt16, state: UInt32) -> [UInt8] {
        var writer = MessageWriter()
        // ifi_family and padding, ifi_type 280 (ARPHRD_CAN), ifi_index 7, ifi_flags, ifi_change.
        writer.append(bytes: [0, 0, 24, 1, 7, 0, 0, 0, 0x81, 0, 1, 0, 0, 0, 0, 0])
        writer.attribute(3, text: "can0")
        // IFLA_STATS64's first counters stand for all.
        writer.attribute(23, integer: UInt64(errors) &* 1_000)
        writer.nest(18) { writer in
            writer.attribute(1, text: "can")
            writer.nest(2) { writer in
                writer.attribute(4, integer: state)
                writer.attribute(8, integer: UInt32(errors) << 16 | UInt32(errors))
            }
        }
        // IFLA_EVENT is of the notification.
        if errors != 0 { writer.attribute(44, integer: UInt32(errors)) }
        return writer.bytes
    }
}

private func sendPacket() throws {
    let sent = try attempt("bash", ["-c", "echo x > /dev/udp/10.0.0.2/9"])
    #expect(sent.isSuccess)
}

private func counters() throws -> [String: Int64] {
    try ip("-s link show").reduce(into: [:]) {
        $0[$1["ifname"]?.string ?? ""] = $1["stats64"]?["tx"]?["packets"]?.integer
    }
}

extension NetworkEvent {
    fileprivate var linkName: String? { if case .link(let change) = self { change.object.name } else { nil } }

    /// What became of which link, attribute by attribute.
    fileprivate var linkWords: String {
        guard case .link(let change) = self else { return "\(self)" }
        guard let old = change.old, let new = change.new else { return "\(change.object.name) \(change.kind)" }
        return "\(new.name) \(old.flags) to \(new.flags), \(old.attributes) to \(new.attributes)"
    }
}

extension Link {
    /// As `ip` prints the value of that key.
    fileprivate func words(_ key: String) -> String? {
        switch key {
        case "mtu": maximumTransmissionUnit.map { "\(JSONValue($0))" }
        case "ifalias": alias.map { "\(JSONValue.string($0))" }
        case "txqlen": transmitQueueLength.map { "\(JSONValue($0))" }
        case "group": group.map { "\(JSONValue.string($0 == 0 ? "default" : "\($0)"))" }
        case "address": "\(JSONValue.string(hardwareAddress.description))"
        default: nil
        }
    }
}
