import CTestSupport
import Glibc
import Kernel
import Netlink
import RouteNetlink
import SystemPackage
import TestSupport
import Testing

@Suite("Streams of events", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct StreamTests {
    @Test("a task gets what there is and what changes, in order")
    func events() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            let events = try NetworkMonitor.events([.links])
            var names: [String] = []
            for try await event in events {
                switch event {
                case .link(.added(let link)):
                    names.append(link.name)
                    if link.name == "eth0" { try run("ip link del eth0") }
                case .link(.removed(let link)): names.append("-\(link.name)")
                case .resynchronized: try run("ip link add eth0 type veth peer name eth1")
                default: break
                }
                if names.contains("-eth0") && names.contains("-eth1") { break }
            }
            #expect(names.first == "lo" && Set(names) == ["lo", "eth0", "eth1", "-eth0", "-eth1"])
        }
    }

    @Test("dropping the sequence, leaving its loop or cancelling its task ends the thread and closes its descriptors")
    func ends() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            // The runtime's own threads and descriptors are there after a first use.
            for try await event in try NetworkMonitor.events() where event == .resynchronized(.all) { break }
            try await settled(descriptors: 0, threads: 0)
            let descriptors = try openDescriptorCount()
            let threads = try threadCount()
            for _ in 0..<20 {
                _ = try NetworkMonitor.events()
                for try await _ in try NetworkMonitor.events() { break }
                let task = Task {
                    var count = 0
                    for try await _ in try NetworkMonitor.events() { count += 1 }
                    return count
                }
                task.cancel()
                _ = try await task.value
                // A consumer that never reads: the thread waits for room.
                _ = try NetworkMonitor.events(capacity: 1)
                _ = try NetlinkNotification.stream(.route, groups: [1])
            }
            try await settled(descriptors: descriptors + 4, threads: threads + 2)
        }
    }

    @Test("a consumer that is slow loses nothing but time: what ran over meanwhile is made good")
    func slow() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            for step in [
                // Without addresses of the kernel's own, whose routes come when their detection has ended.
                "link add eth0 type veth peer name eth1", "link set eth0 addrgenmode none",
                "link set eth1 addrgenmode none", "link set eth0 up", "link set eth1 up",
                "address add 10.0.0.1/24 dev eth0",
            ] { try run("ip \(step)") }
            // What the kernel does late to the routes of a link that came up is not what this is about.
            try awaitCarriers(["eth0", "eth1"])
            let events = try NetworkMonitor.events(receiveBuffer: 4_096, capacity: 4)
            var mirror = Mirror()
            var iterator = events.makeAsyncIterator()
            while !mirror.isSynchronized { mirror.apply(try #require(try await iterator.next(isolation: nil))) }
            try batch((0..<3_000).map { "route add 10.9.\($0 / 250).\($0 % 250)/32 via 10.0.0.2" })
            while mirror.overruns == 0 || !mirror.isSynchronized || mirror.routes.count < 3_000 {
                mirror.apply(try #require(try await iterator.next(isolation: nil)))
            }
            var fresh = try NetworkMonitor.open()
            try fresh.synchronize(until: soon)
            let (mine, theirs) = (mirror.routes, Set(fresh.state.routes))
            #expect(mine == theirs, "\(mine.symmetricDifference(theirs).prefix(4))")
        }
    }
}

private func threadCount() throws -> Int { try LiveFiles().entries(of: "/proc/self/task").count }

/// Waits until no more than these are left; zero of both only waits a little.
private func settled(descriptors: Int, threads: Int) async throws {
    guard descriptors > 0 else { return try await Task.sleep(for: .milliseconds(300)) }
    let deadline = soon
    while try openDescriptorCount() > descriptors || threadCount() > threads, !deadline.hasPassed {
        try await Task.sleep(for: .milliseconds(20))
    }
    #expect(try openDescriptorCount() <= descriptors)
    #expect(try threadCount() <= threads)
}
