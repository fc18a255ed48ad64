import CTestSupport
import Glibc
import Kernel
import Netlink
import RouteNetlink
import TestSupport
import Testing

@Suite("A monitor over recorded notifications", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct MonitorFaultTests {
    @Test(
        "recorded notifications are played, and through each fault at each place the monitor ends in the state that was"
    )
    func faults() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            let recorded = try Recorded()
            let clean = try recorded.play([], [])
            #expect(clean.view == recorded.view && clean.isMirrored, "\(clean.view.differences(from: recorded.view))")
            #expect(recorded.count > 20 && clean.overruns == 0)
            // The whole form strikes at every datagram; a monitor pauses between two readings, which is what takes the time.
            let pace = Sweep.isLong ? 1 : max(1, recorded.count / 5)
            for place in stride(from: 2, through: recorded.count, by: pace) {
                for faults in Self.losses(place) + Self.noise(place) {
                    let end = try recorded.play(faults, [])
                    #expect(
                        end.view == recorded.view && end.isMirrored && end.isExhausted,
                        "\(faults): \(end.view.differences(from: recorded.view))")
                    #expect((end.overruns > 0) == Self.isLoss(faults), "\(faults)")
                }
                // Netlink keeps a socket's order: what breaks it is made good by the first loss that is told.
                if place < recorded.count - 1 {
                    let end = try recorded.play(
                        [.init(.swappedWithNext, at: place), .init(.overrun, at: recorded.count)], [])
                    #expect(
                        end.view == recorded.view && end.isMirrored,
                        "swapped at \(place): \(end.view.differences(from: recorded.view))")
                }
            }
        }
    }

    @Test("through each fault in the dumps' answers the monitor ends in the state that was")
    func answers() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            let recorded = try Recorded()
            for place in Sweep.isLong ? Array(1...12) : [1, 3, 9] {
                for effect in [
                    .overrun, .truncation, .dumpInterrupted(message: nil), .foreignSender(77), .staleSequence,
                ] as [NetlinkFault.Effect] {
                    let end = try recorded.play([], [.init(effect, at: place)])
                    #expect(
                        end.view == recorded.view && end.isMirrored && end.isExhausted,
                        "\(effect) at \(place): \(end.view.differences(from: recorded.view))")
                }
            }
        }
    }

    /// What loses a datagram, and is told: the kernel's buffer ran over, or ours was too small.
    private static func losses(_ place: Int) -> [[NetlinkFault]] {
        [
            [.init(.overrun, at: place)], [.init(.truncation, at: place)],
            [.init(.dropped, at: place), .init(.overrun, at: place + 1)],
        ]
    }

    /// What loses nothing.
    private static func noise(_ place: Int) -> [[NetlinkFault]] {
        [[.init(.duplicated, at: place)], [.init(.foreignSender(77), at: place)]]
    }

    private static func isLoss(_ faults: [NetlinkFault]) -> Bool {
        faults.contains { $0.effect == .overrun || $0.effect == .truncation }
    }
}

/// The recording of a monitor that ip kept busy, and what there was at the end.
private struct Recorded {
    let capture: NetlinkCapture
    let view: KernelView
    /// Datagrams of notifications.
    let count: Int

    struct End {
        let view: KernelView
        let isMirrored: Bool
        let overruns: Int
        let isExhausted: Bool
    }

    init() throws {
        let recording = RecordingNetlink(before: LiveNetlink())
        let socket = try NotificationReader.socket(
            .route, groups: NetworkMonitor.groups(of: .all), in: .current, receiveBuffer: 1 << 20)
        var monitor = NetworkMonitor(
            .all, notifications: recording.keeping(socket, .route), requests: try recording.open(.route))
        var mirror = Mirror()
        for step in [
            "link add eth0 type veth peer name eth1", "link set eth0 addrgenmode none",
            "link set eth1 addrgenmode none",
            "link set eth0 up", "link set eth1 up", "address add 10.0.0.1/24 dev eth0",
            "-6 address add 2001:db8::1/64 dev eth0 nodad", "route add 10.9.0.0/16 via 10.0.0.2",
            "route replace 10.9.0.0/16 via 10.0.0.3", "route add 10.8.0.0/16 via 10.0.0.2",
            "route del 10.8.0.0/16", "-6 route add 2001:db8:7::/48 nexthop via 2001:db8::2 nexthop via 2001:db8::3",
            "-6 route append 2001:db8:7::/48 via 2001:db8::4", "-6 route del 2001:db8:7::/48 via 2001:db8::3",
            "rule add iif eth0 table 7 priority 100", "rule add priority 90 goto 100", "rule del priority 90",
            "neigh add 10.0.0.5 lladdr 02:00:00:00:00:05 dev eth0",
            "neigh replace 10.0.0.5 lladdr 02:00:00:00:00:06 dev eth0",
            "neigh add 10.0.0.6 lladdr 02:00:00:00:00:06 dev eth0", "neigh del 10.0.0.6 dev eth0",
            "link add br0 type bridge", "link set eth1 master br0", "link set eth1 nomaster", "link del br0",
            "address add 10.1.0.1/24 dev eth0", "address del 10.1.0.1/24 dev eth0", "link set eth0 mtu 1400",
            "link set eth1 down", "link set eth1 up", "link add eth2 type veth peer name eth3", "link del eth2",
            "link set eth0 alias last",
        ] {
            try run("ip \(step)")
            try monitor.settle(&mirror, comment: "after ip \(step)")
        }
        // What the kernel does a while later is part of the recording.
        for event in try monitor.quiet(.milliseconds(1_500)) { mirror.apply(event) }
        try monitor.settle(&mirror, comment: "at the end")
        // The last answers of all dumps: those that repeat.
        var last = NetworkMonitor(
            .all, notifications: try NetlinkSocket.open(.route), requests: try recording.open(.route))
        try last.synchronize(until: soon)
        view = KernelView(last.state)
        let mine = KernelView(monitor.state)
        #expect(view == mine && mirror.isEqual(to: monitor.state), "\(view.differences(from: mine))")
        guard let capture = recording.capture else { throw NetlinkError(.timedOut, operation: "record") }
        self.capture = capture
        count = try ReplayNetlink(capture).notifications(.route).count
    }

    /// A monitor that sees the recording through these faults, when it has come to the recording's end, or ten seconds later.
    func play(_ faults: [NetlinkFault], _ answerFaults: [NetlinkFault]) throws -> End {
        let replay = try ReplayNetlink(capture)
        let recorded = replay.notifications(.route)
        let notifications = FaultTransport(before: recorded, faults)
        let requests = FaultTransport(before: try replay.open(.route), answerFaults)
        var monitor = NetworkMonitor(.all, notifications: notifications, requests: requests)
        var mirror = Mirror()
        // There may be a reading to come: a monitor pauses between two.
        let events = try monitor.events { recorded.isAtEnd && KernelView($0.state) == view }
        for event in events { mirror.apply(event) }
        #expect(recorded.isAtEnd)
        return End(
            view: KernelView(monitor.state), isMirrored: mirror.isEqual(to: monitor.state),
            overruns: monitor.statistics.overruns,
            isExhausted: notifications.isExhausted && requests.isExhausted)
    }
}
