import CTestSupport
import Devices
import Glibc
import Kernel
import TestSupport
import Testing

@Suite("The uevent socket", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct UeventSocketTests {
    @Test("what the kernel sends comes with its sequence number, in its order, and nothing else does")
    func received() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            // A sysfs of this network namespace's, whose loopback device the host does not see.
            try run("mount -t sysfs sysfs /sys")
            let before = try openDescriptorCount()
            do {
                let socket = try UeventSocket()
                for action in ["change", "add"] {
                    let answer = try attempt("sh", ["-c", "echo \(action) > /sys/class/net/lo/uevent"])
                    #expect(answer.isSuccess, "\(answer.errors)")
                }
                let first = try #require(try socket.next(until: Deadline(in: .seconds(5))))
                let second = try #require(try socket.next(until: Deadline(in: .seconds(5))))
                #expect(first.action == "change" && second.action == "add")
                #expect(first.devicePath == "/devices/virtual/net/lo" && first.subsystem == "net")
                #expect(first.properties["INTERFACE"] == "lo" && first.properties["DEVPATH"] == first.devicePath)
                let numbers = try [#require(first.sequenceNumber), #require(second.sequenceNumber)]
                #expect(numbers[0] > 0 && numbers[0] < numbers[1])
            }
            #expect(try openDescriptorCount() <= before + 4, "but for the few that the runtime opens")
        }
    }

    @Test("a silent kernel is nil at the deadline")
    func silence() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            let start = MonotonicTime.now()
            let event = try UeventSocket().next(until: Deadline(in: .milliseconds(100)))
            #expect(event == nil)
            let took = MonotonicTime.now().since(start)
            #expect(took >= .milliseconds(100) && took < .seconds(5))
        }
    }
}
