import CTestSupport
import Documents
import Glibc
import Kernel
import Netlink
import RouteNetlink
import TestSupport
import Testing

@Suite("Conditions", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct ConditionTests {
    @Test("each condition is reached, holds already, and times out with what it lacked")
    func each() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            let own = try #require(IPAddress("2001:db8::1"))
            let eth0 = LinkReference.name("eth0")
            try expectLack(.link(named: "eth0"), .noLink(eth0))
            try expectLack(.carrier(on: eth0), .noLink(eth0))
            try reach(.link(named: "eth0"), by: "link add lan type veth peer name eth1", "link set lan name eth0")

            try expectLack(.carrier(on: eth0), .linkIsDown(eth0))
            try run("ip link set eth0 up")
            try expectLack(.carrier(on: eth0), .noCarrier(eth0))
            try reach(.carrier(on: eth0), by: "link set eth1 up")

            try expectLack(.address(own), .noAddress)
            let state = try reach(.address(own, on: eth0), by: "address add 2001:db8::1/64 dev eth0")
            let address = try #require(state.addresses.first { $0.prefix.address == own })
            #expect(!address.flags.contains(.tentative), "detection has ended")

            try expectLack(.addressGone(own), .addressIsThere)
            try reach(.addressGone(own, on: eth0), by: "address del 2001:db8::1/64 dev eth0")
            try NetworkMonitor.wait(until: soon, for: .addressGone(own, on: .name("nosuch")))

            try run("ip address add 10.0.0.1/24 dev eth0")
            try expectLack(.defaultRoute(isIPv4: true), .noDefaultRoute)
            try reach(.defaultRoute(isIPv4: true), by: "route add default via 10.0.0.2")
            try expectLack(.defaultRoute(isIPv4: false), .noDefaultRoute)
            // The cable goes, and the route with it: no notification of the route tells.
            try run("ip link set eth1 down")
            try expectLack(.defaultRoute(isIPv4: true), .noDefaultRoute)
            let error = #expect(throws: NetworkWaitError.self) {
                try NetworkMonitor.wait(until: Deadline(in: .milliseconds(10)), for: .carrier(on: eth0))
            }
            #expect(error?.description == "wait for carrier on link eth0: timed out: link eth0 has no carrier")
        }
    }

    @Test("an address that another host has ends the wait as a duplicate, before its deadline")
    func duplicate() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            let own = try #require(IPAddress("2001:db8::1"))
            // Both ends of the cable are ours, so that the neighbour is there: its address answers.
            for step in [
                "link add eth0 type veth peer name eth1", "link set eth0 up", "link set eth1 up",
                "-6 address add 2001:db8::1/64 dev eth1 nodad", "-6 address add 2001:db8::1/64 dev eth0",
            ] { try run("ip \(step)") }
            let error = #expect(throws: NetworkWaitError.self) {
                try NetworkMonitor.wait(until: Deadline(in: .seconds(600)), for: .address(own, on: .name("eth0")))
            }
            #expect(error?.kind == .duplicateAddress && error?.lack == .duplicateAddress)
            let shown = try ip("-6 address show dev eth0").first?["addr_info"]?.array ?? []
            #expect(shown.contains { $0["local"] == "2001:db8::1" && $0["dadfailed"] == true })
        }
    }

    @Test("a task waits without a thread of the pool, and its cancellation ends the wait")
    func tasks() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            let wait = Task {
                try await NetworkMonitor.waiting(until: Deadline(in: .seconds(600)), for: .link(named: "eth0"))
            }
            try run("ip link add eth0 type veth peer name eth1")
            #expect(try await wait.value.link(named: "eth0") != nil)
            let other = Task {
                try await NetworkMonitor.waiting(until: Deadline(in: .seconds(600)), for: .link(named: "eth7"))
            }
            try await Task.sleep(for: .milliseconds(50))
            other.cancel()
            let outcome = await other.result
            let error = #expect(throws: NetworkWaitError.self) { try outcome.get() }
            #expect(error?.kind == .cancelled)
        }
    }
}

/// Starts to wait, lets ip make it true, and asks again when it is.
@discardableResult
private func reach(_ condition: NetworkCondition, by steps: String...) throws -> NetworkState {
    let answer = Monitor<Result<NetworkState, NetworkWaitError>?>(nil)
    try WorkerThread.start {
        let outcome: Result<NetworkState, NetworkWaitError>
        do throws(NetworkWaitError) {
            outcome = .success(try NetworkMonitor.wait(until: soon, for: condition))
        } catch { outcome = .failure(error) }
        answer.with { $0 = outcome }
    }
    usleep(100_000)
    #expect(answer.with { $0 == nil }, "\(condition) before its time")
    for step in steps { try run("ip \(step)") }
    let state = try #require(answer.wait(until: Deadline(in: .seconds(20))) { $0 }).get()
    #expect(condition.lack(in: state) == nil)
    #expect(condition.lack(in: try NetworkMonitor.wait(until: soon, for: condition)) == nil)
    return state
}

private func expectLack(
    _ condition: NetworkCondition, _ lack: NetworkCondition.Lack, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let error = #expect(throws: NetworkWaitError.self, sourceLocation: sourceLocation) {
        try NetworkMonitor.wait(until: Deadline(in: .milliseconds(300)), for: condition)
    }
    #expect(
        error?.kind == .timedOut && error?.lack == lack, "\(error.map { "\($0)" } ?? "-")",
        sourceLocation: sourceLocation)
}
