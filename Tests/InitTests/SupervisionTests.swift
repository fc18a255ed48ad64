import Init
import Testing

@Suite("Supervision")
struct SupervisionTests {
    @Test(
        "each message survives its bytes",
        arguments: [
            ChildMessage.heartbeat([TaskSet(.modules), TaskSet(.summary)]), .faultFired(Fault(.stop, .lease)),
            .ready(degraded: true),
            .ready(degraded: false), .powerOff, .reboot, .crashed(task: .metadata, signal: 4),
            .crashed(task: nil, signal: 11),
        ])
    func roundTrip(message: ChildMessage) {
        #expect(message.bytes.count == ChildMessage.sizeInBytes)
        #expect(ChildMessage(message.bytes) == message)
    }

    @Test("bytes of another shape are no message")
    func foreign() {
        let good = ChildMessage.faultFired(Fault(.hang, .disks)).bytes
        for length in 0..<good.count { #expect(ChildMessage(Array(good.prefix(length))) == nil) }
        #expect(ChildMessage(good + [0]) == nil)
        #expect(ChildMessage([2] + good.dropFirst()) == nil)
        #expect(ChildMessage([1, 99, 0, 0, 0, 0, 0, 0]) == nil)
        #expect(ChildMessage([1, 2, 200, 0, 0, 0, 0, 0]) == nil)
        #expect(ChildMessage([1, 2, 0, 200, 0, 0, 0, 0]) == nil)
    }

    @Test("a task is restarted twice, a boot ten times")
    func budget() {
        var budget = RestartBudget()
        func take(_ tasks: TaskSet) -> Bool { budget.take(for: tasks) }
        let same = [take(TaskSet(.lease)), take(TaskSet(.lease)), take(TaskSet(.lease))]
        #expect(same == [true, true, false])
        // Of several none is charged, not even one that has none left.
        let shared = take([TaskSet(.lease), TaskSet(.platform)])
        #expect(shared)
        let nameless = (0..<8).map { _ in take([]) }
        #expect(nameless == Array(repeating: true, count: 7) + [false])
        #expect(budget.restarts == 10)
    }

    @Test("a list of faults is read, and what names none is told")
    func faults() {
        let (faults, unknown) = Fault.parse("crash:modules,hang:lease,stop:metadata,burn:disks,crash,crash:x:y,")
        #expect(faults == [Fault(.crash, .modules), Fault(.hang, .lease), Fault(.stop, .metadata)])
        #expect(unknown == ["burn:disks", "crash", "crash:x:y"])
    }

    @Test("the last of a key on the command line holds, and foreign words are left alone")
    func words() {
        let words = CommandLineWords("quiet slipway.a=1 slipway.b slipway.a=2=3 xslipway.c=4\n")
        #expect(words["a"] == "2=3")
        #expect(words["b"] == nil && words["c"] == nil)
    }

    @Test("mount points come unescaped, in the table's order")
    func mountPoints() {
        let table = """
            22 1 0:21 / / rw shared:1 - rootfs rootfs rw
            30 22 254:1 / /mnt/a\\040b rw,relatime - ext4 /dev/vda1 rw
            31 30 0:40 /x /mnt/a\\040b/c\\134d rw - tmpfs tmpfs rw
            broken line
            """
        #expect(BringDown.mountPoints(table) == ["/", "/mnt/a b", "/mnt/a b/c\\d"])
    }
}
